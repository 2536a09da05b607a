package flink

import "fmt"

// Step is a state of the release machine that a plan names.
type Step string

// The steps a plan may name.
const (
	StepTakeSavepoint Step = "TakeSavepoint"
	StepStop          Step = "Stop"
	StepApply         Step = "Apply"
	StepRemove        Step = "Remove"
	StepSettle        Step = "Settle" // nothing to do, or not possible
)

// Plan is what a release will do, computed before anything is touched.
type Plan struct {
	First    Step        `json:"first"`
	Reason   Reason      `json:"reason,omitempty"`   // why there is nothing to do, or why it is not possible
	Message  string      `json:"message"`            // what happens, in a sentence
	Delivery Delivery    `json:"delivery,omitempty"` // how the jar reaches Flink
	Restore  Restore     `json:"restore"`            // where the new version's state comes from; Held means: the savepoint that the stop will write, by its path
	Undo     string      `json:"undo,omitempty"`     // how it would be undone
	Stop     bool        `json:"stop,omitempty"`     // the running version is stopped first
	Keeps    RestoreKind `json:"keeps,omitempty"`    // what the stop leaves: Held is a savepoint, Latest the newest checkpoint
	Then     Step        `json:"then,omitempty"`     // what follows the stop: Apply, Remove or Settle
	Adopt    bool        `json:"adopt,omitempty"`    // take over what runs, its spec untouched
	InPlace  bool        `json:"inPlace,omitempty"`  // the job goes on and gets another parallelism
}

// Situation is what a plan is computed from.
type Situation struct {
	Change      Change      // what is asked for
	Revision    Revision    // what is to run
	Running     Revision    // what runs now; empty when nothing does
	Observation Observation // what is there
	Current     string      // revision the ledger says runs; empty when Sluice has deployed none
	Applied     string      // revision that was written and never verified
	Down        *Snapshot   // savepoint of a stop after which no version was verified: an earlier release died in between
	Suspended   *Snapshot   // savepoint with which the job was suspended on purpose
	Untouched   bool        // nobody has written the resource since the stop that Down or Suspended tell of
	Deleted     string      // how the application was deleted on purpose, in words; empty when it was not
	FreshState  bool        // a savepoint of the running revision is young enough to serve as insurance
}

// DecidePlan computes the plan.
func DecidePlan(s Situation) Plan {
	o := s.Observation
	switch {
	case o.Exists && o.Spec.Deleting:
		return refuse(ResourceGone, "the resource is being deleted: nothing can be done with it before that has ended")
	case s.Change.Kind == Adopt:
		return s.planAdopt()
	case s.Change.Kind == Fork:
		return s.planFork()
	case o.Exists && o.Spec.Release == "":
		return refuse(NotOurs, "a FlinkDeployment of this name runs that Sluice did not create%s: take it over without a restart by sluice adopt, or use another name", s.owner())
	case o.Exists && s.Running.ID == "":
		return refuse(NotOurs, "the resource names release %s and no revision of it, so nothing could bring it back: somebody has taken annotations of Sluice's off. Take the others off, too, then run sluice adopt", o.Spec.Release)
	case s.stopping() && s.notSavable() != "" && s.Change.Kind != Redeploy && !s.Change.AbandonState:
		return refuse(JobNotRunning, "a stop of the job was asked for, and has not come to its end (operator: %s %s): try again in a minute. If it stays so, choose a state by sluice redeploy", orNothing(o.Status.Lifecycle), o.Status.Error)
	case s.Change.Kind == Delete:
		return s.planDelete()
	case !o.Exists:
		return s.planFromNothing()
	case o.Spec.Run == Suspended && !s.stopping():
		return s.planFromSuspended()
	case s.same() && !s.stopping() && !o.Job.Ended() && !s.finished():
		return Plan{First: StepSettle, Reason: AlreadyRunning, Message: "this jar and manifest run already: nothing to do"}
	}
	return s.planFromRunning()
}

// stopping: the resource says suspended and the operator has not come there. Its
// job may run, with a stop that fails again and again: it is not taken for one
// that was stopped.
func (s Situation) stopping() bool {
	o := s.Observation
	return o.Exists && o.Spec.Run == Suspended && o.Status.Lifecycle != "SUSPENDED"
}

// same: what is asked for is what runs, and it is not asked to run anew.
func (s Situation) same() bool {
	k := s.Change.Kind
	again := k == Restart || k == Redeploy || k == Suspend
	return !again && s.Revision.ID == s.Current && s.Observation.Spec.Revision == s.Current
}

// finished: a bounded job came to its end, and may be run again.
func (s Situation) finished() bool {
	return s.Observation.Job.State == "FINISHED" || s.Observation.Status.JobState == "FINISHED"
}

func (s Situation) owner() string {
	if s.Observation.Spec.Owner == "" {
		return ""
	}
	return " (" + s.Observation.Spec.Owner + " keeps it)"
}

