package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// changeRules hold for every write to the cluster that took effect.
func changeRules(j *journal, n int) []rule {
	c := j.changes[n]
	if c.Outside != "" {
		return nil
	}
	return []rule{
		{"FenceHolds", func() string { return fenceHolds(j.changes[:n], c) }},
		{"FenceGrows", func() string { return fenceGrows(j.changes[:n], c) }},
		{"OneReleaseActs", func() string { return oneReleaseActs(j.changes[:n], c) }},
		{"EndedIsEnded", func() string { return endedIsEnded(c) }},
		{"DryRunChangesNothing", func() string { return dryRunChangesNothing(j, c.Release) }},
		{"CircuitHolds", func() string { return circuitHolds(j, c) }},
		{"SomebodyAgreed", func() string { return somebodyAgreed(j, c) }},
		{"StandsStillFirst", func() string { return standsStillFirst(j, c) }},
		{"StateBeforeStop", func() string { return stateBeforeStop(j, c) }},
	}
}

// fenceHolds: a write with a lower fence never takes effect.
func fenceHolds(before []change, c change) string {
	for _, b := range before {
		if b.Fence > c.Fence {
			return fmt.Sprintf("release %s wrote %s with fence %d after release %s had written %s with fence %d", c.Release, c.Step, c.Fence, b.Release, b.Step, b.Fence)
		}
	}
	return ""
}

// fenceGrows: each step of a release has a fence of its own.
func fenceGrows(before []change, c change) string {
	for _, b := range before {
		if b.Outside == "" && b.Fence == c.Fence && b.Step != c.Step {
			return fmt.Sprintf("release %s wrote %s and %s with one fence, %d", c.Release, b.Step, c.Step, c.Fence)
		}
	}
	return ""
}

// oneReleaseActs: a fence belongs to one release, and what another has written
// since is never written over.
func oneReleaseActs(before []change, c change) string {
	last := ""
	for _, b := range slices.Backward(before) {
		switch {
		case b.Outside != "":
			continue
		case b.Fence == c.Fence && b.Release != c.Release:
			return fmt.Sprintf("releases %s and %s both wrote with fence %d", b.Release, c.Release, c.Fence)
		case b.Release == c.Release && last != "":
			return fmt.Sprintf("release %s wrote %s after release %s had begun to write", c.Release, c.Step, last)
		case b.Release != c.Release:
			last = b.Release
		}
	}
	return ""
}

// endedIsEnded: a release whose outcome is recorded writes no more, not even by
// a call of its own that hung.
func endedIsEnded(c change) string {
	if !c.Ended {
		return ""
	}
	return fmt.Sprintf("release %s had ended, and then its %s took effect", c.Release, c.Step)
}

// circuitHolds: while the circuit is open nothing automatic is done, but for
// what was begun before.
func circuitHolds(j *journal, c change) string {
	o, l := c.Document.Circuit, c.Document.Lease
	begun := o != nil && l != nil && l.Release == c.Release && l.Taken.Before(o.Since)
	if o == nil || o.Release == c.Release || begun || !j.automatic(c.Release) {
		return ""
	}
	return fmt.Sprintf("release %s, which nobody asked for, wrote %s while the circuit was open since release %s", c.Release, c.Step, o.Release)
}

// automatic tells whether nobody asked for the release in person: an upload, or an alarm.
func (j *journal) automatic(release string) bool {
	u := j.askedBy(release)
	return u != nil && (u.Ask == nil || u.Ask.Automatic)
}

// somebodyAgreed: where the policy asks for approval, an upload is made good
// only by an answer of its own.
func somebodyAgreed(j *journal, c change) string {
	if j.kindOf(c.Release) != flink.Upgrade || !c.Doc.Policy.Approval.Required || j.approved[c.Release] {
		return ""
	}
	return fmt.Sprintf("release %s wrote %s, and nobody had agreed to it", c.Release, c.Step)
}

// standsStillFirst: before the state from before the upgrade is restored, the
// failed version has come to a standstill, or nothing could bring it there.
func standsStillFirst(j *journal, c change) string {
	job, plan := c.Before.Job, c.Doc.Plan
	undoes := strings.HasPrefix(c.Step, "rollback-1") && c.Desired.Restore.Kind == flink.RestoreSnapshot && c.Before.Spec.Release == c.Release && c.Before.Spec.Step == "apply"
	decides := plan != nil && plan.Restore.Kind != flink.RestoreNothing && c.Doc.Change.Kind != flink.Redeploy && !j.asksForNoState()
	if !undoes || !decides || c.Doc.FailedAstray || j.serious() || job.State != "RUNNING" || job.TasksRunning < job.Tasks || job.Checkpoints.Completed == 0 {
		return ""
	}
	return fmt.Sprintf("release %s went back to the state from before while the failed version ran: what that commits in this moment is processed twice, and nobody knows", c.Release)
}

