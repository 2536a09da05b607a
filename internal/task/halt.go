package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	haltStep    = "halt"          // names the apply that brings the failed version to a standstill
	haltPatient = 3 * time.Minute // how long is waited for that: longer than any standstill that was measured (4 s)
)

// halt brings the failed version to a standstill without a savepoint. Then its
// high-availability record says which checkpoint was its last; before that it
// might complete one more, and its sinks commit what nobody knows of.
func (t Tasks) halt(ctx context.Context, r Release, o flink.Observation) (Release, error) {
	if r.shows(o) {
		r.lastSeen(o)
	}
	if first := o.Spec.Step == applyStep; first && r.FailedAt == nil && r.FailedRan.IsZero() && !r.hidden(o) {
		r.FailedAt = &flink.Checkpoints{RestoredID: o.Record.LatestID} // it has not run: what the record holds is what it was to begin with
	}
	began := r.since("Halt", t.Clock.Now())
	still := r.Revision
	if r.Before.Suspended != nil {
		still = r.Previous // it stays so, and is resumed as what it was
	}
	revision, err := t.Ledger.Revision(ctx, r.Application, still)
	if err != nil {
		return r, err
	}
	if err := t.Target.Apply(ctx, r.desired(revision, flink.Suspended, flink.Restore{Kind: flink.RestoreLatest}, haltStep, haltFence)); err != nil {
		return t.cannotHalt(r, err)
	}
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		if o, err = t.Target.Observe(ctx, r.Application); err != nil {
			return false, unless(flink.Unavailable, err)
		}
		r.noticeEnd(o)
		return r.Standstill != nil || o.Spec.Step == haltStep && o.Status.Lifecycle == "SUSPENDED", nil
	})
	r.Decision = ToRollBack
	switch {
	case err != nil:
		return r, err
	case r.Standstill != nil: // it has ended by itself, and what it has made is known
	case done:
		r.Standstill = &Standstill{Reached: o.Record.Known || r.Before.Suspended != nil, Record: o.Record, Generation: o.Spec.Generation}
	case t.Clock.Now().Sub(began) >= haltPatient:
		r.Standstill = &Standstill{}
	}
	return r, nil
}

// cannotHalt goes on without a standstill where the cluster refuses it or the
// resource is gone.
func (t Tasks) cannotHalt(r Release, err error) (Release, error) {
	if c := flink.CodeOf(err); c != flink.Refused && c != flink.Invalid && c != flink.NotFound {
		return r, err
	}
	r.note(t.Clock.Now(), "RollBack", "the failed version could not be brought to a standstill: "+err.Error())
	r.Standstill, r.Decision = &Standstill{}, ToRollBack
	return r, nil
}

// final is what the failed version had made durable when it stood still. A
// checkpoint counts as its own when it is newer than what it had restored.
func (s Standstill) final(seen *flink.Checkpoints) *flink.Checkpoints {
	if !s.Reached {
		return seen
	}
	var c flink.Checkpoints
	if seen != nil {
		c = *seen
	}
	if s.Record.LatestID > max(c.LatestID, c.RestoredID) {
		path := s.Record.Path
		if path == "" { // where it lies only a JobManager tells; all of a job's lie side by side
			path = checkpointAt(flink.Restore{Path: c.Latest, AtLeast: c.LatestID}, s.Record)
		}
		c.Completed, c.LatestID, c.Latest = max(1, c.Completed), s.Record.LatestID, path
	}
	return &c
}
