package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/released"
)

var releases = flag.Bool("released", false, "record in testdata/released what this release leaves standing, with CloudFormation's specification (npm's @aws-cdk/aws-service-spec)")

// replaced are the resources that this release replaces, removes or keeps no
// longer, as <stack>/<logical id>, and why, with what whoever upgrades has to do,
// as the changelog says it. A release empties the list.
var replaced = map[string]string{}

const releasedFolder = "testdata/released"

func TestNothingThatWouldBeMissedIsReplacedUnlessItIsNamed(t *testing.T) {
	if *releases {
		record(t)
	}
	files, err := filepath.Glob(filepath.Join(releasedFolder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no release is recorded: %v", err)
	}
	unfounded := maps.Clone(replaced)
	stacks := made(t)
	for _, file := range files {
		stack := strings.TrimSuffix(filepath.Base(file), ".json")
		var now released.Template
		if slices.Contains(stacks, stack) {
			now = whole(t, stack)
		}
		for _, f := range released.Compare(left(t, file), now) {
			delete(unfounded, stack+"/"+f.ID)
			if replaced[stack+"/"+f.ID] == "" {
				t.Errorf("%s/%s %s. Undo it, or name it in released_test.go with the reason, and in the changelog", stack, f.ID, f.What)
			}
		}
	}
	for id := range unfounded {
		t.Errorf("%s is named, and is not replaced", id)
	}
}

func TestEachResourceOfTheLastReleaseIsMissedInItsStack(t *testing.T) {
	for _, stack := range []string{publicStack, "sluice-network", "sluice-data", "sluice-cluster"} {
		before := left(t, filepath.Join(releasedFolder, stack+".json"))
		for id := range before {
			now := whole(t, stack)
			delete(now.Resources, id)
			if !slices.ContainsFunc(released.Compare(before, now), func(f released.Finding) bool { return f.ID == id }) {
				t.Errorf("%s: nobody misses %s", stack, id)
			}
		}
	}
}

// record writes the files that the next release is compared with.
func record(t *testing.T) {
	t.Helper()
	templates := map[string]released.Template{}
	for _, stack := range made(t) {
		if stack != privateStack && stack != choicesStack && !strings.HasPrefix(stack, "other-") {
			templates[stack] = whole(t, stack)
		}
	}
	specs := specified(t, released.Types(slices.Collect(maps.Values(templates))...))
	if err := os.RemoveAll(releasedFolder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(releasedFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for stack, template := range templates {
		if err := os.WriteFile(filepath.Join(releasedFolder, stack+".json"), lines(t, released.Record(template, specs)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// specified asks CloudFormation's specification about types.
func specified(t *testing.T, types []string) map[string]released.Spec {
	t.Helper()
	out, err := exec.Command("node", append([]string{"released/replacing.js"}, types...)...).Output()
	if err != nil {
		t.Fatalf("%v: run `make setup` first", err)
	}
	var specs map[string]released.Spec
	if err := json.Unmarshal(out, &specs); err != nil {
		t.Fatal(err)
	}
	for _, kind := range types {
		if _, ok := specs[kind]; !ok && strings.HasPrefix(kind, "AWS::") && kind != "AWS::CDK::Metadata" {
			t.Errorf("the specification knows nothing of %s", kind)
		}
	}
	return specs
}

// lines writes a resource a line, so that a difference is one.
func lines(t *testing.T, stack released.Stack) []byte {
	t.Helper()
	var out bytes.Buffer
	separator := "{\n"
	for _, id := range slices.Sorted(maps.Keys(stack)) {
		line, err := json.Marshal(stack[id])
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(separator + `"` + id + `": `)
		out.Write(line)
		separator = ",\n"
	}
	if out.Len() == 0 {
		return []byte("{}\n")
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

func left(t *testing.T, file string) released.Stack {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var stack released.Stack
	if err := json.Unmarshal(raw, &stack); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return stack
}

func whole(t *testing.T, stack string) released.Template {
	t.Helper()
	raw, err := os.ReadFile(templateFile(stack))
	if err != nil {
		t.Fatal(err)
	}
	var parsed released.Template
	if err := json.Unmarshal(raw, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}
