//go:build e2e

package operator

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// narrower is the sample with a maximum parallelism that no savepoint of it fits.
func (a *application) narrower(t *testing.T) flink.Revision {
	return a.revision(t, v1, func(spec map[string]any) {
		spec["flinkConfiguration"].(map[string]any)["pipeline.max-parallelism"] = "64"
	})
}

// A savepoint is proven with the version that runs and wrote it, and refused for
// one whose operators it does not fit; nothing is left, and what runs has noticed nothing.
func TestASavepointIsProvenByARehearsal(t *testing.T) {
	i := start(t)
	a, other := i.application("proves"), i.application("lacks")
	first, lacking := a.revision(t, v1, nil), other.narrower(t)
	a.apply(t, first, flink.Running, nothing, nil)
	other.apply(t, lacking, flink.Running, nothing, nil)
	before := a.until(t, "running", running)
	path := a.saved(t, before)
	a.rehearse(t, first, path, flink.RehearsalProven)
	a.rehearse(t, first, strings.TrimSuffix(path, path[len(path)-4:])+"0000", flink.RehearsalNotRestorable)
	beside := other.until(t, "running", running)
	other.rehearse(t, lacking, path, flink.RehearsalNotRestorable)
	a.untouched(t, before)
	other.untouched(t, beside)
	must(t, other.target.Remove(t.Context(), other.Application, i.fence))
	must(t, a.target.Remove(t.Context(), a.Application, i.fence))
}

// rehearse starts one twice and removes it twice.
func (a *application) rehearse(t *testing.T, revision flink.Revision, path string, want flink.RehearsalOutcome) {
	t.Helper()
	r := flink.Rehearsal{Application: a.Application, ID: t.Name() + path, Revision: revision, Snapshot: path, Within: within}
	for range 2 {
		must(t, a.target.StartRehearsal(t.Context(), r))
	}
	verdict := a.outcome(t, r)
	if verdict.Outcome != want {
		t.Errorf("the outcome is %+v, want %s", verdict, want)
	}
	for range 2 {
		must(t, a.target.EndRehearsal(t.Context(), r))
	}
	if left, err := a.target.Rehearsals(t.Context(), a.Namespace); err != nil || len(left) > 0 {
		t.Errorf("left over: %+v, %v", left, err)
	}
}

func (a *application) outcome(t *testing.T, r flink.Rehearsal) flink.RehearsalVerdict {
	t.Helper()
	began := time.Now()
	for {
		facts, err := a.target.LookAtRehearsal(t.Context(), r)
		must(t, err)
		verdict := flink.JudgeRehearsal(r, facts, time.Now())
		if verdict.Outcome != flink.RehearsalPending {
			t.Logf("after %s: %s: %s", time.Since(began).Round(time.Second), verdict.Outcome, verdict.Message)
			return verdict
		}
		time.Sleep(pause)
	}
}

// untouched: the same job runs, by the same resource, and it is by itself.
func (a *application) untouched(t *testing.T, before flink.Observation) {
	t.Helper()
	after := a.until(t, "still running", running)
	if after.Spec.Generation != before.Spec.Generation || after.Spec.UID != before.Spec.UID ||
		after.Job.ID != before.Job.ID || !after.Job.Started.Equal(before.Job.Started) || after.Job.Restarts > 0 {
		t.Errorf("the rehearsal touched what runs: %+v\nbefore: %+v", after, before)
	}
}
