package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// RollBack decides which state the previous version gets back, and applies it.
func (t Tasks) RollBack(ctx context.Context, r Release) (Release, error) {
	d, err := t.hold(ctx, &r)
	if err != nil {
		return r, err
	}
	r.takeUp()
	if r.Plan.Adopt {
		return r.notTakenOver(), nil
	}
	if r.FailedAt == nil {
		r.captureFailed()
	}
	o, err := t.Target.Observe(ctx, r.Application)
	if err != nil {
		return r, err
	}
	if r.readLate(o) {
		return r, flink.Errorf(flink.Unavailable, "look at "+r.Application.String(), "the cluster shows the resource as step %q had written it, and step %q has written it since", o.Spec.Step, r.Step)
	}
	r.noticeEdit(o)
	r.noticeEnd(o)
	if err := t.lateStop(ctx, &r, o); err != nil {
		return r, err
	}
	previous, err := t.previous(ctx, &r)
	if err != nil {
		return r, err
	}
	if r.FailedRan.IsZero() && r.hidden(o) && o.Status.Lifecycle == "STABLE" {
		r.FailedRan = o.At // Flink was cut off from us, and the operator has seen the job run
	}
	c := r.rollbackCase(d, o)
	c.Mode = previous.UpgradeMode()
	decision := r.applied(o, c)
	if decision == nil {
		anew := flink.DecideRollback(c)
		decision = &anew
	}
	r.note(t.Clock.Now(), "RollBack", decision.Message)
	switch decision.Action {
	case flink.Hold:
		r.end(flink.FailedDirty, flink.HeldForSomebody, r.Message+"; "+decision.Message+". When the job is as it should be, run sluice resume "+r.Application.String())
		return r, nil
	case flink.TakeAway:
		return t.takeAway(ctx, r, *decision)
	case flink.Halt:
		return t.halt(ctx, r, o)
	case flink.Rest:
		return t.rest(ctx, r, *decision, o)
	}
	return t.bringBack(ctx, r, previous, *decision, o)
}

// notTakenOver ends an adoption that came to nothing, or was called off.
func (r Release) notTakenOver() Release {
	if r.CalledOff {
		r.end(flink.FailedClean, flink.Cancelled, r.Message+". What runs was not touched: it is not taken over")
		return r
	}
	r.end(flink.FailedClean, flink.Broken, r.Message+". What runs was not touched: it is not taken over, try again")
	return r
}

// previous reads the revision that ran before; an empty one for a first deployment.
func (t Tasks) previous(ctx context.Context, r *Release) (flink.Revision, error) {
	if r.Previous == "" {
		return flink.Revision{}, nil
	}
	return t.Ledger.Revision(ctx, r.Application, r.Previous)
}

// takeUp makes the error that the machine caught the reason for rolling back.
func (r *Release) takeUp() {
	if r.Error != nil {
		r.Message = flink.Foreign(r.FailedIn+" failed: "+r.Error.Error+" "+r.Error.Cause, flink.MaxSentence)
		r.Error, r.FailedIn = nil, ""
	}
}

// lateStop records a stop that completed after Stop had given up, or had died.
func (t Tasks) lateStop(ctx context.Context, r *Release, o flink.Observation) error {
	if r.Stopped != nil || !r.hasStopped(o) {
		return nil
	}
	return t.recordStop(ctx, r, o)
}

