package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// TakeSavepoint takes an insurance savepoint while the previous version still
// runs. The request's id follows from the release, so that a repeat finds the
// same savepoint.
func (t Tasks) TakeSavepoint(ctx context.Context, r Release) (Release, error) {
	d, err := t.hold(ctx, &r)
	if err != nil {
		return r, err
	}
	if t.cancelled(&r, d, false) {
		return r, nil
	}
	began := r.since("TakeSavepoint", t.Clock.Now())
	previous, err := t.Ledger.Revision(ctx, r.Application, r.Previous)
	if err != nil {
		return r, err
	}
	request := flink.SnapshotRequest{Application: r.Application, JobID: r.Before.JobID, ID: r.ID + "/insurance",
		Directory: previous.SavepointDirectory() + "/" + r.ID, Fence: r.fence(saveFence)}
	state := flink.SnapshotState{Phase: flink.SnapshotUnknown}
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		if state, err = t.snapshot(ctx, request); err != nil {
			return false, err
		}
		late := t.Clock.Now().Sub(began) >= r.Policy.ProgressDeadline
		if late && state.Phase == flink.SnapshotPending {
			state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "it did not complete within the progress deadline of " + r.Policy.ProgressDeadline.String()}
		}
		return state.Phase == flink.SnapshotCompleted || state.Phase == flink.SnapshotFailed, nil
	})
	if err != nil {
		return t.rejectWhen(r, flink.SavepointFailed, err, flink.Refused)
	}
	if !done {
		r.Decision = ToTakeSavepoint
		return r, nil
	}
	return t.saved(ctx, r, state)
}

// snapshot looks at the savepoint, and asks for it when Flink does not know it.
func (t Tasks) snapshot(ctx context.Context, request flink.SnapshotRequest) (flink.SnapshotState, error) {
	s, err := t.Target.Snapshot(ctx, request)
	if err != nil || s.Phase != flink.SnapshotUnknown {
		return s, err
	}
	return flink.SnapshotState{Phase: flink.SnapshotPending}, t.Target.StartSnapshot(ctx, request)
}

func (t Tasks) saved(ctx context.Context, r Release, state flink.SnapshotState) (Release, error) {
	now := t.Clock.Now()
	if state.Phase == flink.SnapshotFailed {
		message := "the savepoint failed, and the running version was left alone: " + state.Cause
		r.note(now, "TakeSavepoint", message)
		r.end(flink.FailedClean, flink.SavepointFailed, message)
		return r, nil
	}
	s := flink.Snapshot{Path: state.Path, Revision: r.Previous, Taken: now, Kind: flink.InsuranceSnapshot}
	if err := t.recordSnapshot(ctx, &r, s, 0); err != nil {
		return r, err
	}
	r.Insurance, r.Decision = &s, ToApply
	if r.Plan.Stop {
		r.Decision = ToStop
	}
	r.note(now, "TakeSavepoint", "insurance savepoint "+baseName(s.Path))
	return r, nil
}

// recordSnapshot remembers a state; one that the job ended with is where it can
// go on from, as long as nobody writes the resource beyond that generation.
func (t Tasks) recordSnapshot(ctx context.Context, r *Release, s flink.Snapshot, generation int64) error {
	s.ID = savepoint.ID(s.Path)
	_, err := t.update(ctx, r, func(d *ledger.Document) error {
		d.AddSnapshot(s)
		if s.Kind != flink.InsuranceSnapshot {
			d.Down = &ledger.Down{Release: r.ID, Snapshot: s, Generation: generation}
			if r.Plan.Then == flink.StepSettle { // should this release not live to settle, it was suspended on purpose all the same
				d.Suspended = d.Down
			}
		}
		return nil
	})
	return err
}
