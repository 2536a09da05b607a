package task

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

const youngEnough = 10 * time.Minute // a savepoint of the running revision serves as insurance this long

// Prepare finds out what is to run, checks it, and computes the plan. Nothing
// that runs is touched. Without a lease, for a dry run or for somebody who is
// to approve, it ends there.
func (t Tasks) Prepare(ctx context.Context, r Release) (Release, error) {
	d, err := t.look(ctx, &r)
	if err != nil {
		return r, err
	}
	if t.cancelled(&r, d, false) {
		return r, nil
	}
	o, err := t.Target.Observe(ctx, r.Application)
	if err != nil {
		return r, err
	}
	r.Previous = d.Current
	if o.Spec.Revision != "" {
		r.Previous = o.Spec.Revision // after a release that ended dirty it may be another than the ledger's
	}
	running, err := t.previous(ctx, &r)
	if err != nil {
		return r, err
	}
	w, err := t.wanted(ctx, &r, d, o, running)
	if errors.Is(err, errNotPinned) && !r.Change.DryRun {
		r.note(t.Clock.Now(), "Prepare", err.Error())
		r.end(flink.Ignored, flink.NotPinned, err.Error())
		return r, nil
	}
	if err != nil {
		return t.rejectWhen(r, w.fault, err, flink.Invalid)
	}
	r = t.planned(r, d, w, flink.Situation{Change: r.Change, Revision: w.revision, Running: running, Observation: o})
	if r.Decision == ToSettle {
		return r, nil
	}
	if r, err = t.tryOut(ctx, r, w.revision, o, d.Fence); err != nil || r.Decision == ToSettle {
		return r, err
	}
	return t.prepared(r), nil
}

// look renews the lease, where there is one, and reads the document.
func (t Tasks) look(ctx context.Context, r *Release) (ledger.Document, error) {
	if r.Fence != 0 {
		return t.hold(ctx, r)
	}
	d, _, err := t.Ledger.Document(ctx, r.Application)
	return d, err
}

// tryOut asks, while the old version still runs, what would be found out late
// otherwise: whether the policy's analysis can be answered, and whether the
// cluster would take what is to be applied.
func (t Tasks) tryOut(ctx context.Context, r Release, revision flink.Revision, o flink.Observation, held int64) (Release, error) {
	if r.Plan.Then == flink.StepSettle || r.Plan.Then == flink.StepRemove || r.Plan.First == flink.StepRemove || r.Plan.Adopt {
		return r, nil // no version is brought
	}
	if err := t.checkAnalysis(ctx, r.judgedBy(), o, revision); err != nil {
		return t.rejectWhen(r, flink.ManifestInvalid, err, flink.Invalid)
	}
	try := r.desired(revision, flink.Running, r.Plan.Restore, applyStep, applyFence)
	try.DryRun, try.InPlace = true, r.Plan.InPlace
	if r.Fence == 0 { // without a lease nothing can be written: the newest holder's fence lets the cluster answer
		try.Fence = held*stepsOfALease + stepsOfALease - 1
	}
	if err := t.Target.Apply(ctx, try); err != nil {
		return t.rejectWhen(r, flink.ManifestInvalid, err, flink.Invalid, flink.Refused)
	}
	if n, ok := t.Target.(flink.Noter); ok {
		r.Notes = append(r.Notes, n.Notes(try)...)
	}
	return r, nil
}

// prepared is a release whose plan stands: it begins, or ends here, or waits for
// somebody who agrees to exactly this.
func (t Tasks) prepared(r Release) Release {
	switch {
	case r.Change.DryRun:
		r.end(flink.Succeeded, flink.Planned, "a dry run, nothing was changed: "+r.Plan.Message)
	case r.Wait != nil && r.Wait.For == ledger.ForApproval:
		r.Decision = ToAwaitApproval
	case r.Policy.Approval.Required && r.Change.Kind == flink.Upgrade && (r.Approval == nil || r.Approval.Revision != r.Revision):
		r.end(flink.FailedClean, flink.ApprovalOutdated, "what would be released now, revision "+r.Revision+", is not what was approved: upload again to ask again")
	}
	return r
}

// desired is what this release asks the target for in one of its steps.
func (r *Release) desired(v flink.Revision, run flink.RunState, restore flink.Restore, step string, fence int) flink.Desired {
	return flink.Desired{Application: r.Application, Revision: v, Run: run, Restore: restore,
		Delivery: r.Plan.Delivery, Fence: r.fence(fence), Release: r.ID, Step: step}
}

// rejectWhen ends the release for an error of those codes: it is the user's, and
// says what to do. Any other error is the machine's to retry.
func (t Tasks) rejectWhen(r Release, why flink.Reason, err error, codes ...flink.Code) (Release, error) {
	if !slices.Contains(codes, flink.CodeOf(err)) {
		return r, err
	}
	r.note(t.Clock.Now(), "Prepare", err.Error())
	r.end(flink.FailedClean, why, err.Error())
	return r, nil
}

