package asl_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/asl"
)

// refusals: a definition in testdata/refused, and the faults that Parse must
// name, one a line, in order.
func TestParseNamesEveryFaultAtOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/refused/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = asl.Parse(archive.Files[0].Data)
			var faults asl.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want Faults", err)
			}
			if want := strings.TrimSpace(string(archive.Files[1].Data)); err.Error() != want {
				t.Errorf("got\n%s\nwant\n%s", err, want)
			}
		})
	}
}

func TestParseRefusesWhatIsNotJSON(t *testing.T) {
	if _, err := asl.Parse([]byte(`{"StartAt":`)); err == nil || !strings.Contains(err.Error(), "is not JSON") {
		t.Errorf("got %v", err)
	}
	big := `{"Comment":"` + strings.Repeat("x", asl.MaxDefinition) + `"}`
	if _, err := asl.Parse([]byte(big)); err == nil || !strings.Contains(err.Error(), "split the state machine") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(txtar.Parse(text).Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, definition []byte) {
		machine, err := asl.Parse(definition)
		if (machine == nil) == (err == nil) {
			t.Errorf("got machine %v and error %v", machine, err)
		}
	})
}