// stateBeforeStop: a running stateful job is stopped only when a state to
// return to is recorded, or the operator itself takes and holds it.
func stateBeforeStop(j *journal, c change) string {
	stateful := c.Before.Exists && c.Committed > 0
	stopped := c.Before.Status.Lifecycle == "SUSPENDED" && flink.SamePath(c.Before.Status.Savepoint.Path, c.Desired.Restore.Path)
	if !stateful || stopped && !c.Removed {
		return ""
	}
	switch {
	case c.Removed:
		return removesOnlyWhatMayGo(j, c)
	case c.Desired.Run == flink.Suspended, c.Desired.Restore.Kind == flink.RestoreHeld, c.Desired.Restore.Kind == flink.RestoreLatest:
		return ""
	case c.Desired.Restore.Kind == flink.RestoreNothing && j.asksForNoState():
		return ""
	case c.Desired.Restore.Kind == flink.RestoreNothing:
		return fmt.Sprintf("release %s replaced a job that has state by one that starts empty", c.Release)
	case c.Doc.Plan != nil && flink.SamePath(c.Doc.Plan.Restore.Path, c.Desired.Restore.Path) && j.model.Stored(c.Desired.Restore.Path):
		return "" // back to what the version that failed was to go on from
	case endedWith(c.Before.Job, c.Desired.Restore.Path) && j.model.Stored(c.Desired.Restore.Path):
		return ""
	case j.beganWith(c, c.Desired.Restore.Path) && j.model.Stored(c.Desired.Restore.Path):
		return ""
	case !slices.ContainsFunc(c.Document.Snapshots, func(s flink.Snapshot) bool { return flink.SamePath(s.Path, c.Desired.Restore.Path) }):
		return fmt.Sprintf("release %s replaced a job that has state, and the savepoint to restore (%s) is not in the ledger", c.Release, c.Desired.Restore.Path)
	case !j.model.Stored(c.Desired.Restore.Path):
		return fmt.Sprintf("release %s replaced a job that has state, and the savepoint to restore (%s) does not exist", c.Release, c.Desired.Restore.Path)
	}
	return ""
}

// endedWith tells whether a job has ended by itself, and that state is its final
// one: its newest checkpoint, or what it began with and made none since.
func endedWith(k flink.JobFacts, path string) bool {
	return k.Ended() && flink.SamePath(cmp.Or(k.Checkpoints.Latest, k.Checkpoints.RestoredFrom), path)
}

// beganWith tells whether the version that is replaced had itself begun with a
// state: then going back to that loses nothing that was there before it.
func (j *journal) beganWith(c change, path string) bool {
	k := c.Before.Job.Checkpoints
	if k.Completed == 0 && flink.SamePath(k.RestoredFrom, path) {
		return true
	}
	return c.Starts > 0 && flink.SamePath(j.model.Starts()[c.Starts-1].From, path)
}

// removesOnlyWhatMayGo: a first version that failed; or what somebody wants
// deleted, once its final state is recorded, or may go.
func removesOnlyWhatMayGo(j *journal, c change) string {
	d := c.Document
	switch {
	case j.kindOf(c.Release) == flink.Delete && (d.Down != nil || d.Suspended != nil || j.askedBy(c.Release).Ask.AbandonState):
		return ""
	case j.kindOf(c.Release) == flink.Delete && c.Doc.Plan != nil && endedWith(c.Before.Job, c.Doc.Plan.Restore.Path):
		return "" // the plan names it
	case j.kindOf(c.Release) == flink.Delete && d.Deleted != nil && d.Deleted.Release == c.Release && d.Deleted.Snapshot != nil && j.model.Stored(d.Deleted.Snapshot.Path):
		return "" // somebody else had suspended it, and its tombstone names the state
	case j.kindOf(c.Release) == flink.Delete:
		return fmt.Sprintf("release %s deleted a job that has state, and no final state of it is recorded", c.Release)
	case d.Current == "":
		return ""
	case d.Suspended != nil && c.Doc.Before.Suspended != nil && c.Before.Job.TasksRunning == 0:
		return "" // it was suspended, and what was started has ended: it is made again when it is resumed
	}
	return fmt.Sprintf("release %s removed an application whose revision %s is known to have run well", c.Release, d.Current)
}

// snapshotsAreKept: what something refers to is not removed.
func snapshotsAreKept(j *journal, path string) string {
	why := neededByTheLedger(j.document, path)
	if why == "" {
		why = neededByTheJob(j.look(), path)
	}
	if why == "" {
		return ""
	}
	return "savepoint " + path + " was removed, and " + why
}