// planFromRunning follows the change, and for those that bring another version
// the manifest's upgrade mode.
func (s Situation) planFromRunning() Plan {
	switch k := s.Change.Kind; {
	case k == Suspend:
		return s.planSuspend()
	case k == Resume && s.Observation.Job.Ended():
		return refuse(JobNotRunning, "the job is not suspended, it is %s: run sluice restart, which has it go on from its newest checkpoint", s.Observation.Job.State)
	case k == Resume && !s.stopping():
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "the job is meant to run already: nothing to do"}
	case k == Redeploy:
		return s.planRedeploy()
	case k == Scale && !s.stopping():
		if s.Observation.Traits.ScaleInPlace && s.notSavable() == "" {
			p := s.plan(StepApply, Restore{Kind: RestoreLatest}, fmt.Sprintf("the running job is given parallelism %d without a restart", s.Change.Parallelism), "it gets its former parallelism again")
			p.InPlace = true
			return p
		}
	}
	return s.planUpgrade()
}

func (s Situation) planUpgrade() Plan {
	why := s.notSavable()
	if p, ok := s.planUndo(why); ok {
		return p
	}
	if p, ok := s.planRepair(); ok {
		return p
	}
	switch s.Revision.UpgradeMode() {
	case ModeStateless:
		if s.Running.UpgradeMode() == ModeStateless || why != "" {
			return s.plan(StepApply, Restore{Kind: RestoreNothing}, "the manifest says stateless: the new version starts empty", "the previous version starts empty, too, unless its state is known")
		}
		return s.planSavepoint(Restore{Kind: RestoreNothing}, "the manifest says stateless and what runs has state: it is stopped with a savepoint, which is kept, and the new version starts empty")
	case ModeLastState:
		return s.planLastState("the manifest says last-state: the new version goes on from the running one's newest checkpoint", why == "")
	}
	if why == "" {
		return s.planSavepoint(Restore{Kind: RestoreHeld}, "stop with a savepoint, then the new version restores exactly that")
	}
	if k := s.Change.Kind; k == Restart || k == Rollback {
		return s.planLastState("no savepoint can be taken ("+why+"): "+string(k)+" goes on from the newest checkpoint", false)
	}
	if s.Revision.FallbackAllowed() {
		return s.planLastState("no savepoint can be taken ("+why+"), and the manifest allows to fall back: the new version goes on from the newest checkpoint", false)
	}
	if s.Observation.Job.Ended() {
		return refuse(JobNotRunning, "%s: it has ended and does not run again by itself. Run sluice restart, which has it go on from its newest checkpoint, then upload again; or have every upload do so by %s: \"true\" in the manifest", why, FallbackKey)
	}
	return refuse(JobNotRunning, "%s, so no savepoint can be taken: the running version is left alone. Upload the jar again when it runs, or allow the newest checkpoint instead by %s: \"true\" in the manifest", why, FallbackKey)
}

// planUndo brings back the version before one that was applied by a release
// that died, of which no checkpoint is known and no savepoint can be taken. The
// high-availability record decides where there is one: it holds what that version
// began with, or what it has made durable since, should it run meanwhile. Else
// the savepoint that the job was stopped with does.
func (s Situation) planUndo(why string) (Plan, bool) {
	o := s.Observation
	undoes := s.Change.Kind == Rollback && s.Applied != "" && s.Applied == s.Running.ID && s.Applied != s.Current
	if !undoes || why == "" || o.Job.Checkpoints.Latest != "" || s.Revision.UpgradeMode() == ModeStateless {
		return Plan{}, false
	}
	how := fmt.Sprintf("revision %s was applied by a release that did not live to see it run, and no checkpoint of it is known (%s): revision %s goes on from ", s.Applied, why, s.Revision.ID)
	switch {
	case o.Record.Known && !o.Job.Ended() && (s.Down == nil || observed(o)): // before the operator has acted, a record is of what was stopped
		return s.plan(StepApply, Restore{Kind: RestoreLatest, Path: o.Record.Path, AtLeast: o.Record.LatestID}, how+"the newest checkpoint of the high-availability record, also should the other have run meanwhile", "the version that is there now goes on from the newest checkpoint there is"), true
	case s.Down != nil:
		return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: s.Down.Path}, how+"the savepoint that the job was stopped with; should the other have run all the same, what it did is processed a second time", "the version that is there now comes back with that savepoint"), true
	}
	return Plan{}, false
}

// planRepair is what an alarm or recovery asks for because a job is unwell.
// From the newest checkpoint nothing is lost or repeated, as in Flink's own
// restarts. Where there is none, or a stop is under way whose savepoint may be
// the newest state, the plan is the one that a person would get.
func (s Situation) planRepair() (Plan, bool) {
	restarts := s.Change.Kind == Restart && s.Change.Automatic
	if !restarts && !s.unsteady() || s.stopping() || s.Revision.UpgradeMode() == ModeStateless || !s.restorable() {
		return Plan{}, false
	}
	return s.planLastState("no savepoint is asked of a job that is unwell: "+string(s.Change.Kind)+" goes on from its newest checkpoint", false), true
}

