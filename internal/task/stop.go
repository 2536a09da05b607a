package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Stop ends the previous version with a savepoint through its custom resource,
// and records the path before anything else: this one is exact.
func (t Tasks) Stop(ctx context.Context, r Release) (Release, error) {
	if _, err := t.hold(ctx, &r); err != nil {
		return r, err
	}
	began := r.since("Stop", t.Clock.Now())
	previous, err := t.Ledger.Revision(ctx, r.Application, r.Previous)
	if err != nil {
		return r, err
	}
	if err := t.Target.Apply(ctx, r.desired(previous, flink.Suspended, flink.Restore{Kind: flink.RestoreHeld}, stopStep)); err != nil {
		return t.undoWhenRefused(r, "Stop", err)
	}
	var o flink.Observation
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		if o, err = t.Target.Observe(ctx, r.Application); err != nil {
			return false, unless(flink.Unavailable, err)
		}
		return r.hasStopped(o), nil
	})
	switch {
	case err != nil:
		return r, err
	case done:
		return t.stopped(ctx, r, o)
	case t.Clock.Now().Sub(began) >= r.Policy.ProgressDeadline:
		return t.notStopped(r, o), nil
	}
	r.Decision = ToStop
	return r, nil
}

// stopStep names the apply that suspends the previous version.
const stopStep = "stop"

// hasStopped: suspended by this release, with a savepoint of that stop which was not there before.
func (r *Release) hasStopped(o flink.Observation) bool {
	return o.Spec.Release == r.ID && o.Spec.Step == stopStep && o.Status.Lifecycle == "SUSPENDED" &&
		o.Status.SavepointTrigger == "UPGRADE" && o.Status.Savepoint.Path != r.Before.Savepoint
}

func (t Tasks) stopped(ctx context.Context, r Release, o flink.Observation) (Release, error) {
	if err := t.recordStop(ctx, &r, o); err != nil {
		return r, err
	}
	r.Decision = ToApply
	r.note(t.Clock.Now(), "Stop", "stopped with savepoint "+baseName(r.Stopped.Path))
	return r, nil
}

// recordStop keeps the savepoint that the previous version was stopped with.
func (t Tasks) recordStop(ctx context.Context, r *Release, o flink.Observation) error {
	s := flink.Snapshot{Path: o.Status.Savepoint.Path, Revision: r.Previous, Taken: stopTime(o, t.Clock.Now()), Kind: stopTag}
	if err := t.recordSnapshot(ctx, r, s); err != nil {
		return err
	}
	r.Stopped = &s
	return nil
}

// stopTime is when the savepoint was taken, by the operator's word where it has one.
func stopTime(o flink.Observation, now time.Time) time.Time {
	if t := o.Status.Savepoint.Taken; !t.IsZero() {
		return t
	}
	return now
}

func (t Tasks) notStopped(r Release, o flink.Observation) Release {
	message := "the previous version did not stop with a savepoint within " + r.Policy.ProgressDeadline.String() + " (operator: " + o.Status.Lifecycle + " " + o.Status.Error + ")"
	r.note(t.Clock.Now(), "Stop", message)
	r.Decision, r.Message = ToRollBack, message
	return r
}

// undoWhenRefused sends the release to RollBack when the cluster said no.
func (t Tasks) undoWhenRefused(r Release, state string, err error) (Release, error) {
	if c := flink.CodeOf(err); c != flink.Refused && c != flink.Invalid {
		return r, err
	}
	r.note(t.Clock.Now(), state, err.Error())
	r.Decision, r.Message = ToRollBack, err.Error()
	return r, nil
}
