package task

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Stop ends the previous version with a savepoint through its custom resource,
// and records the path before anything else: this one is exact.
func (t Tasks) Stop(ctx context.Context, r Release) (Release, error) {
	d, err := t.hold(ctx, &r)
	if err != nil {
		return r, err
	}
	if t.cancelled(&r, d, true) { // a call before this one may have asked for the stop
		return r, nil
	}
	began := r.since("Stop", t.Clock.Now())
	previous, err := t.Ledger.Revision(ctx, r.Application, r.Previous)
	if err != nil {
		return r, err
	}
	if err := t.Target.Apply(ctx, r.desired(previous, flink.Suspended, flink.Restore{Kind: r.keeps()}, stopStep, stopFence)); err != nil {
		return t.undoWhenRefused(r, "Stop", err)
	}
	var o flink.Observation
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		if o, err = t.Target.Observe(ctx, r.Application); err != nil {
			return false, unless(flink.Unavailable, err)
		}
		r.Before.seen(o.Job)
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

// seen keeps the newest start of the job: should its JobManager have been lost
// since, another has started it anew, and what it shows after the stop must not
// be taken for the new version.
func (b *Before) seen(j flink.JobFacts) {
	if j.Reachable && j.ID != "" && j.Started.After(b.Started) {
		b.Started = j.Started
	}
}

// stopStep names the apply that suspends the previous version.
const stopStep = "stop"

// keeps is what the stop leaves of the job's state.
func (r *Release) keeps() flink.RestoreKind {
	if r.Plan.Keeps == "" {
		return flink.RestoreHeld
	}
	return r.Plan.Keeps
}

// hasStopped: suspended by this release, with a savepoint of that stop which was
// not there before, or, where none could be taken, at a standstill.
func (r *Release) hasStopped(o flink.Observation) bool {
	if o.Spec.Release != r.ID || o.Spec.Step != stopStep || o.Status.Lifecycle != "SUSPENDED" {
		return false
	}
	if r.Plan.Keeps == flink.RestoreLatest {
		return true
	}
	return o.Status.SavepointTrigger == "UPGRADE" && o.Status.Savepoint.Path != r.Before.Savepoint
}

func (t Tasks) stopped(ctx context.Context, r Release, o flink.Observation) (Release, error) {
	if err := t.recordStop(ctx, &r, o); err != nil {
		return r, err
	}
	what := "stopped, no state of it is known"
	if r.Stopped != nil {
		what = "stopped with " + baseName(r.Stopped.Path)
	}
	r.note(t.Clock.Now(), "Stop", what)
	switch r.Decision = ToApply; r.Plan.Then {
	case flink.StepRemove:
		r.Decision = ToRemove
	case flink.StepSettle:
		r.end(flink.Succeeded, flink.Stopped, "the job is suspended ("+what+"): sluice resume "+r.Application.String()+" runs it again")
	}
	return r, nil
}

// recordStop keeps the savepoint that the previous version was stopped with.
func (t Tasks) recordStop(ctx context.Context, r *Release, o flink.Observation) error {
	s := flink.Snapshot{Path: o.Status.Savepoint.Path, Revision: r.Previous, Taken: stopTime(o, t.Clock.Now()), Kind: flink.StopSnapshot}
	if r.Plan.Keeps == flink.RestoreLatest {
		s = flink.Snapshot{Path: checkpointAt(r.Plan.Restore, o.Record), Revision: r.Previous, Taken: t.Clock.Now(), Kind: flink.CheckpointSnapshot}
	}
	if s.Path == "" {
		return nil // somebody said that the state may go
	}
	if err := t.recordSnapshot(ctx, r, s, o.Spec.Generation); err != nil {
		return err
	}
	r.Stopped = &s
	return nil
}

// checkpointAt is the path of the newest checkpoint of a job at a standstill.
// All of a job's lie side by side, named by their number.
func checkpointAt(planned flink.Restore, record flink.RecordFacts) string {
	dir, ok := strings.CutSuffix(planned.Path, fmt.Sprintf("/chk-%d", planned.AtLeast))
	switch {
	case !record.Known || record.LatestID <= planned.AtLeast:
		return planned.Path
	case !ok: // the first since the job had restored something else: only the record names it
		return record.Path
	}
	return fmt.Sprintf("%s/chk-%d", dir, record.LatestID)
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
	if r.Message != "" { // why it was to be undone in the first place stays
		err = fmt.Errorf("%s; then %w", r.Message, err)
	}
	r.Decision, r.Message = ToRollBack, err.Error()
	return r, nil
}
