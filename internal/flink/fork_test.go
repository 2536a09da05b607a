package flink

import (
	"strings"
	"testing"
)

func forkable(t *testing.T, conf map[string]any) Revision {
	t.Helper()
	r, err := NewRevision(map[string]any{
		"kind": "FlinkDeployment", "metadata": map[string]any{"name": "fraud", "namespace": "team-a"},
		"spec": map[string]any{
			"flinkConfiguration": conf,
			"job":                map[string]any{"args": []any{"--out", "s3://fraud/team-a/fraud/out", "--topic", "fraud", "--like", "s3://x/fraud-old/y"}},
		},
	}, PinnedJar{SHA256: "ab"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var fraud, trial = Application{Namespace: "team-a", Name: "fraud"}, Application{Namespace: "team-a", Name: "trial"}

func TestAForkKeepsItsStatesUnderItsOwnName(t *testing.T) {
	r := forkable(t, map[string]any{"state.savepoints.dir": "s3://d/team-a/fraud/sp/", "high-availability.storageDir": "s3://d/team-a/fraud/ha", "kubernetes.cluster-id": "fraud"})
	got, notes, err := Forked(r, fraud, trial)
	if err != nil {
		t.Fatal(err)
	}
	spec := got.Manifest["spec"].(map[string]any)
	conf, args := spec["flinkConfiguration"].(map[string]any), spec["job"].(map[string]any)["args"].([]any)
	for what, is := range map[string]bool{
		"the name":         got.Manifest["metadata"].(map[string]any)["name"] == "trial",
		"the savepoints":   conf["state.savepoints.dir"] == "s3://d/team-a/trial/sp/",
		"the cluster's id": conf["kubernetes.cluster-id"] == nil,
		"a path, and not the bucket of that name":   args[1] == "s3://fraud/team-a/trial/out",
		"no word that is no address":                args[3] == "fraud",
		"no part of a name":                         args[5] == "s3://x/fraud-old/y",
		"a note for each, and for what is left out": len(notes) == 4,
		"another revision, of the same jar":         got.ID != r.ID && got.Jar == r.Jar,
		"nothing of the first one's":                r.Manifest["metadata"].(map[string]any)["name"] == "fraud",
	} {
		if !is {
			t.Errorf("not as it should be: %s\n%+v\n%v", what, got.Manifest, notes)
		}
	}
}

func TestAForkThatWouldShareItsStatesIsRefused(t *testing.T) {
	for _, key := range ownDirectories {
		_, _, err := Forked(forkable(t, map[string]any{key: "s3://d/states/"}), fraud, trial)
		if CodeOf(err) != Invalid || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: got %v", key, err)
		}
	}
}

func TestAForkIsToldOfWhatItsSinksTakeAlong(t *testing.T) {
	r := forkable(t, nil)
	if got := SharedSinks(r, fraud); !strings.Contains(got, "the directory of team-a/fraud") {
		t.Errorf("got %q", got)
	}
	r.Manifest["spec"].(map[string]any)["job"].(map[string]any)["allowNonRestoredState"] = true
	if got := SharedSinks(r, fraud); got != "" {
		t.Errorf("where a sink's state may be left behind: %q", got)
	}
}

func TestAForkTakesNoNameThatIsTaken(t *testing.T) {
	fork := Change{Kind: Fork, Source: "team-a/fraud", Snapshot: "s3://d/sp-1"}
	for name, s := range map[string]Situation{
		"a resource":                 {Change: fork, Observation: Observation{Exists: true}},
		"a resource of Sluice's":     {Change: fork, Current: "abc", Observation: Observation{Exists: true, Spec: SpecFacts{Release: "r"}}},
		"one whose resource is gone": {Change: fork, Current: "abc"},
		"one that was deleted":       {Change: fork, Deleted: "the application was deleted"},
	} {
		if p := DecidePlan(s); p.Reason != RequestInvalid || !strings.Contains(p.Message, "choose another name") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := DecidePlan(Situation{Change: fork}); p.First != StepApply || p.Restore != (Restore{Kind: RestoreSnapshot, Path: "s3://d/sp-1"}) {
		t.Errorf("got %+v", p)
	}
}