// unsteady: a repair of a job that has thrown a moment ago. In a restart loop it
// looks well for a second; a savepoint that is begun then fails, and the repair with it.
func (s Situation) unsteady() bool {
	return s.Change.Automatic && !s.stopping() && throws(s.Observation.Job, s.Observation.At) != ""
}

// restorable tells whether the newest checkpoint is known, and can be restored
// whatever the job does.
func (s Situation) restorable() bool {
	_, known := s.lastState()
	return known && (s.recorded() || s.Observation.Job.Ended())
}

// notSavable says why no savepoint can be taken; empty when one can.
func (s Situation) notSavable() string {
	j := s.Observation.Job
	switch {
	case !j.Reachable:
		return fmt.Sprintf("Flink does not answer (%s)", orNothing(j.Unreachable))
	case !allRunning(j):
		return fmt.Sprintf("the job is %s with %d of %d tasks running", orNothing(j.State), j.TasksRunning, j.Tasks)
	}
	return ""
}

// planSavepoint stops the running version with a savepoint; before that, an
// insurance savepoint is taken unless a young one is known.
func (s Situation) planSavepoint(r Restore, how string) Plan {
	p := s.plan(StepTakeSavepoint, r, "an insurance savepoint; "+how, "the previous version comes back with its own state; which one is decided by what the new version made durable")
	switch {
	case s.FreshState:
		p.First, p.Message = StepStop, how+" (a young savepoint is known as insurance)"
	case s.Running.SavepointDirectory() == "": // of what was taken over: the operator's default, which only the operator knows
		p.First, p.Message = StepStop, how+" (no insurance savepoint: what runs does not name a directory for it)"
	}
	return p.stopping(RestoreHeld, StepApply)
}

// stopping has the running version stopped first.
func (p Plan) stopping(keeps RestoreKind, then Step) Plan {
	p.Stop, p.Keeps, p.Then = true, keeps, then
	return p
}

// planLastState needs a state to return to: a checkpoint that Flink shows, or
// the record tells of. A job that can be saved is, because the high-availability
// record dies with a version that cannot map it.
func (s Situation) planLastState(how string, savable bool) Plan {
	from, known := s.lastState()
	switch {
	case !known:
		return refuse(JobNotRunning, "no checkpoint of the running version is known, so there is no state to go on from: the running version is left alone. Try again when it has completed a checkpoint, or choose a state by sluice redeploy")
	case from.Kind == RestoreLatest && !savable && !s.recorded():
		return refuse(JobNotRunning, "the running version has high availability switched off, so there is no record by which its newest checkpoint (%s) could be restored while it does not run: it is left alone. Try again when it runs, or choose a state by sluice redeploy", from.Path)
	}
	p := s.plan(StepApply, from, how, "the previous version goes on from the newest checkpoint there is")
	if savable && !s.FreshState && s.Running.SavepointDirectory() != "" {
		p.First, p.Message = StepTakeSavepoint, "an insurance savepoint; "+how
	}
	return p
}

// lastState is how the newest checkpoint of the running version is restored;
// false when none is known. A job that has ended took its record with it.
func (s Situation) lastState() (Restore, bool) {
	newest, id := s.newestCheckpoint()
	switch record := s.Observation.Record; {
	case newest != "" && s.Observation.Job.Ended():
		return Restore{Kind: RestoreSnapshot, Path: newest}, true
	case newest != "":
		return Restore{Kind: RestoreLatest, Path: newest, AtLeast: id}, true
	case record.Known && !s.Observation.Job.Ended():
		return Restore{Kind: RestoreLatest, Path: record.Path, AtLeast: record.LatestID}, true
	}
	return Restore{}, false
}

// recorded tells whether the running version keeps a high-availability record,
// which is the only way to restore the newest checkpoint of a job that goes on.
// One that cannot be read is believed to be there where the manifest asks for it.
func (s Situation) recorded() bool {
	return s.Observation.Record.Known || s.Running.HighAvailability()
}

// newestCheckpoint is the newest that Flink shows of the running version, or what it began with.
func (s Situation) newestCheckpoint() (path string, id int64) {
	c := s.Observation.Job.Checkpoints
	if c.Latest != "" {
		return c.Latest, c.LatestID
	}
	return c.RestoredFrom, c.RestoredID
}

func (s Situation) plan(first Step, r Restore, message, undo string) Plan {
	return Plan{First: first, Message: message, Restore: r, Undo: undo, Delivery: s.Observation.Traits.Delivery}
}

func refuse(r Reason, format string, args ...any) Plan {
	return Plan{First: StepSettle, Reason: r, Message: fmt.Sprintf(format, args...)}
}