func (t Tasks) planned(r Release, d ledger.Document, w wanted, s flink.Situation) Release {
	now, o := t.Clock.Now(), s.Observation
	r.Insurance = insurance(d, r.Previous, now)
	s.FreshState, s.Current, s.Applied, s.Deleted = r.Insurance != nil, d.Current, d.Applied, deletedHow(d)
	if d.Down != nil {
		s.Down, s.Untouched = &d.Down.Snapshot, untouched(*d.Down, o)
	}
	if d.Suspended != nil {
		s.Suspended, s.Untouched = &d.Suspended.Snapshot, untouched(*d.Suspended, o)
	}
	plan := flink.DecidePlan(s)
	if c := o.Job.Checkpoints; r.Change.Kind == flink.Redeploy && !plan.Stop && c.Latest != "" && o.Spec.Run == flink.Running {
		r.Insurance = &flink.Snapshot{Path: c.Latest, Revision: r.Previous, Taken: c.LatestAt, Kind: flink.CheckpointSnapshot} // what runs cannot be stopped with a savepoint
	}
	if held := s.Suspended; r.Change.Kind == flink.Redeploy && o.Spec.Run == flink.Suspended && s.Untouched && held != nil && held.Path != "" {
		r.Insurance = held // what is suspended goes on from there, should the chosen state not do
	}
	r.Revision, r.Jar = w.revision.ID, w.revision.Jar.File
	r.Plan, r.Policy, r.Notes = &plan, w.policy, w.notes
	r.Before = Before{JobID: o.Job.ID, Started: o.Job.Started, Savepoint: o.Status.Savepoint.Path, Lag: o.Job.Lag, Newest: o.Job.Checkpoints.LatestID, Recorded: o.Record.Known}
	r.Before.Suspended = suspendedWith(d, o)
	r.Before.Finished = s.Running.Batch() && o.Spec.Run == flink.Running && (o.Job.State == "FINISHED" || o.Status.JobState == "FINISHED")
	r.Decision = Decision(plan.First)
	r.note(now, "Prepare", plan.Message)
	if why := r.heldBack(w.policy, s, plan); why != "" {
		r.end(flink.FailedDirty, flink.HeldForSomebody, why)
		return r
	}
	switch plan.Reason {
	case "":
	case flink.AlreadyRunning, flink.NothingToDo:
		r.end(flink.Succeeded, plan.Reason, plan.Message)
	default:
		r.end(flink.FailedClean, plan.Reason, plan.Message)
	}
	return r
}

// suspendedWith is the state of a job that is suspended, by us or by somebody
// else; nil of one that is not, or whose stop a release did not live to tell of.
func suspendedWith(d ledger.Document, o flink.Observation) *flink.Snapshot {
	stands := o.Spec.Run == flink.Suspended && o.Status.Lifecycle == "SUSPENDED"
	switch held := o.Status.Savepoint; {
	case d.Suspended != nil && (stands && untouched(*d.Suspended, o) || !o.Exists):
		s := d.Suspended.Snapshot
		return &s
	case !stands || d.Down != nil:
		return nil
	case o.Record.Known:
		return &flink.Snapshot{Path: o.Record.Path, Revision: o.Spec.Revision, Taken: o.At, Kind: flink.CheckpointSnapshot}
	case o.Status.SavepointTrigger == "UPGRADE":
		return &flink.Snapshot{Path: held.Path, Revision: o.Spec.Revision, Taken: held.Taken, Kind: flink.StopSnapshot}
	case d.Suspended != nil && flink.SamePath(held.Path, d.Suspended.Snapshot.Path):
		s := d.Suspended.Snapshot
		return &s
	}
	return nil
}

// heldBack says why a release that is to undo what a dead one applied leaves it
// alone: what the policy forbids a release that fails, it forbids this one.
func (r *Release) heldBack(p flink.Policy, s flink.Situation, plan flink.Plan) string {
	unseen := s.Applied != "" && s.Running.ID == s.Applied && s.Applied != s.Current
	twice := s.Down != nil && plan.Restore.Kind == flink.RestoreSnapshot && !s.Observation.Job.Reachable
	switch {
	case r.Change.By != RecoveredBy || !r.Change.Automatic || !unseen:
		return ""
	case p.Rollback.Mode == flink.Manual:
		return "revision " + s.Applied + " was applied by a release that died, and the policy asks for manual rollback: it is left as it is. Look at it, then run sluice resume " + r.Application.String()
	case p.Rollback.Replay == flink.ReplayRefuse && twice:
		return "revision " + s.Applied + " was applied by a release that died and may have run unseen, and the policy refuses to process anything twice: it is left as it is. Choose a state by sluice redeploy"
	}
	return ""
}

// untouched tells whether nobody has written the resource since that stop. The
// generation alone does not tell: one that was made again counts from the start.
func untouched(d ledger.Down, o flink.Observation) bool {
	stopped := o.Spec.Step == stopStep || o.Spec.Step == haltStep
	return stopped && o.Spec.Release == d.Release && d.Generation != 0 && o.Spec.Generation == d.Generation
}

func deletedHow(d ledger.Document) string {
	t := d.Deleted
	switch {
	case t == nil:
		return ""
	case t.Snapshot == nil:
		return "the application was deleted on " + t.At.UTC().Format(time.RFC3339) + " by release " + t.Release + ", without a final savepoint"
	}
	return "the application was deleted on " + t.At.UTC().Format(time.RFC3339) + " by release " + t.Release + ", with the final state " + t.Snapshot.Path
}

// insurance finds a savepoint of the running revision that is young enough.
func insurance(d ledger.Document, running string, now time.Time) *flink.Snapshot {
	for i := len(d.Snapshots) - 1; i >= 0; i-- {
		s := d.Snapshots[i]
		if s.Revision == running && s.Kind == flink.InsuranceSnapshot && s.Sound() && now.Sub(s.Taken) < youngEnough {
			return &s
		}
	}
	return nil
}
