package task

import (
	"context"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Observe watches the version that was applied until the verdict is Healthy,
// Unhealthy, or the long poll ends. It serves the new version and, after a
// rollback, the previous one.
func (t Tasks) Observe(ctx context.Context, r Release) (Release, error) {
	d, err := t.hold(ctx, &r)
	if err != nil {
		return r, err
	}
	if t.cancelled(&r, d, true) {
		r.captureFailed()
		return r, nil
	}
	e, err := t.expectation(ctx, &r)
	if err != nil {
		return r, err
	}
	var v flink.Verdict
	var h hearing
	t.Config.FirstPoll = 0 // a version that starts needs the machine more than it needs to be looked at
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		o, err := t.Target.Observe(ctx, r.Application)
		if err != nil {
			return false, unless(flink.Unavailable, err)
		}
		o.Signals = t.Signals.listen(ctx, &h, e.Policy.Analysis, t.Clock)
		now, edited := t.Clock.Now(), r.Watch.Edited
		r.Watch, v = flink.Judge(r.Watch, o, e, now)
		if r.Watch.Edited && !edited {
			r.note(now, "Observe", fmt.Sprintf("somebody else changed the resource: generation %d, and the release had written %d", o.Spec.Generation, r.Watch.Generation))
		}
		r.note(now, "Observe", timelineNote(r.Phase, v))
		return v.State != flink.Progressing, nil
	})
	if err != nil {
		return r, err
	}
	if d.Down != nil && !r.Watch.RunningAt.IsZero() {
		if err := t.up(ctx, &r); err != nil {
			return r, err
		}
	}
	if !done {
		r.Decision = ToObserve
		return r, nil
	}
	r.judged(v)
	return r, nil
}

// up forgets the savepoint that a job could go on from: a version has gone on
// since, and whoever restored that savepoint later would lose what it did.
func (t Tasks) up(ctx context.Context, r *Release) error {
	_, err := t.update(ctx, r, func(d *ledger.Document) error { d.Down = nil; return nil })
	return err
}

// expectation is what the version that is watched is judged against.
func (t Tasks) expectation(ctx context.Context, r *Release) (flink.Expectation, error) {
	e := flink.Expectation{Release: r.ID, Step: r.Step, Earlier: r.earlierSteps(), Restore: r.Restore, PreviousStart: r.PreviousStart,
		WentOn: r.Before.Started, LagBefore: r.Before.Lag, Policy: r.judgedBy()}
	if r.Phase == Forward && r.Plan != nil && r.Plan.InPlace {
		e.Parallelism = r.Change.Parallelism
	}
	revision := r.Revision
	if r.Phase == Backward {
		revision = r.Previous
	}
	if revision == "" {
		return e, nil
	}
	v, err := t.Ledger.Revision(ctx, r.Application, revision)
	e.Batch = v.Batch()
	return e, err
}

// judgedBy is the policy that a version is judged by. Alarms, lag and rates are
// asked about an upgrade's new version alone: while a version is brought back, or
// repaired on somebody's request, they still tell of the trouble before, and when
// they cannot be read, that must not hold a repair up.
func (r *Release) judgedBy() flink.Policy {
	p := r.Policy
	if r.Phase == Backward || r.Change.Kind != flink.Upgrade {
		p.Analysis.CloudWatchAlarms, p.Analysis.Prometheus, p.Analysis.LagRecovery = nil, nil, nil
	}
	return p
}

// judged says where a verdict leads.
func (r *Release) judged(v flink.Verdict) {
	v.Message = flink.Foreign(v.Message, flink.MaxSentence/2)
	switch {
	case r.Phase == Forward && v.State == flink.Healthy:
		r.Verdict, r.Decision = &v, ToPromote
	case r.Phase == Forward:
		r.Verdict, r.Decision = &v, ToRollBack
		r.captureFailed()
		r.Message = v.Check + ": " + v.Message
	case v.State == flink.Healthy:
		r.cameBack()
	default:
		r.Decision = ToRollBack
	}
}

// captureFailed keeps what was seen of the version that is to be undone.
func (r *Release) captureFailed() {
	if r.Phase != Forward {
		return
	}
	r.FailedAt, r.FailedRan, r.FailedAstray = r.Watch.Last, r.Watch.RunningAt, r.Watch.Astray(r.Restore, r.numbered())
	if r.Restore.Kind != flink.RestoreNothing && !r.Watch.RestoreUnseen {
		r.FailedFrom = r.Watch.RestoredFrom // else it may be a checkpoint of its own
	}
}

// numbered is the number of the newest checkpoint that what was replaced had
// completed; 0 where the state that is asked for may be an older one.
func (r *Release) numbered() int64 {
	if r.Change.Kind == flink.Redeploy || r.Change.Kind == flink.Fork {
		return 0
	}
	return r.Before.Newest
}

// cameBack ends a release whose undoing was seen to have worked.
func (r *Release) cameBack() {
	last := r.Rollback[len(r.Rollback)-1]
	why, what := flink.RolledBack, "the new version failed ("+r.Message+")"
	switch {
	case r.CalledOff:
		why, what = flink.Cancelled, r.Message
	case r.Verdict == nil:
		what = string(r.Change.Kind) + " could not be carried out (" + r.Message + ")"
	}
	message := what + "; the previous one runs again, " + r.comesFrom() + ": " + last.Message
	if last.Replays != nil {
		message += " (" + last.Replays.String() + ")"
	}
	r.end(flink.FailedClean, why, message)
}

// comesFrom says which state the version that runs now began with.
func (r *Release) comesFrom() string {
	switch {
	case r.Restore.Kind == flink.RestoreNothing:
		return "starting empty" // a checkpoint that it shows as restored is its own
	case r.Watch.RestoreUnseen:
		return "from " + baseName(r.Watch.RestoredFrom) + " (it had restarted before its first restore was seen)"
	case r.Watch.RestoredFrom != "":
		return "from " + baseName(r.Watch.RestoredFrom)
	case r.Restore.Kind == flink.RestoreHeld:
		return "without having been stopped"
	}
	return "starting empty"
}

// timelineNote leaves out what changes with every look.
func timelineNote(p Phase, v flink.Verdict) string {
	who := "new version: "
	if p == Backward {
		who = "previous version: "
	}
	if v.Check == "Bake" {
		return who + "all checks hold, baking"
	}
	if v.State == flink.Progressing {
		return who + "waiting for " + v.Check
	}
	return who + string(v.State) + ", " + v.Check + ": " + v.Message
}
