package task

import (
	"context"
	"fmt"

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
	o, err := t.Target.Observe(ctx, r.Application)
	if err != nil {
		return r, err
	}
	previous, err := t.previous(ctx, &r)
	if err != nil {
		return r, err
	}
	c := r.rollbackCase(d, o)
	c.Mode = previous.UpgradeMode()
	decision := flink.DecideRollback(c)
	r.note(t.Clock.Now(), "RollBack", decision.Message)
	switch decision.Action {
	case flink.Hold:
		r.end(flink.FailedDirty, flink.HeldForSomebody, r.Message+"; "+decision.Message)
		return r, nil
	case flink.TakeAway:
		return t.takeAway(ctx, r, decision)
	}
	return t.bringBack(ctx, r, previous, decision, o)
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
		r.Message = r.FailedIn + " failed: " + r.Error.Error + " " + r.Error.Cause
		r.Error, r.FailedIn = nil, ""
	}
}

func (r *Release) rollbackCase(d ledger.Document, o flink.Observation) flink.RollbackCase {
	c := flink.RollbackCase{HasPrevious: r.Previous != "", Stop: r.recordedStop(d), Restored: r.FailedFrom, Rule: r.Policy.Rollback,
		Applied: r.Phase != "" || o.Spec.Release == r.ID && o.Spec.Step == applyStep, Failed: r.failed(o)}
	for _, done := range r.Rollback {
		c.Tried = append(c.Tried, done.Restore.Kind)
	}
	return c
}

// recordedStop finds the savepoint of the stop: this release's, in the ledger
// when Stop died after it had recorded it, or an earlier one's that died.
func (r *Release) recordedStop(d ledger.Document) *flink.Snapshot {
	if r.Stopped != nil {
		return r.Stopped
	}
	return d.Down
}

// failed is the newest that is known of the failed version's checkpoints: by
// then it may have completed one more than when it was judged.
func (r *Release) failed(o flink.Observation) *flink.Checkpoints {
	fresh := o.Job.Reachable && o.Job.ID != "" && o.Spec.Release == r.ID && o.Spec.Step == applyStep && o.Job.Started.After(r.PreviousStart)
	if fresh && (r.FailedAt == nil || o.Job.Checkpoints.Completed > r.FailedAt.Completed) {
		now := o.Job.Checkpoints
		return &now
	}
	return r.FailedAt
}

func (t Tasks) bringBack(ctx context.Context, r Release, previous flink.Revision, decision flink.RollbackDecision, o flink.Observation) (Release, error) {
	step, now := fmt.Sprintf("rollback-%d", len(r.Rollback)+1), t.Clock.Now()
	r.Rollback = append(r.Rollback, decision)
	if err := t.Target.Apply(ctx, r.desired(previous, flink.Running, decision.Restore, step)); err != nil {
		return t.undoWhenRefused(r, "RollBack", err)
	}
	if o.Job.Started.After(r.PreviousStart) && decision.Restore.Kind != flink.RestoreHeld {
		r.PreviousStart = o.Job.Started
	}
	r.watch(Backward, step, decision.Restore)
	r.AppliedAt, r.Decision = now, ToObserve
	return r, nil
}

func (t Tasks) takeAway(ctx context.Context, r Release, decision flink.RollbackDecision) (Release, error) {
	if err := t.Target.Remove(ctx, r.Application, r.Fence); err != nil {
		return r, err
	}
	r.end(flink.FailedClean, flink.FirstVersionFailed, "the first version failed ("+r.Message+"); "+decision.Message)
	return r, nil
}
