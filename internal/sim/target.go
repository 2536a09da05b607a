package sim

import (
	"context"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// watchedTarget is the cluster: the model, what goes wrong with it, and a
// journal of what took effect.
type watchedTarget struct {
	*world
	seen []flink.Observation // oldest first, for stale reads
}

// Observe implements flink.Target.
func (t *watchedTarget) Observe(ctx context.Context, a flink.Application) (o flink.Observation, err error) {
	err = t.call(ctx, "target.Observe", "", func() error {
		if o, err = t.model.Observe(ctx, a); err != nil {
			return err
		}
		t.seen = append(t.seen, o)
		return nil
	})
	return t.stale(o, invocationOf(ctx).fault), err
}

// stale is an observation of which a part was seen some seconds ago, if anything was.
func (t *watchedTarget) stale(o flink.Observation, f Fault) flink.Observation {
	old := o
	for i := len(t.seen) - 1; i >= 0 && old.At.Equal(o.At); i-- {
		if o.At.Sub(t.seen[i].At) >= f.For {
			old = t.seen[i]
		}
	}
	switch f.Kind {
	case StaleRead:
		return old
	case StaleCluster:
		o.Exists, o.Spec, o.Status, o.Record = old.Exists, old.Spec, old.Status, old.Record
	case StaleFlink:
		o.Job = old.Job
	}
	return o
}

// Apply implements flink.Target.
func (t *watchedTarget) Apply(ctx context.Context, d flink.Desired) error {
	if d.DryRun {
		return t.call(ctx, "target.DryRun", "", func() error { return t.model.Apply(ctx, d) })
	}
	about := fmt.Sprintf("%s/%s fence %d: %s %s from %s %s", d.Release, d.Step, d.Fence, d.Revision.ID, d.Run, d.Restore.Kind, d.Restore.Path)
	return t.call(ctx, "target.Apply", about, func() error {
		return t.write(change{Doc: invocationOf(ctx).given, Release: d.Release, Step: d.Step, Fence: d.Fence, Desired: d}, func() error { return t.applyOrDie(ctx, d) })
	})
}

// applyOrDie is cut between delete and create where the schedule says so.
func (t *watchedTarget) applyOrDie(ctx context.Context, d flink.Desired) error {
	if invocationOf(ctx).fault.Kind == CrashBetween {
		t.model.FailOnce("Apply", targettest.Between, flink.Errorf(flink.Unavailable, "apply", "connection reset by peer"))
		defer t.model.Interrupt(nil)
	}
	return t.model.Apply(ctx, t.held(d))
}

// held is what the operator makes of a wish for what it holds: while a stopped
// job's JobManager is there, it may take the newest checkpoint that it saw for
// its last savepoint. That one is older, and Flink may have deleted it.
func (t *watchedTarget) held(d flink.Desired) flink.Desired {
	wishes := d.Run == flink.Running && d.Restore.Kind == flink.RestoreHeld
	if !t.lies || !wishes || t.look().Status.Lifecycle != "SUSPENDED" {
		return d
	}
	for i := len(t.seen) - 1; i >= 0; i-- {
		if o := t.seen[i]; o.Job.State == "RUNNING" && o.Job.Checkpoints.Latest != "" {
			d.Restore = flink.Restore{Kind: flink.RestoreSnapshot, Path: o.Job.Checkpoints.Latest}
			break
		}
	}
	return d
}

// StartSnapshot implements flink.Target.
func (t *watchedTarget) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	return t.call(ctx, "target.StartSnapshot", r.ID, func() error { return t.model.StartSnapshot(ctx, r) })
}

// Snapshot implements flink.Target.
func (t *watchedTarget) Snapshot(ctx context.Context, r flink.SnapshotRequest) (s flink.SnapshotState, err error) {
	err = t.call(ctx, "target.Snapshot", r.ID, func() error {
		s, err = t.model.Snapshot(ctx, r)
		if s.Phase == flink.SnapshotCompleted && t.line.now.Before(t.away[SavepointsHang]) {
			s = flink.SnapshotState{Phase: flink.SnapshotPending}
		}
		return err
	})
	return s, err
}

// RemoveSnapshot implements flink.Target.
func (t *watchedTarget) RemoveSnapshot(ctx context.Context, a flink.Application, path string) error {
	return t.call(ctx, "target.RemoveSnapshot", path, func() error {
		t.journal.removed = path
		return t.model.RemoveSnapshot(ctx, a, path)
	})
}

// Remove implements flink.Target.
func (t *watchedTarget) Remove(ctx context.Context, a flink.Application, fence int64) error {
	return t.call(ctx, "target.Remove", "", func() error {
		i := invocationOf(ctx)
		return t.write(change{Doc: i.given, Release: i.release.ID, Step: "remove", Fence: fence, Removed: true}, func() error { return t.model.Remove(ctx, a, fence) })
	})
}

// write does it, and keeps in the journal what took effect.
func (t *watchedTarget) write(c change, do func() error) error {
	before := t.look()
	err := do()
	after := t.look()
	if before.Exists != after.Exists || before.Spec.UID != after.Spec.UID || before.Spec.Generation != after.Spec.Generation {
		c.Before, c.After = before, after
		t.journal.changed(c)
	}
	return err
}

// look observes without anything going wrong.
func (w *world) look() flink.Observation {
	o, err := w.model.Observe(context.Background(), app)
	must(err)
	return o
}
