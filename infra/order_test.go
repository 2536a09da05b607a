package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sluice-flink/sluice/infra/platform"
)

// needed is what a stack cannot do without: what it is wired to, who makes nodes and
// certificates for its pods, who ends its jobs.
var needed = map[string][]string{
	"sluice-cluster":        {"sluice-network"},
	"sluice-addons":         {"sluice-cluster", "sluice-network"},
	"sluice-observability":  {"sluice-addons", "sluice-cluster"},
	"sluice-eventplane":     {"sluice-network", "sluice-data", "sluice-cluster", "sluice-observability"},
	"sluice-flink-operator": {"sluice-addons", "sluice-cluster", "sluice-eventplane"},
	"sluice-team-a":         {"sluice-data", "sluice-cluster", "sluice-flink-operator", "sluice-eventplane"},
	"other-flink-operator":  {"other-addons", "other-cluster"},
	"other-team-search":     {"other-flink-operator"},
}

// Whoever verifies or removes a platform goes by this order, without the CDK.
func TestThePlatformKnowsItsStacksInTheOrderInWhichTheyDepend(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(assembly, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type         string
			Dependencies []string
			Properties   struct{ TerminationProtection bool }
		}
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	known := []string{publicStack, privateStack, choicesStack}
	for _, file := range platformFiles {
		p, err := platform.Open(file, regions())
		if err != nil {
			t.Fatal(err)
		}
		order := p.Stacks()
		known = append(known, order...)
		for i, name := range order {
			stack, made := manifest.Artifacts[name]
			if !made {
				t.Errorf("%s: there is no stack %s", file, name)
			}
			if !stack.Properties.TerminationProtection {
				t.Errorf("%s: %s could be deleted by hand, in another order than that of a removal", file, name)
			}
			for _, needs := range stack.Dependencies {
				if at := slices.Index(order, needs); manifest.Artifacts[needs].Type == "aws:cloudformation:stack" && (at < 0 || at >= i) {
					t.Errorf("%s: %s depends on %s, which is not before it in %v", file, name, needs, order)
				}
			}
		}
	}
	for later, earlier := range needed {
		for _, needs := range earlier {
			if !slices.Contains(manifest.Artifacts[later].Dependencies, needs) {
				t.Errorf("%s may be deployed before %s, and removed after it", later, needs)
			}
		}
	}
	for name, artifact := range manifest.Artifacts {
		if artifact.Type == "aws:cloudformation:stack" && !slices.Contains(known, name) {
			t.Errorf("the stack %s is made, and the platform does not know it: say so in infra/platform/stacks.go", name)
		}
	}
}
