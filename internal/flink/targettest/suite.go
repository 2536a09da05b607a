package targettest

import (
	"context"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Fixture is a runtime with room for one application.
type Fixture struct {
	Target      flink.Target
	Application flink.Application // not there yet; of this test alone
	First, Next flink.Revision    // two good versions of one stateful job that checkpoints
	Savepoints  string            // URI that savepoints may be written below

	// Wait lets time pass until an observation is as wanted, and ends the test
	// with the last one when that takes too long.
	Wait func(t *testing.T, what string, wanted func(flink.Observation) bool) flink.Observation
}

// Run holds a runtime against the port. newFixture is asked for each test anew.
func Run(t *testing.T, newFixture func(t *testing.T) Fixture) {
	for _, c := range []struct {
		sentence string
		test     func(t *testing.T, f Fixture)
	}{
		{"an application that is not there is observed as absent", absent},
		{"a first deployment runs and says who wrote it", firstDeployment},
		{"the same release and step again changes nothing", sameStepAgain},
		{"a suspended job leaves the savepoint it stopped with", suspended},
		{"what is held is restored exactly", heldRestored},
		{"a chosen snapshot is restored exactly, whatever the runtime holds", snapshotRestored},
		{"a snapshot is restored where nothing is left", snapshotRestoredFromNothing},
		{"what is held cannot be restored where nothing is left", heldOfNothing},
		{"a lower fence is refused everywhere", lowerFence},
		{"the fence outlives the application", fenceOutlives},
		{"a snapshot asked for twice is one snapshot", snapshotTwice},
		{"a snapshot that nobody asked for is unknown", snapshotUnknown},
		{"a snapshot is removed, and removed again", snapshotRemoved},
		{"what is gone can be removed again", removedTwice},
	} {
		t.Run(c.sentence, func(t *testing.T) { c.test(t, newFixture(t)) })
	}
}

const release = "conformance"

func (f Fixture) desired(r flink.Revision, step string, restore flink.Restore) flink.Desired {
	return flink.Desired{
		Application: f.Application, Revision: r, Run: flink.Running, Restore: restore,
		Fence: 10, Release: release, Step: step, Delivery: f.traits().Delivery,
	}
}

func (f Fixture) traits() flink.Traits {
	o, err := f.Target.Observe(context.Background(), f.Application)
	if err != nil {
		return flink.Traits{}
	}
	return o.Traits
}

func (f Fixture) apply(t *testing.T, d flink.Desired) {
	t.Helper()
	if err := f.Target.Apply(t.Context(), d); err != nil {
		t.Fatalf("apply %s: %v", d.Step, err)
	}
}

// run deploys the first version from nothing and waits until it has a state.
func (f Fixture) run(t *testing.T) flink.Observation {
	t.Helper()
	f.apply(t, f.desired(f.First, "create", flink.Restore{Kind: flink.RestoreNothing}))
	return f.Wait(t, "the first version runs and has checkpoints", func(o flink.Observation) bool {
		return running(o, "create") && o.Job.Checkpoints.Completed > 0
	})
}

// stop suspends the first version and returns its savepoint.
func (f Fixture) stop(t *testing.T) string {
	t.Helper()
	d := f.desired(f.First, "stop", flink.Restore{})
	d.Run = flink.Suspended
	f.apply(t, d)
	o := f.Wait(t, "the job is suspended with a savepoint", func(o flink.Observation) bool {
		return o.Status.Lifecycle == "SUSPENDED" && o.Status.ObservedGeneration >= o.Spec.Generation && o.Status.Savepoint.Path != ""
	})
	return o.Status.Savepoint.Path
}

func running(o flink.Observation, step string) bool {
	return o.Exists && o.Spec.Step == step && o.Status.ObservedGeneration >= o.Spec.Generation &&
		o.Status.Lifecycle == "STABLE" && o.Job.Reachable && o.Job.State == "RUNNING" &&
		o.Job.Tasks > 0 && o.Job.TasksRunning == o.Job.Tasks
}

func (f Fixture) observe(t *testing.T) flink.Observation {
	t.Helper()
	o, err := f.Target.Observe(t.Context(), f.Application)
	if err != nil {
		t.Fatalf("observe: %v", err)
	}
	return o
}

func wantCode(t *testing.T, what string, err error, want flink.Code) {
	t.Helper()
	if err == nil {
		t.Errorf("%s succeeded, want %s", what, want)
	} else if got := flink.CodeOf(err); got != want {
		t.Errorf("%s: %s (%v), want %s", what, got, err, want)
	}
}