func (r *Release) rollbackCase(d ledger.Document, o flink.Observation) flink.RollbackCase {
	c := flink.RollbackCase{HasPrevious: r.Previous != "", Stop: r.recordedStop(d), Restored: r.FailedFrom, Insurance: r.Insurance,
		Rule: r.Policy.Rollback, Failed: r.FailedAt, Seen: r.shows(o), RanSince: r.FailedRan,
		Applied: r.wrote(o),
		Hidden:  r.hidden(o),
		Missing: !o.Exists, Suspended: r.Before.Suspended, Finished: r.Before.Finished,
		CameBack: r.Phase == Backward && r.Watch.RestoredFrom != "" && r.Watch.RestoredID >= r.Restore.AtLeast,
		ByRecord: r.Plan.Restore.Kind == flink.RestoreLatest, Newest: r.Plan.Restore, NoRecord: r.noRecord(o),
		Saved: r.Saved, Edited: r.Edited, Astray: r.FailedAstray,
		Empty: r.Plan.Restore.Kind == flink.RestoreNothing || r.Change.Kind == flink.Redeploy || r.Change.Kind == flink.Fork}
	if r.CalledOff {
		c.Rule.Mode = flink.Automatic // somebody asks for exactly that
	}
	if c.Seen {
		c.Failed = furthest(c.Failed, o.Job.Checkpoints)
	}
	if s := r.Standstill; s != nil {
		c.Still, c.CannotHalt, c.Gone = s.Reached, !s.Reached, s.Ended
		c.Failed = s.final(c.Failed)
	}
	for _, done := range r.Rollback {
		c.Tried = append(c.Tried, done.Restore.Kind)
	}
	return c
}

// wrote tells whether the new version was written to the cluster.
func (r *Release) wrote(o flink.Observation) bool {
	return r.Phase != "" || r.fails(o)
}

// noRecord: Flink has taken the high-availability record of the failed version
// away, as it does where a job ends or cannot be mapped. Where there was one to go
// on by, that is seen even while Flink does not answer.
func (r *Release) noRecord(o flink.Observation) bool {
	ended := r.shows(o) && o.Job.Ended() || o.Job.Reachable && o.Job.ID == ""
	went := r.Before.Recorded && r.Plan.Restore.Kind == flink.RestoreLatest
	return !o.Record.Known && (ended || went) && r.fails(o)
}

// fails tells whether the resource is the failed version's, which runs or is
// being brought to a standstill: nothing was brought back yet.
func (r *Release) fails(o flink.Observation) bool {
	return o.Spec.Release == r.ID && (o.Spec.Step == applyStep || o.Spec.Step == haltStep)
}

// noticeEnd keeps that the failed version has ended by itself since it was
// judged: it stands still, and by Flink's word on what it made, since the
// high-availability record went with it.
func (r *Release) noticeEnd(o flink.Observation) {
	if s := r.Standstill; s != nil && !s.Reached && r.noRecord(o) {
		r.Standstill = &Standstill{Ended: true} // unseen: Flink does not answer
	}
	if !r.shows(o) || !o.Job.Ended() || len(r.Rollback) > 0 || r.Standstill != nil && r.Standstill.Reached {
		return
	}
	r.lastSeen(o)
	if from := o.Job.Checkpoints.RestoredFrom; r.FailedAt.Completed == 0 && r.Restore.Kind != flink.RestoreNothing && from != "" {
		r.FailedFrom = from // else it may be a checkpoint of its own
	}
	r.Standstill = &Standstill{Reached: true, Ended: true}
}

// lastSeen keeps what Flink says of the failed version now: it may have come
// further than when it was judged.
func (r *Release) lastSeen(o flink.Observation) {
	r.FailedStart, r.FailedAt = o.Job.Started, furthest(r.FailedAt, o.Job.Checkpoints)
}

// furthest is what is known of a version's checkpoints once these are seen, too.
func furthest(known *flink.Checkpoints, seen flink.Checkpoints) *flink.Checkpoints {
	if known != nil {
		seen = known.With(seen)
	}
	return &seen
}

// noticeEdit keeps that somebody else has changed the resource of the version
// that is to be undone, and the savepoint that the operator stopped it with for that.
func (r *Release) noticeEdit(o flink.Observation) {
	if r.Phase != Forward || o.Spec.Release != r.ID {
		return
	}
	if o.Spec.Step == applyStep {
		r.Edited = r.Edited || r.Watch.Sees(o).Edited
	}
	if s := o.Status.Savepoint; r.Edited && o.Status.SavepointTrigger == "UPGRADE" && !r.knows(s.Path) {
		r.Saved = &flink.Snapshot{Path: s.Path, Revision: r.Revision, Taken: s.Taken, Kind: flink.StopSnapshot}
	}
}

