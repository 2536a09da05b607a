package flink

import "fmt"

// Step is a state of the release machine that a plan starts with.
type Step string

// The steps a plan may start with.
const (
	StepTakeSavepoint Step = "TakeSavepoint"
	StepStop          Step = "Stop"
	StepApply         Step = "Apply"
	StepSettle        Step = "Settle" // nothing to do, or not possible
)

// Plan is what a release will do, computed before anything is touched.
type Plan struct {
	First    Step     `json:"first"`
	Reason   Reason   `json:"reason,omitempty"`   // why there is nothing to do, or why it is not possible
	Message  string   `json:"message"`            // what happens, in a sentence
	Delivery Delivery `json:"delivery,omitempty"` // how the jar reaches Flink
	Restore  Restore  `json:"restore"`            // where the new version's state comes from; Held means: the savepoint that the stop will write, by its path
	Undo     string   `json:"undo,omitempty"`     // how it would be undone
	Stop     bool     `json:"stop,omitempty"`     // the running version is stopped with a savepoint of its own
}

// Situation is what a plan is computed from.
type Situation struct {
	Revision    Revision    // what is to run
	Running     Revision    // what runs now; empty when nothing does
	Observation Observation // what is there
	Current     string      // revision the ledger says runs; empty when Sluice has deployed none
	Down        *Snapshot   // savepoint of a stop after which no version was verified: an earlier release died in between
	FreshState  bool        // a savepoint of the running revision is young enough to serve as insurance
}

// DecidePlan computes the plan.
func DecidePlan(s Situation) Plan {
	o := s.Observation
	switch {
	case !o.Exists && s.Down != nil && s.Current != "":
		return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: s.Down.Path}, "an earlier release died after it had stopped the job: the new version restores the savepoint of that stop; no version was seen running since, and should one have run all the same, what it did is processed a second time", "the previous version comes back with that savepoint")
	case !o.Exists && s.Current == "":
		return s.plan(StepApply, Restore{Kind: RestoreNothing}, "first deployment: the job starts empty", "remove it again")
	case !o.Exists:
		return refuse(ResourceGone, "revision %s was deployed and its resource is gone: somebody deleted it. Its savepoints are kept, and this version cannot restore them into a new resource: to start again with empty state, run sluice forget for this application, then upload the jar again", s.Current)
	case o.Spec.Deleting:
		return refuse(ResourceGone, "the resource is being deleted: nothing can be released into it")
	case o.Spec.Release == "":
		return refuse(NotOurs, "a FlinkDeployment of this name exists that Sluice did not create, and this version cannot take it over: delete it first (its savepoints stay) or use another name")
	case s.Revision.ID == s.Current && o.Spec.Revision == s.Current && o.Spec.Run == Running:
		return Plan{First: StepSettle, Reason: AlreadyRunning, Message: "this jar and manifest run already: nothing to do"}
	case o.Spec.Run == Suspended:
		return s.planFromSuspended()
	}
	return s.planFromRunning()
}

// planFromRunning follows the manifest's upgrade mode.
func (s Situation) planFromRunning() Plan {
	why := s.notSavable()
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
	if s.Revision.FallbackAllowed() {
		return s.planLastState("no savepoint can be taken ("+why+"), and the manifest allows to fall back: the new version goes on from the newest checkpoint", false)
	}
	return refuse(JobNotRunning, "%s, so no savepoint can be taken: the running version is left alone. Upload the jar again when it runs, or allow the newest checkpoint instead by %s: \"true\" in the manifest", why, FallbackKey)
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
	if s.FreshState {
		p.First, p.Message = StepStop, how+" (a young savepoint is known as insurance)"
	}
	p.Stop = true
	return p
}

// planLastState needs a state to return to: a checkpoint that Flink shows. A
// job that can be saved is, because the high-availability record dies with a
// version that cannot map it.
func (s Situation) planLastState(how string, savable bool) Plan {
	c := s.Observation.Job.Checkpoints
	newest, id := c.Latest, c.LatestID
	if newest == "" {
		newest, id = c.RestoredFrom, c.RestoredID
	}
	if newest == "" {
		return refuse(JobNotRunning, "no checkpoint of the running version is known, so there is no state to go on from: the running version is left alone. Upload the jar again when it has completed a checkpoint")
	}
	p := s.plan(StepApply, Restore{Kind: RestoreLatest, Path: newest, AtLeast: id}, how, "the previous version goes on from the newest checkpoint there is")
	if savable && !s.FreshState && s.Running.SavepointDirectory() != "" {
		p.First, p.Message = StepTakeSavepoint, "an insurance savepoint; "+how
	}
	return p
}

func (s Situation) planFromSuspended() Plan {
	path := s.Observation.Status.Savepoint.Path
	if s.Down == nil || !SamePath(path, s.Down.Path) {
		return refuse(JobNotRunning, "the job is suspended, and the savepoint it holds (%s) is not the one that was recorded when it was stopped: resume it first, then upload the jar again", orNothing(path))
	}
	return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: path}, "the job is suspended: the new version restores the savepoint it was stopped with", "the previous version comes back with that savepoint")
}

func (s Situation) plan(first Step, r Restore, message, undo string) Plan {
	return Plan{First: first, Message: message, Restore: r, Undo: undo, Delivery: s.Observation.Traits.Delivery}
}

func refuse(r Reason, format string, args ...any) Plan {
	return Plan{First: StepSettle, Reason: r, Message: fmt.Sprintf(format, args...)}
}
