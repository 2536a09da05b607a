package manifest

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/flink"
)

var update = flag.Bool("update", false, "write the golden files anew; read the diff before you commit it")

var (
	fraud        = flink.Application{Namespace: "team-a", Name: "fraud"}
	placeholders = map[string]string{
		"DATA_BUCKET":            "acme-data",
		"JOB_EXECUTION_ROLE_ARN": "arn:aws:iam::111122223333:role/flink",
		"WEB_DOMAIN":             "flink.acme.example",
		"YES":                    "true",
	}
)

func TestEveryBadManifestIsRefusedWithAllItsFaults(t *testing.T) {
	golden(t, "testdata/bad/*.txtar", func(t *testing.T, doc []byte) []txtar.File {
		m, err := Parse(doc, fraud, placeholders)
		var faults *Faults
		if m != nil || !errors.As(err, &faults) || flink.CodeOf(err) != flink.Invalid {
			t.Fatalf("want faults with code Invalid, got %v, %v", m, err)
		}
		return []txtar.File{{Name: "faults", Data: []byte(err.Error() + "\n")}}
	})
}

func TestEveryGoodManifestIsReadAsKubectlReadsIt(t *testing.T) {
	golden(t, "testdata/good/*.txtar", func(t *testing.T, doc []byte) []txtar.File {
		m, err := Parse(doc, fraud, placeholders)
		if err != nil {
			t.Fatal(err)
		}
		return []txtar.File{
			{Name: "resource.json", Data: indented(t, m.Resource)},
			{Name: "policy.json", Data: indented(t, m.Policy)},
			{Name: "notes", Data: []byte(strings.Join(append(m.Notes, ""), "\n"))},
		}
	})
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// golden holds what run makes of application.yaml against the files after it.
func golden(t *testing.T, pattern string, run func(*testing.T, []byte) []txtar.File) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files at %s: %v", pattern, err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSpace(string(a.Comment)), func(t *testing.T) {
			got := *a
			got.Files = append([]txtar.File{a.Files[0]}, run(t, a.Files[0].Data)...)
			if *update {
				if err := os.WriteFile(file, txtar.Format(&got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if g, w := string(txtar.Format(&got)), string(txtar.Format(a)); g != w {
				t.Errorf("%s differs; look at it and run go test -update\ngot:\n%s\nwant:\n%s", file, g, w)
			}
		})
	}
}
