package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
)

// applyStep names the apply of the new version.
const applyStep = "apply"

// Apply writes the custom resource of the new version, restored from the
// savepoint that the previous one was stopped with.
func (t Tasks) Apply(ctx context.Context, r Release) (Release, error) {
	if _, err := t.hold(ctx, &r); err != nil {
		return r, err
	}
	revision, err := t.Ledger.Revision(ctx, r.Application, r.Revision)
	if err != nil {
		return r, err
	}
	restore := r.Plan.Restore
	if r.Stopped != nil && restore.Kind != flink.RestoreNothing {
		// By its path, never by what the operator holds: while a stopped job's JobManager
		// is still there, the operator may take the newest checkpoint for its last savepoint.
		restore = flink.Restore{Kind: flink.RestoreSnapshot, Path: r.Stopped.Path}
	}
	now := t.Clock.Now()
	if err := t.Target.Apply(ctx, r.desired(revision, flink.Running, restore, applyStep)); err != nil {
		return t.undoWhenRefused(r, "Apply", err)
	}
	r.watch(Forward, applyStep, restore)
	r.PreviousStart = r.Before.Started
	r.Decision = ToObserve
	r.note(now, "Apply", "applied "+r.Jar+", state: "+describe(restore))
	return r, nil
}

// watch begins to watch a version that was just written.
func (r *Release) watch(p Phase, step string, restore flink.Restore) {
	r.Phase, r.Step, r.Restore, r.Watch = p, step, restore, flink.Watch{}
}

func describe(s flink.Restore) string {
	switch {
	case s.Kind == flink.RestoreNothing:
		return "none, it starts empty"
	case s.Path == "":
		return string(s.Kind)
	}
	return baseName(s.Path)
}
