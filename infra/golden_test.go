package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golden is the committed template of a stack. That of the event plane is what
// the local plane runs.
func golden(stack string) string {
	if stack == publicStack {
		return "testdata/eventplane.template.json"
	}
	if slices.Contains(others, stack) {
		return filepath.Join("testdata", "mirrored", stack+".template.json")
	}
	return filepath.Join("testdata", "platform", stack+".template.json")
}

// others are stacks of the other platform, whose charts come from a mirror and are
// in part other charts: `make check-charts` renders what is committed.
var others = []string{"other-addons", "other-flink-operator", "other-observability"}

func TestTheCommittedTemplatesEqualAFreshSynthesis(t *testing.T) {
	for _, stack := range made(t) {
		if stack == privateStack || stack == choicesStack || strings.HasPrefix(stack, "other-") && !slices.Contains(others, stack) {
			continue // what differs in them has tests of its own
		}
		raw, err := os.ReadFile(templateFile(stack))
		if err != nil {
			t.Fatal(err)
		}
		fresh := normalise(t, raw)
		if *update {
			if err := os.WriteFile(golden(stack), fresh, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(golden(stack))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(committed), string(fresh)); diff != "" {
			t.Errorf("%s is not what the app synthesizes: run `make golden` and read the difference before you commit it\n%s", golden(stack), diff)
		}
	}
}

func TestTwoBuildsOfTheSameCodeNormaliseToTheSameTemplate(t *testing.T) {
	const one = `{"Resources":{"F":{"Metadata":{"aws:asset:path":"asset.1"},"Properties":{"Code":{"S3Key":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.zip"},"A":1}}}}`
	const two = `{"Resources":{"F":{"Properties":{"A":1,"Code":{"S3Key":"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210.zip"}}}}}`
	if a, b := normalise(t, []byte(one)), normalise(t, []byte(two)); !bytes.Equal(a, b) {
		t.Errorf("the templates differ:\n%s\n%s", a, b)
	}
}

var assetKey = regexp.MustCompile(`^[0-9a-f]{64}\.zip$`)

// normalise takes out what changes although nothing of the deployment does:
// hashes of binaries, and metadata, which is for tools. Keys are sorted.
func normalise(t *testing.T, raw []byte) []byte {
	t.Helper()
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(withoutBuild(parsed)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withoutBuild(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "Metadata")
		for key, value := range v {
			v[key] = withoutBuild(value)
		}
	case []any:
		for i, value := range v {
			v[i] = withoutBuild(value)
		}
	case string:
		if assetKey.MatchString(v) {
			return "asset.zip"
		}
	}
	return v
}
