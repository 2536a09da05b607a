package targettest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

var app = flink.Application{Namespace: "team-a", Name: "fraud"}

// world is a Model with its clock and the two versions that the tests run.
type world struct {
	*targettest.Model
	clock        *targettest.Clock
	first, next  flink.Revision
	step         int
	t            *testing.T
	savepointsIn string
}

func newWorld(t *testing.T, o targettest.Options) *world {
	clock := targettest.NewClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	return &world{
		Model: targettest.NewModel(clock.Now, o), clock: clock, t: t,
		first: revision(t, "1"), next: revision(t, "2"), savepointsIn: "s3://state/savepoints",
	}
}

func revision(t *testing.T, digit string) flink.Revision {
	t.Helper()
	sha := strings.Repeat(digit, 64)
	r, err := flink.NewRevision(map[string]any{"kind": "FlinkDeployment"}, flink.PinnedJar{Bucket: "artifacts", Key: flink.JarKey(sha), SHA256: sha})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) wait(t *testing.T, what string, wanted func(flink.Observation) bool) flink.Observation {
	t.Helper()
	var o flink.Observation
	for range 120 {
		var err error
		if o, err = w.Observe(t.Context(), app); err != nil {
			t.Fatal(err)
		}
		if wanted(o) {
			return o
		}
		w.clock.Advance(time.Second)
	}
	t.Fatalf("waited two minutes until %s: %+v", what, o)
	return o
}

// put applies a version in any way and lets a minute pass.
func (w *world) put(r flink.Revision, run flink.RunState, restore flink.Restore) flink.Observation {
	w.t.Helper()
	w.step++
	d := flink.Desired{Application: app, Revision: r, Run: run, Restore: restore, Fence: 1, Release: "r", Step: string(rune('a' + w.step))}
	if err := w.Apply(w.t.Context(), d); err != nil {
		w.t.Fatal(err)
	}
	return w.after(time.Minute)
}

func (w *world) after(d time.Duration) flink.Observation {
	w.t.Helper()
	w.clock.Advance(d)
	o, err := w.Observe(w.t.Context(), app)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) lastStart() targettest.Start {
	w.t.Helper()
	starts := w.Starts()
	if len(starts) == 0 {
		w.t.Fatal("nothing ever started")
	}
	return starts[len(starts)-1]
}

func TestTheModelKeepsThePort(t *testing.T) {
	for name, o := range map[string]targettest.Options{
		"operator without redeploy nonce": {},
		"operator with redeploy nonce":    {Traits: flink.Traits{RedeployNonce: true}},
		"without high availability":       {NoHighAvailability: true},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, func(t *testing.T) targettest.Fixture {
				w := newWorld(t, o)
				return targettest.Fixture{Target: w, Application: app, First: w.first, Next: w.next, Savepoints: w.savepointsIn, Wait: w.wait}
			})
		})
	}
}

func TestAnUpgradeThroughAStopLosesAndRepeatsNothing(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	o := w.put(w.first, flink.Suspended, flink.Restore{})
	if o.Status.Lifecycle != "SUSPENDED" || o.Job.State != "FINISHED" {
		t.Fatalf("after the stop: %+v", o)
	}
	w.put(w.next, flink.Running, flink.Restore{Kind: flink.RestoreHeld})
	if s := w.lastStart(); s.Revision != w.next.ID || s.Counter == 0 || !s.Exact() {
		t.Errorf("the next version started with %+v", s)
	}
}

func TestARestartLoopIsCalledStable(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.Plant(w.first.Jar.SHA256, targettest.Behaviour{RestartLoop: true})
	o := w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	if o.Status.Lifecycle != "STABLE" || o.Status.Error != "" {
		t.Errorf("the operator says %+v", o.Status)
	}
	if o.Job.Restarts < 3 || len(o.Job.Failures) < 3 || o.Job.Checkpoints.Completed == 0 {
		t.Errorf("Flink says %+v", o.Job)
	}
}

func TestEachPlantedFaultShowsWhereTheRealOneShows(t *testing.T) {
	for name, c := range map[string]struct {
		plant targettest.Behaviour
		shows func(o flink.Observation) bool
	}{
		"fails on restore": {targettest.Behaviour{FailOnRestore: true}, func(o flink.Observation) bool {
			return o.Status.Error == "" && o.Status.Lifecycle == "DEPLOYED" && o.Job.Restarts > 3 && o.Job.Checkpoints.Completed == 0 && o.Job.Checkpoints.Restored > 3
		}},
		"state not mappable": {targettest.Behaviour{Unmappable: true}, func(o flink.Observation) bool { return o.Status.Error != "" && o.Job.Reachable && o.Job.ID == "" }},
		"main throws": {targettest.Behaviour{MainThrows: true}, func(o flink.Observation) bool {
			return o.Status.Lifecycle == "FAILED" && o.Status.Error != "" && o.Job.State == "FAILED" && len(o.Job.Failures) == 1
		}},
		"never checkpoints": {targettest.Behaviour{NeverCheckpoints: true}, func(o flink.Observation) bool {
			return o.Status.Lifecycle == "STABLE" && o.Job.Checkpoints.Completed == 0 && o.Job.Checkpoints.Failed > 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, targettest.Options{})
			w.Plant(w.next.Jar.SHA256, c.plant)
			w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
			stopped := w.put(w.first, flink.Suspended, flink.Restore{})
			if o := w.put(w.next, flink.Running, flink.Restore{Kind: flink.RestoreHeld}); !c.shows(o) {
				t.Errorf("observed %+v", o)
			}
			w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreSnapshot, Path: stopped.Status.Savepoint.Path})
			if s := w.lastStart(); s.Revision != w.first.ID || s.From != stopped.Status.Savepoint.Path || !s.Exact() {
				t.Errorf("rolled back to %+v", s)
			}
		})
	}
}

