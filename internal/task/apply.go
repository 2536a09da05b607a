package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// applyStep names the apply of the new version.
const applyStep = "apply"

// Apply writes the custom resource of the new version, restored from the
// savepoint that the previous one was stopped with.
func (t Tasks) Apply(ctx context.Context, r Release) (Release, error) {
	began := false
	d, err := t.update(ctx, &r, func(d *ledger.Document) error {
		if began = d.Applied == r.Revision; d.Lease.Cancel == nil {
			d.Applied = r.Revision // before it is written: should this release not live to see it, nobody takes the application for a new one
			d.Lease.Writes = r.writes()
			r.recordWayBack(d)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	if t.cancelled(&r, d, r.Stopped != nil || began) {
		return r, nil
	}
	revision, err := t.Ledger.Revision(ctx, r.Application, r.Revision)
	if err != nil {
		return r, err
	}
	restore := r.restores()
	now := t.Clock.Now()
	want := r.desired(revision, flink.Running, restore, applyStep, applyFence)
	want.Adopt, want.InPlace = r.Plan.Adopt, r.Plan.InPlace
	err = t.Target.Apply(ctx, want)
	if r.Plan.Adopt && err != nil {
		return t.rejectWhen(r, flink.NotOurs, err, flink.Refused, flink.Invalid)
	}
	if err != nil {
		return t.undoWhenRefused(r, "Apply", err)
	}
	if r.Plan.Adopt {
		r.Decision = ToPromote
		r.note(now, "Apply", "taken over, the spec untouched")
		return r, nil
	}
	if r.Plan.InPlace {
		restore = flink.Restore{Kind: flink.RestoreNothing} // the same job goes on: nothing is restored from outside
	}
	r.watch(Forward, applyStep, restore)
	if !r.Plan.InPlace { // else it is the same job that goes on
		r.PreviousStart = r.Before.Started
	}
	r.Decision = ToObserve
	r.note(now, "Apply", "applied "+r.subject()+", state: "+describe(restore))
	return r, nil
}

// recordWayBack notes the states that what is replaced could go on from and that
// only it names by now: what it was suspended with, which somebody else may have
// taken, and the last checkpoint of a job that had ended.
func (r *Release) recordWayBack(d *ledger.Document) {
	for _, s := range []*flink.Snapshot{r.Before.Suspended, r.Insurance} {
		if s != nil && s.Path != "" {
			d.AddSnapshot(*s)
		}
	}
}

// restores is the state that the new version begins with. What the job was stopped
// with is named by its path, never by what the operator holds: while a stopped job's
// JobManager is still there, the operator may take the newest checkpoint for its
// last savepoint.
func (r *Release) restores() flink.Restore {
	if r.Stopped != nil && r.Plan.Restore.Kind == flink.RestoreHeld {
		return flink.Restore{Kind: flink.RestoreSnapshot, Path: r.Stopped.Path}
	}
	return r.Plan.Restore
}

// writes says what Apply is about to write, for whoever has to tell of it
// should this release not live to.
func (r *Release) writes() string {
	return "revision " + r.Revision + " (state: " + describe(r.restores()) + ")"
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
