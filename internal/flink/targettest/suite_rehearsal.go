package targettest

import (
	"context"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// RehearserFixture is a Fixture whose Target rehearses restores. Next has to be
// a version that does not have all of First's state.
type RehearserFixture struct {
	Fixture
	Rehearser flink.Rehearser
}

// RunRehearser holds a runtime against the port flink.Rehearser.
func RunRehearser(t *testing.T, newFixture func(t *testing.T) RehearserFixture) {
	for _, c := range []struct {
		sentence string
		test     func(t *testing.T, f RehearserFixture)
	}{
		{"a savepoint is proven with the version that wrote it, and the running job goes on", proven},
		{"a savepoint is refused for a version that lacks its state", notRestorable},
		{"a savepoint that is not there is refused", restoreOfNothing},
		{"a version that does not run is not rehearsed", rehearsedVersionRuns},
		{"one that was never started is absent, and can be ended", neverRehearsed},
	} {
		t.Run(c.sentence, func(t *testing.T) { c.test(t, newFixture(t)) })
	}
}

const rehearsalWithin = 5 * time.Minute

func (f RehearserFixture) rehearsal(revision flink.Revision, path string) flink.Rehearsal {
	return flink.Rehearsal{Application: f.Application, ID: "conformance", Revision: revision, Snapshot: path, Within: rehearsalWithin}
}

func proven(t *testing.T, f RehearserFixture) {
	r := f.request(t, "to prove")
	f.ask(t, r)
	path := f.completed(t, r)
	before := f.observe(t)
	f.rehearse(t, f.rehearsal(f.First, path), flink.RehearsalProven)
	f.untouched(t, before)
}

// notRestorable has the version with other state run from nothing beside the
// savepoint of the first one.
func notRestorable(t *testing.T, f RehearserFixture) {
	r := f.request(t, "of another")
	f.ask(t, r)
	path := f.completed(t, r)
	f.apply(t, f.desired(f.Next, "other", flink.Restore{Kind: flink.RestoreNothing}))
	before := f.Wait(t, "the other version runs", func(o flink.Observation) bool { return running(o, "other") })
	f.rehearse(t, f.rehearsal(f.Next, path), flink.RehearsalNotRestorable)
	f.untouched(t, before)
}

func restoreOfNothing(t *testing.T, f RehearserFixture) {
	f.run(t)
	f.rehearse(t, f.rehearsal(f.First, f.Savepoints+"/savepoint-000000-0123456789ab"), flink.RehearsalNotRestorable)
}

func rehearsedVersionRuns(t *testing.T, f RehearserFixture) {
	f.run(t)
	wantCode(t, "to rehearse what does not run", f.Rehearser.StartRehearsal(t.Context(), f.rehearsal(f.Next, f.Savepoints+"/x")), flink.NotFound)
	f.gone(t)
}

func neverRehearsed(t *testing.T, f RehearserFixture) {
	r := f.rehearsal(f.First, f.Savepoints+"/x")
	facts, err := f.Rehearser.LookAtRehearsal(t.Context(), r)
	if err != nil || facts.Exists {
		t.Errorf("it is seen as %+v, %v", facts, err)
	}
	if err := f.Rehearser.EndRehearsal(t.Context(), r); err != nil {
		t.Errorf("it cannot be ended: %v", err)
	}
}

// rehearse starts one twice, waits for its outcome, and ends it twice.
func (f RehearserFixture) rehearse(t *testing.T, r flink.Rehearsal, want flink.RehearsalOutcome) {
	t.Helper()
	for range 2 {
		if err := f.Rehearser.StartRehearsal(t.Context(), r); err != nil {
			t.Fatalf("start: %v", err)
		}
	}
	t.Cleanup(func() { _ = f.Rehearser.EndRehearsal(context.WithoutCancel(t.Context()), r) })
	left, err := f.Rehearser.Rehearsals(t.Context(), f.Application.Namespace)
	if err != nil || len(left) != 1 || left[0].Application != f.Application || left[0].ID != r.ID || left[0].Since.IsZero() {
		t.Errorf("started twice, there is %+v, %v", left, err)
	}
	var verdict flink.RehearsalVerdict
	f.Wait(t, "the rehearsal has an outcome", func(o flink.Observation) bool {
		facts, err := f.Rehearser.LookAtRehearsal(t.Context(), r)
		if err != nil {
			t.Fatalf("look: %v", err)
		}
		verdict = flink.JudgeRehearsal(r, facts, o.At)
		return verdict.Outcome != flink.RehearsalPending
	})
	t.Logf("%s: %s", verdict.Outcome, verdict.Message)
	if verdict.Outcome != want {
		t.Errorf("the outcome is %+v, want %s", verdict, want)
	}
	for range 2 {
		if err := f.Rehearser.EndRehearsal(t.Context(), left[0].Rehearsal()); err != nil {
			t.Errorf("end: %v", err)
		}
	}
	f.gone(t)
}

func (f RehearserFixture) gone(t *testing.T) {
	t.Helper()
	if left, err := f.Rehearser.Rehearsals(t.Context(), f.Application.Namespace); err != nil || len(left) > 0 {
		t.Errorf("left over: %+v, %v", left, err)
	}
}

// untouched: the same job runs as before, by the same resource.
func (f RehearserFixture) untouched(t *testing.T, before flink.Observation) {
	t.Helper()
	after := f.observe(t)
	if after.Spec.UID != before.Spec.UID || after.Spec.Generation != before.Spec.Generation || after.Job.ID != before.Job.ID ||
		!after.Job.Started.Equal(before.Job.Started) || after.Job.Restarts > max(before.Job.Restarts, 0) || after.Job.State != "RUNNING" {
		t.Errorf("the rehearsal touched what runs: %+v\nbefore: %+v", after, before)
	}
}