func TestTheNewestCheckpointGoesOnUnderThePreviousVersion(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.Plant(w.next.Jar.SHA256, targettest.Behaviour{RestartLoop: true})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	stopped := w.put(w.first, flink.Suspended, flink.Restore{})
	w.put(w.next, flink.Running, flink.Restore{Kind: flink.RestoreHeld})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreLatest})
	if s := w.lastStart(); s.From == stopped.Status.Savepoint.Path || !s.Exact() {
		t.Errorf("last-state restored %+v", s)
	}
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreSnapshot, Path: stopped.Status.Savepoint.Path})
	if s := w.lastStart(); s.Counter >= s.Committed {
		t.Errorf("the older savepoint should process twice what was committed since: %+v", s)
	}
}

func TestWithoutAHighAvailabilityRecordTheOperatorWaitsForEver(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.Plant(w.next.Jar.SHA256, targettest.Behaviour{Unmappable: true})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	w.put(w.first, flink.Suspended, flink.Restore{})
	w.put(w.next, flink.Running, flink.Restore{Kind: flink.RestoreHeld})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreLatest})
	if o := w.after(time.Hour); o.Status.ObservedGeneration >= o.Spec.Generation {
		t.Errorf("the operator acted on generation %d", o.Spec.Generation)
	}
}

func TestAStopWhoseSavepointFailsLeavesTheJobRunning(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	w.BreakSavepoints(app, "disk full")
	o := w.put(w.first, flink.Suspended, flink.Restore{})
	if o.Job.State != "RUNNING" || o.Status.Error == "" || o.Status.ObservedGeneration >= o.Spec.Generation {
		t.Errorf("observed %+v", o)
	}
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreHeld})
	if starts := w.Starts(); len(starts) != 1 {
		t.Errorf("taking the stop back restarted the job: %+v", starts)
	}
}

func TestALostNodeIsNotTheJobsFault(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	w.KillTaskManager(app)
	o := w.after(time.Minute)
	if o.Job.State != "RUNNING" || o.Job.Restarts != 1 || o.Job.Failures[0].Cause != flink.LostNode {
		t.Errorf("observed %+v", o.Job)
	}
}

func TestARestartedJobManagerForgetsSnapshotsAndKeepsTheJob(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	o := w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	r := flink.SnapshotRequest{Application: app, JobID: o.Job.ID, ID: "x", Directory: w.savepointsIn, Fence: 1}
	if err := w.StartSnapshot(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	w.RestartJobManager(app)
	if _, err := w.Snapshot(t.Context(), r); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("while it starts: %v", err)
	}
	o = w.after(time.Minute)
	if s, err := w.Snapshot(t.Context(), r); err != nil || s.Phase != flink.SnapshotUnknown {
		t.Errorf("afterwards: %+v, %v", s, err)
	}
	if o.Job.State != "RUNNING" || o.Job.ID != r.JobID || o.Job.Checkpoints.Restored != 1 {
		t.Errorf("the job: %+v", o.Job)
	}
}

func TestACallCanFailBeforeBetweenAndAfterItsEffect(t *testing.T) {
	lost := errors.New("lost")
	for moment, there := range map[targettest.Moment]bool{targettest.Before: true, targettest.Between: false, targettest.After: true} {
		t.Run(string(moment), func(t *testing.T) {
			w := newWorld(t, targettest.Options{})
			w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
			stopped := w.put(w.first, flink.Suspended, flink.Restore{})
			w.FailOnce("Apply", moment, lost)
			d := flink.Desired{Application: app, Revision: w.next, Run: flink.Running, Release: "r", Step: "restore", Fence: 1,
				Restore: flink.Restore{Kind: flink.RestoreSnapshot, Path: stopped.Status.Savepoint.Path}}
			if err := w.Apply(t.Context(), d); !errors.Is(err, lost) {
				t.Fatalf("error %v", err)
			}
			if o := w.after(0); o.Exists != there {
				t.Errorf("exists: %v, want %v", o.Exists, there)
			}
			if err := w.Apply(t.Context(), d); err != nil {
				t.Fatalf("again: %v", err)
			}
			w.after(time.Minute)
			if s := w.lastStart(); s.Revision != w.next.ID || !s.Exact() {
				t.Errorf("started %+v", s)
			}
		})
	}
}

func TestASavepointOfAJobThatIsNotThereFailsWhenItIsLookedAt(t *testing.T) {
	w := newWorld(t, targettest.Options{})
	w.put(w.first, flink.Running, flink.Restore{Kind: flink.RestoreNothing})
	r := flink.SnapshotRequest{Application: app, JobID: strings.Repeat("f", 32), ID: "x", Directory: w.savepointsIn, Fence: 1}
	if err := w.StartSnapshot(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Minute)
	if s, err := w.Snapshot(t.Context(), r); err != nil || s.Phase != flink.SnapshotFailed {
		t.Errorf("%+v, %v", s, err)
	}
}
