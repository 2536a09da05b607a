package manifest

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/flink"
)

// FuzzAnyDocumentIsReadOrRefused: whatever the bytes, there is a manifest that
// has the name of its prefix, can be written as JSON and is read again as the
// same, or faults that are bounded, and none of them tells what a placeholder was filled in with.
func FuzzAnyDocumentIsReadOrRefused(f *testing.F) {
	documentSeeds(f)
	const planted = "hunter2-Tr0ub4dor"
	fill := map[string]string{"DATA_BUCKET": planted, "JOB_EXECUTION_ROLE_ARN": planted, "IMAGE": planted}
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, err := Parse(doc, fraud, fill)
		if err == nil {
			sameManifest(t, m)
			return
		}
		var faults *Faults
		if !errors.As(err, &faults) || flink.CodeOf(err) != flink.Invalid || len(faults.List) == 0 || len(faults.List) > maxFaults {
			t.Fatalf("no faults, too many, or of another code: %v", err)
		}
		said, _ := json.Marshal(err.Error())
		if len(said) > flink.MaxSentence+2 {
			t.Errorf("%d bytes are said", len(said))
		}
		if strings.Contains(string(said), planted) && !strings.Contains(string(doc), "hunter2") {
			t.Errorf("what was filled in is told: %s", said)
		}
	})
}

func sameManifest(t *testing.T, m *Manifest) {
	t.Helper()
	if meta, _ := m.Resource["metadata"].(map[string]any); meta["name"] != fraud.Name || meta["namespace"] != fraud.Namespace {
		t.Errorf("taken as %v", meta)
	}
	one, err := flink.NewRevision(m.Resource, flink.PinnedJar{})
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	text, _ := json.Marshal(m.Resource)
	var again map[string]any
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if two, err := flink.NewRevision(again, flink.PinnedJar{}); err != nil || two.ID != one.ID {
		t.Errorf("after JSON it is another revision: %s", text)
	}
	for _, note := range m.Notes {
		if len([]rune(note)) > maxMessage+1 {
			t.Errorf("a note of %d bytes", len(note))
		}
	}
}

// documentSeeds adds the documents of testdata, and some made to harm.
func documentSeeds(f *testing.F) {
	f.Helper()
	for _, pattern := range []string{"testdata/bad/*.txtar", "testdata/good/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no documents in %s: %v", pattern, err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(a.Files[0].Data)
		}
	}
	for _, doc := range hostile() {
		if len(doc) < 1<<14 {
			f.Add([]byte(doc))
		}
	}
}
