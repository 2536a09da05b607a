package examples

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sluice-flink/sluice/infra/kubernetes"
)

// room is what the team has, and what its namespace gives a container that names no size.
func room(t *testing.T) (quota needs, pods float64, unnamed needs) {
	t.Helper()
	for _, object := range kubernetes.Team(Team()) {
		switch object["kind"] {
		case "ResourceQuota":
			hard := at(object, "spec", "hard")
			quota = asked(at(hard, "limits.cpu").(string), at(hard, "limits.memory").(string))
			pods = number(at(hard, "pods").(string))
		case "LimitRange":
			for _, limit := range at(object, "spec", "limits").([]any) {
				if at(limit, "max") != nil || at(limit, "min") != nil {
					t.Errorf("the namespace has bounds now, which nothing is held against here: %v", limit)
				}
				unnamed = asked(fmt.Sprint(at(limit, "default", "cpu")), fmt.Sprint(at(limit, "default", "memory")))
			}
		}
	}
	if pods == 0 || unnamed == (needs{}) {
		t.Fatal("the team has no quota or no sizes to begin with")
	}
	return quota, pods, unnamed
}

// Counted are the JobManagers, one more that rehearses a restore, and the
// TaskManagers at their widest, each with EMR's sidecar.
func TestEachExampleFitsIntoTheTeamsQuota(t *testing.T) {
	quota, most, unnamed := room(t)
	for _, e := range all(t) {
		managers, workers := e.count("jobManager")+1, e.count("taskManager")
		if e.count("jobManager") != 2 || workers < 1 {
			t.Errorf("%s has %g JobManagers and %g TaskManagers", e.Name, managers-1, workers)
		}
		sum := e.size("jobManager", unnamed).times(managers).plus(e.size("taskManager", unnamed).times(workers))
		if !sum.fit(quota) || managers+workers > most {
			t.Errorf("%s asks for %v in %g pods, and the team has %v and %g pods", e.Name, sum, managers+workers, quota, most)
		}
	}
}

func TestEveryPodFindsNodesThatAreLargeEnough(t *testing.T) {
	_, _, unnamed := room(t)
	there, err := readNodes(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all(t) {
		for _, kind := range kinds {
			spec := e.Pod(kind)["spec"].(map[string]any)
			found := slices.Clone(there)
			found = slices.DeleteFunc(found, func(n nodes) bool { return !n.take(spec) })
			if len(found) != 1 {
				t.Errorf("the %s of %s goes to %d kinds of nodes, want one: it selects %v", kind, e.Name, len(found), spec["nodeSelector"])
				continue
			}
			if need := e.size(kind, unnamed); !need.fit(found[0].room()) {
				t.Errorf("the %s of %s asks for %v, and the smallest node of %s has room for %v", kind, e.Name, need, found[0].name, found[0].room())
			}
		}
	}
}

func TestJobManagersStandOnDemandAndTaskManagersMayStandOnSpot(t *testing.T) {
	there, err := readNodes(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all(t) {
		for kind, want := range map[string]bool{"jobManager": false, "taskManager": true} {
			spec := e.Pod(kind)["spec"].(map[string]any)
			var spot []bool
			for _, n := range there {
				if n.take(spec) {
					spot = n.capacity(spec)
				}
			}
			if slices.Contains(spot, true) != want || !want && len(spot) == 0 {
				t.Errorf("the %s of %s may stand on Spot: %v", kind, e.Name, spot)
			}
		}
	}
}

func TestWhatDoesNotFitIsSeen(t *testing.T) {
	there, err := readNodes(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, spec := range map[string]map[string]any{
		"no choice":                 {},
		"an unknown group":          {"nodeSelector": map[string]any{"sluice.dev/node-group": "gpu"}},
		"a group without its taint": {"nodeSelector": map[string]any{"sluice.dev/node-group": "spot"}},
		"another architecture":      {"nodeSelector": map[string]any{"sluice.dev/node-group": "flink-compute-optimized", "kubernetes.io/arch": "amd64"}},
		"the platform's own nodes": {"nodeSelector": map[string]any{"sluice.dev/node-group": "core"},
			"tolerations": []any{map[string]any{"key": "sluice.dev/node-group", "operator": "Exists", "effect": "NoSchedule"}}},
	} {
		if slices.ContainsFunc(there, func(n nodes) bool { return n.take(spec) }) {
			t.Errorf("%s: somebody takes it", name)
		}
	}
	if (needs{4, 1}).fit(needs{3, 8}) || (needs{1, 9}).fit(needs{3, 8}) || !(needs{3, 8}).fit(needs{3, 8}) {
		t.Error("sizes are held against each other wrongly")
	}
}
