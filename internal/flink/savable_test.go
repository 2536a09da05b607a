package flink_test

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestASavepointIsAskedOnlyOfAJobThatIsWell(t *testing.T) {
	well := flink.Observation{Exists: true,
		Spec:   flink.SpecFacts{Release: "r1", Generation: 3, Run: flink.Running},
		Status: flink.StatusFacts{ObservedGeneration: 3, Lifecycle: "STABLE"},
		Job:    flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Tasks: 2, TasksRunning: 2},
	}
	if why := flink.NotSavable(well); why != "" {
		t.Fatalf("it is well, and: %s", why)
	}
	for says, change := range map[string]func(*flink.Observation){
		"no resource":                 func(o *flink.Observation) { o.Exists = false },
		"adopt it":                    func(o *flink.Observation) { o.Spec.Release = "" },
		"being deleted":               func(o *flink.Observation) { o.Spec.Deleting = true },
		"suspended":                   func(o *flink.Observation) { o.Spec.Run = flink.Suspended },
		"has not acted":               func(o *flink.Observation) { o.Spec.Generation = 4 },
		"the operator says UPGRADING": func(o *flink.Observation) { o.Status.Lifecycle = "UPGRADING" },
		"Flink does not answer":       func(o *flink.Observation) { o.Job.Reachable, o.Job.Unreachable = false, "connection refused" },
		"the job is RESTARTING":       func(o *flink.Observation) { o.Job.State, o.Job.TasksRunning = "RESTARTING", 0 },
		"with 1 of 2 tasks running":   func(o *flink.Observation) { o.Job.TasksRunning = 1 },
	} {
		o := well
		change(&o)
		if why := flink.NotSavable(o); !strings.Contains(why, says) {
			t.Errorf("%q, want %q", why, says)
		}
	}
}
