package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/flink"
)

func example(t testing.TB, name string) string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Files[0].Data)
}

func TestAPrefixedNamespaceIsFilledIn(t *testing.T) {
	doc := strings.Replace(example(t, "good/plain"), "  namespace: team-a\n", "", 1)
	m, err := Parse([]byte(doc), fraud, placeholders)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Resource["metadata"].(map[string]any)["namespace"]; got != "team-a" {
		t.Errorf("namespace is %v", got)
	}
}

func TestAPlaceholderCannotBecomeYAML(t *testing.T) {
	doc := strings.Replace(example(t, "good/plain"), "image: flink:1.20", "image: ${IMAGE}", 1)
	evil := "x\n  job: {upgradeMode: stateless} # ${DATA_BUCKET}"
	m, err := Parse([]byte(doc), fraud, map[string]string{"IMAGE": evil, "DATA_BUCKET": "b"})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Resource["spec"].(map[string]any)["image"]; got != evil {
		t.Errorf("the value was read again: %q", got)
	}
}

func TestEqualResourcesHaveEqualBytesAlsoAfterJSON(t *testing.T) {
	one, err := Parse([]byte(example(t, "good/emr")), fraud, placeholders)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(one.Resource)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	rewritten, err := Parse([]byte(strings.NewReplacer("cpu: 1.0", "cpu: 1", "cpu: 1}", "cpu: 1.0}").Replace(example(t, "good/emr"))), fraud, placeholders)
	if err != nil {
		t.Fatal(err)
	}
	for what, resource := range map[string]map[string]any{"read back": back, "numbers written otherwise": rewritten.Resource} {
		again, err := json.Marshal(resource)
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(stored) {
			t.Errorf("%s: %s\nwant %s", what, again, stored)
		}
	}
}

func TestTheEntryClassIsTheManifests(t *testing.T) {
	for name, want := range map[string]string{"good/emr": "com.example.Main", "good/plain": ""} {
		m, err := Parse([]byte(example(t, name)), fraud, placeholders)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.EntryClass(); got != want {
			t.Errorf("%s: entry class %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	for name, doc := range map[string]string{
		"a file above 1 MiB":      strings.Repeat("# filler\n", maxBytes/8),
		"nesting in brackets":     "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"nesting in dashes":       strings.Repeat("- ", 5000) + "x",
		"more than the values":    "a: [" + strings.Repeat("x,", maxNodes) + "]",
		"more than the documents": strings.Repeat("---\na: b\n", 1000),
		"a long text named often": "a: &a " + strings.Repeat("x", 500_000) + "\nb: [" + strings.Repeat("*a, ", 1000) + "]",
		"a long key":              strings.Repeat("k", 5000) + ": {a: b}",
		"text that is not UTF-8":  "a: \xff\xfe",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(doc), fraud, placeholders)
			var faults *Faults
			if !errors.As(err, &faults) {
				t.Fatalf("it was taken: %v", err)
			}
		})
	}
}

func TestTheSavepointDirectoryIsReadUnderBothNames(t *testing.T) {
	for name, want := range map[string]string{"good/plain": "s3://acme-data/savepoints", "good/emr": "s3p://acme-data/savepoints"} {
		m, err := Parse([]byte(example(t, name)), fraud, placeholders)
		if err != nil {
			t.Fatal(err)
		}
		if got := (flink.Revision{Manifest: m.Resource}).SavepointDirectory(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := (flink.Revision{}).SavepointDirectory(); got != "" {
		t.Errorf("a resource that says nothing has %q", got)
	}
}

func TestManyFaultsAreCountedAndBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(example(t, "good/plain") + "---\napiVersion: sluice/v1alpha1\nkind: ReleasePolicy\nspec:\n")
	for i := range 250 {
		fmt.Fprintf(&b, "  unknown%d: 1\n", i)
	}
	_, err := Parse([]byte(b.String()), fraud, placeholders)
	var faults *Faults
	if !errors.As(err, &faults) || len(faults.List) != maxFaults || faults.More != 150 {
		t.Fatalf("%d faults are listed and %d more counted", len(faults.List), faults.More)
	}
	lines := strings.Split(err.Error(), "\n")
	if lines[0] != "application.yaml has 250 faults:" || len(err.Error()) > maxTold+200 {
		t.Errorf("%d bytes, the first line: %s", len(err.Error()), lines[0])
	}
	if last, want := lines[len(lines)-1], fmt.Sprintf("and %d more, which show when these are mended", 250-(len(lines)-2)); last != want {
		t.Errorf("the last line is %q, want %q", last, want)
	}
}

func TestDurationsHaveDays(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"10m": 10 * time.Minute, "24h": 24 * time.Hour, "7d": 168 * time.Hour,
		"1h30m": 90 * time.Minute, "0s": 0, "999999999d999999999d": tooLong,
	} {
		if got, err := parseDuration(s); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "10", "1.5h", "-1m", "1ms", "1m ", "9999999999s", "m"} {
		if d, err := parseDuration(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
}
