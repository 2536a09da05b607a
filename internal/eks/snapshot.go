package eks

import (
	"context"
	"errors"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// triggerID names a savepoint for Flink, so that asking again is harmless.
func triggerID(r flink.SnapshotRequest) string {
	return rest.TriggerID("savepoint", r.Application.String(), r.JobID, r.ID)
}

// StartSnapshot implements flink.Target. Flink knows no fence, so it is looked
// at before the call and again after it: a savepoint too many harms nothing,
// going on without the lease would.
func (t *Target) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	if err := t.raiseFence(ctx, r.Application, r.Fence); err != nil {
		return err
	}
	op := "ask for a savepoint of " + r.Application.String()
	err := t.startByResource(ctx, op, r)
	if errors.Is(err, errNotByResource) {
		_, err = t.flink(r.Application).TriggerSavepoint(ctx, r.JobID, r.Directory, triggerID(r))
		err = flinkError(op, err)
	}
	if err != nil {
		return err
	}
	return t.holdsFence(ctx, r.Application, r.Fence)
}

// Snapshot implements flink.Target.
func (t *Target) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	op := "look at a savepoint of " + r.Application.String()
	state, err := t.byResource(ctx, op, r)
	if !errors.Is(err, errNotByResource) {
		return state, err
	}
	s, err := t.flink(r.Application).SavepointStatus(ctx, r.JobID, triggerID(r))
	if rest.CodeOf(err) == rest.NotFound {
		return flink.SnapshotState{Phase: flink.SnapshotUnknown}, nil
	}
	if err != nil {
		return flink.SnapshotState{}, flinkError(op, err)
	}
	switch s.Status {
	case rest.Completed:
		return flink.SnapshotState{Phase: flink.SnapshotCompleted, Path: s.Location}, nil
	case rest.Failed:
		return flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: firstLine(s.Cause)}, nil
	}
	return flink.SnapshotState{Phase: flink.SnapshotPending}, nil
}

// RemoveSnapshot implements flink.Target: the application's JobManager removes
// the files, since it has the rights to them.
func (t *Target) RemoveSnapshot(ctx context.Context, app flink.Application, path string) error {
	op := "remove the savepoint " + path
	client := t.flink(app)
	id, err := client.DisposeSavepoint(ctx, path)
	if err != nil {
		return flinkError(op, err)
	}
	var removal rest.Snapshot
	err = t.wait(ctx, op, func() (string, error) {
		if removal, err = client.DisposalStatus(ctx, id); err != nil {
			return "", flinkError(op, err)
		}
		if removal.Status == rest.InProgress {
			return "Flink is still at it", nil
		}
		return "", nil
	})
	switch {
	case err != nil:
		return err
	case removal.Status == rest.Failed:
		return flink.Errorf(flink.Refused, op, "Flink could not remove it: %s", firstLine(removal.Cause))
	}
	return t.removeStateSnapshots(ctx, op, app, path)
}