// knows tells whether a state is one that this release began with or has taken itself.
func (r *Release) knows(path string) bool {
	known := []string{"", r.Before.Savepoint, r.Plan.Restore.Path}
	for _, s := range []*flink.Snapshot{r.Stopped, r.Insurance} {
		if s != nil {
			known = append(known, s.Path)
		}
	}
	return slices.ContainsFunc(known, func(k string) bool { return flink.SamePath(k, path) })
}

// recordedStop finds the savepoint of the stop: this release's, in the ledger
// when Stop died after it had recorded it, or the one that the plan went on from.
func (r *Release) recordedStop(d ledger.Document) *flink.Snapshot {
	switch {
	case r.Stopped != nil:
		return r.Stopped
	case d.Down != nil && (d.Down.Release == r.ID || r.Plan != nil && flink.SamePath(d.Down.Snapshot.Path, r.Plan.Restore.Path)):
		return &d.Down.Snapshot
	case r.Plan != nil && r.Plan.Restore.Kind == flink.RestoreSnapshot && r.Change.Kind != flink.Redeploy && r.Change.Kind != flink.Fork: // what was there had ended before, with this
		return &flink.Snapshot{Path: r.Plan.Restore.Path, Revision: r.Previous, Kind: flink.StopSnapshot}
	}
	return nil
}

// rollbackStep names the next rollback of this release, and what it restores.
func (r *Release) rollbackStep(k flink.RestoreKind) string {
	return rollbackStep(len(r.Rollback)+1, k)
}

func rollbackStep(number int, k flink.RestoreKind) string {
	return fmt.Sprintf("rollback-%d-%s", number, k)
}

// earlierSteps are those in which this release had written the resource before the
// one that it wrote last. None of them is written again: their fences are lower.
func (r *Release) earlierSteps() []string {
	if r.Phase == "" {
		return nil
	}
	steps := []string{stopStep, applyStep, haltStep}
	for n, done := range r.Rollback {
		steps = append(steps, rollbackStep(n+1, done.Restore.Kind))
	}
	return steps[:max(0, slices.Index(steps, r.Step))]
}

// readLate: the cluster is seen as it was before this release wrote it last. What
// the failed version did since cannot be told from that.
func (r *Release) readLate(o flink.Observation) bool {
	return o.Spec.Release == r.ID && slices.Contains(r.earlierSteps(), o.Spec.Step)
}

// applied finds the decision that a call of RollBack before this one carried
// out and did not live to tell: the resource names it. What was decided once
// is not decided anew, whatever has come to light since.
func (r *Release) applied(o flink.Observation, c flink.RollbackCase) *flink.RollbackDecision {
	if o.Spec.Release != r.ID {
		return nil
	}
	if len(r.Rollback) == 0 && o.Spec.Step == haltStep {
		if r.Standstill == nil { // on its way there
			return &flink.RollbackDecision{Action: flink.Halt, Message: "the failed version is being brought to a standstill"}
		}
		return nil // the state is still to be chosen
	}
	for _, k := range []flink.RestoreKind{flink.RestoreLatest, flink.RestoreSnapshot, flink.RestoreHeld, flink.RestoreNothing} {
		if o.Spec.Step == r.rollbackStep(k) {
			return carriedOut(k, c)
		}
	}
	return nil
}

// carriedOut is a decision that took effect before its call died. What it
// costs is said anew, or, where it would be decided otherwise by now, at its worst.
func carriedOut(k flink.RestoreKind, c flink.RollbackCase) *flink.RollbackDecision {
	d := flink.DecideRollback(c)
	if d.Action == flink.BringBack && d.Restore.Kind == k {
		return &d
	}
	d = flink.RollbackDecision{Action: flink.BringBack, Restore: flink.Restore{Kind: k},
		Message: "a call of RollBack before this one had brought the previous version back; what the failed version committed may be processed a second time"}
	if k == flink.RestoreSnapshot {
		d.Restore.Path = c.Base()
	}
	return &d
}

