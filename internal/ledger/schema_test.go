package ledger_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var update = flag.Bool("update", false, "write what the tests got as what they want")

// open reads one document that lies in an object store as it is given.
func open(t *testing.T, body string) (ledger.Document, error) {
	t.Helper()
	m := ledger.NewMemory()
	if err := m.Put(t.Context(), "ledger/team-a/counter.json", []byte(body)); err != nil {
		t.Fatal(err)
	}
	d, _, err := ledger.New(m).Document(t.Context(), app)
	return d, err
}

func TestDocumentsOfEveryOlderSchemaAreReadAsTodays(t *testing.T) {
	files, err := filepath.Glob("testdata/schema-*.json")
	if err != nil || len(files) < ledger.Schema {
		t.Fatalf("%d old documents for %d schemas: %v", len(files), ledger.Schema, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			old, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, err := open(t, string(old))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(d, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.Replace(file, "schema-", "today/schema-", 1), string(got)+"\n")
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestADocumentOfANewerSchemaIsRefusedWhateverItsForm(t *testing.T) {
	for _, body := range []string{`{"schema":%d}`, `{"schema":%d,"lease":"somebody"}`} {
		_, err := open(t, fmt.Sprintf(body, ledger.Schema+1))
		if flink.CodeOf(err) != flink.Unavailable || !strings.Contains(err.Error(), "upgrade Sluice") {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestADamagedDocumentIsRefusedAndSaysHowToGoOn(t *testing.T) {
	for _, body := range []string{``, `{`, `[]`, `{"schema":"1"}`, `{"schema":-1}`, `{"schema":1,"pending":7}`, `{"schema":1,"lastGood":7}`, `{"schema":1,"fence":"x"}`, `{"schema":2,"fence":"x"}`} {
		_, err := open(t, body)
		if flink.CodeOf(err) != flink.Internal || !strings.Contains(err.Error(), "restore an older version") {
			t.Errorf("%s: got %v", body, err)
		}
	}
}
