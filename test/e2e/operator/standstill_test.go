//go:build e2e

package operator

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

var (
	nothing = flink.Restore{Kind: flink.RestoreNothing}
	latest  = flink.Restore{Kind: flink.RestoreLatest}
	held    = flink.Restore{Kind: flink.RestoreHeld}
)

// suspended: the operator has ended the job as the resource asks.
func suspended(o flink.Observation) bool {
	return o.Status.Lifecycle == "SUSPENDED" && o.Status.ObservedGeneration == o.Spec.Generation
}

// standstill ends the job without a savepoint, and another revision goes on from the record.
func (a *application) standstill(t *testing.T, ends, goesOn flink.Revision, before flink.Observation) {
	t.Helper()
	a.apply(t, ends, flink.Suspended, latest, nil)
	still := a.until(t, "suspended", suspended)
	if !still.Record.Known || still.Record.LatestID < before.Record.LatestID || still.Record.LatestID < before.Job.Checkpoints.LatestID {
		t.Errorf("the record after the standstill: %+v; before: %+v and checkpoint %d", still.Record, before.Record, before.Job.Checkpoints.LatestID)
	}
	if still.Job.Reachable || still.Status.Savepoint.Path != before.Status.Savepoint.Path {
		t.Errorf("ended with %+v, and Flink says %+v", still.Status.Savepoint, still.Job)
	}
	a.apply(t, goesOn, flink.Running, latest, nil)
	after := a.until(t, "running again", running)
	if after.Job.Checkpoints.RestoredID != still.Record.LatestID || after.Record.Path == "" {
		t.Errorf("restored checkpoint %d from %s, and the record had %d; the record's path is %q", after.Job.Checkpoints.RestoredID, after.Job.Checkpoints.RestoredFrom, still.Record.LatestID, after.Record.Path)
	}
}

func TestAStandstillKeepsTheRecordAndAnotherRevisionGoesOnFromIt(t *testing.T) {
	i := start(t)
	t.Run("of a running job", func(t *testing.T) {
		a := i.application("runs")
		first := a.revision(t, v1, nil)
		a.apply(t, first, flink.Running, nothing, nil)
		before := a.until(t, "running", running)
		a.standstill(t, first, a.revision(t, v2, nil), before)
		must(t, a.target.Remove(t.Context(), a.Application, a.fence))
	})
	t.Run("of a job in a restart loop", func(t *testing.T) {
		a := i.application("loops")
		bad := a.revision(t, loopsV4, nil)
		a.apply(t, bad, flink.Running, nothing, nil)
		before := a.until(t, "restarting", func(o flink.Observation) bool { return o.Job.Restarts >= 2 && o.Job.Checkpoints.Completed > 0 })
		a.standstill(t, bad, a.revision(t, v1, nil), before)
		must(t, a.target.Remove(t.Context(), a.Application, a.fence))
	})
}

// A job whose state cannot be mapped ends before it began: Flink takes its record
// away, and the operator waits for one. There is no standstill to be had, and no
// need of one: nothing runs. What is left is the chosen snapshot, by delete and create.
func TestAJobWhoseStateCannotBeMappedLeavesNoRecord(t *testing.T) {
	a := start(t).application("maps")
	of := func(parallelism string) flink.Revision {
		return a.revision(t, v1, func(spec map[string]any) {
			spec["flinkConfiguration"].(map[string]any)["pipeline.max-parallelism"] = parallelism
		})
	}
	good, bad := of("1"), of("2")
	a.apply(t, good, flink.Running, nothing, nil)
	a.until(t, "running", running)
	a.apply(t, good, flink.Suspended, held, nil)
	stopped := a.until(t, "suspended with a savepoint", func(o flink.Observation) bool { return suspended(o) && o.Status.SavepointTrigger == "UPGRADE" })
	saved := flink.Restore{Kind: flink.RestoreSnapshot, Path: stopped.Status.Savepoint.Path}
	a.apply(t, bad, flink.Running, saved, nil)
	a.until(t, "there is no job and no record", func(o flink.Observation) bool {
		return o.Job.Reachable && (o.Job.ID == "" || o.Job.State == "FAILED") && !o.Record.Known && o.Spec.Revision == bad.ID
	})
	a.apply(t, bad, flink.Suspended, latest, nil)
	a.until(t, "still no record after a standstill was asked for", func(o flink.Observation) bool {
		return o.Spec.Run == flink.Suspended && !o.Record.Known && (suspended(o) || o.Status.ObservedGeneration < o.Spec.Generation)
	})
	a.apply(t, good, flink.Running, saved, nil)
	after := a.until(t, "running from the savepoint", running)
	if !flink.SamePath(after.Job.Checkpoints.RestoredFrom, saved.Path) {
		t.Errorf("restored %s, wanted %s", after.Job.Checkpoints.RestoredFrom, saved.Path)
	}
}