// shows tells whether Flink answers for the failed version now: by then it may
// have completed one checkpoint more than when it was judged.
func (r *Release) shows(o flink.Observation) bool {
	before := r.PreviousStart
	if before.IsZero() {
		before = r.Before.Started // Apply took effect and its output was lost
	}
	return o.Job.Reachable && o.Job.ID != "" && r.fails(o) && o.Job.Started.After(before)
}

// hidden tells whether the failed version may run without anybody seeing it.
// One that was called off while it started does not.
func (r *Release) hidden(o flink.Observation) bool {
	starts := r.CalledOff && o.Status.JobManager != "READY"
	still := r.Standstill != nil && r.Standstill.Reached
	return !starts && !still && r.fails(o) && !o.Job.Reachable && o.Status.PodTrouble == ""
}

func (t Tasks) bringBack(ctx context.Context, r Release, previous flink.Revision, decision flink.RollbackDecision, o flink.Observation) (Release, error) {
	step := r.rollbackStep(decision.Restore.Kind)
	_, err := t.update(ctx, &r, func(d *ledger.Document) error {
		d.Lease.Writes = flink.Foreign(r.writes()+", and then to bring back revision "+previous.ID+" ("+decision.Message+")", flink.MaxSentence)
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Rollback = append(r.Rollback, decision)
	if err := t.Target.Apply(ctx, r.desired(previous, flink.Running, decision.Restore, step, undoFence+len(r.Rollback))); err != nil {
		return t.undoWhenRefused(r, "RollBack", err)
	}
	for _, replaced := range []time.Time{o.Job.Started, r.FailedStart} {
		if replaced.After(r.PreviousStart) && decision.Restore.Kind != flink.RestoreHeld {
			r.PreviousStart = replaced
		}
	}
	r.watch(Backward, step, decision.Restore)
	r.Decision = ToObserve
	return r, nil
}

func (t Tasks) takeAway(ctx context.Context, r Release, decision flink.RollbackDecision) (Release, error) {
	r.Rollback = append(r.Rollback, decision)
	if err := t.Target.Remove(ctx, r.Application, r.fence(undoFence)); err != nil {
		return r, err
	}
	why, what := flink.FirstVersionFailed, "the first version failed ("+r.Message+")"
	if r.CalledOff {
		why, what = flink.Cancelled, r.Message
	}
	r.end(flink.FailedClean, why, what+"; "+decision.Message)
	return r, nil
}

// rest ends a release before which nothing ran, and after which nothing shall.
func (t Tasks) rest(ctx context.Context, r Release, decision flink.RollbackDecision, o flink.Observation) (Release, error) {
	r.Rollback = append(r.Rollback, decision)
	if r.wrote(o) {
		r.Phase = Forward // also where Apply did not live to tell of it
	}
	suspended := r.Standstill != nil && r.Standstill.Generation != 0
	if r.Phase != "" && o.Exists && !suspended {
		if _, err := t.update(ctx, &r, func(d *ledger.Document) error { r.restsAgain(d, t.Clock.Now()); return nil }); err != nil {
			return r, err // the state to go on from is known before the resource that names it is gone
		}
		if err := t.Target.Remove(ctx, r.Application, r.fence(undoFence)); err != nil {
			return r, err
		}
	}
	why, what := flink.RolledBack, "the version that was started failed ("+r.Message+")"
	switch {
	case r.CalledOff:
		why, what = flink.Cancelled, r.Message
	case r.Verdict == nil:
		what = string(r.Change.Kind) + " could not be carried out (" + r.Message + ")"
	}
	r.end(flink.FailedClean, why, what+"; "+decision.Message)
	return r, nil
}
