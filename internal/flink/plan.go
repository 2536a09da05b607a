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
}

// Situation is what a plan is computed from.
type Situation struct {
	Revision    Revision    // what is to run
	Observation Observation // what is there
	Current     string      // revision the ledger says runs; empty when Sluice has deployed none
	LastStop    *Snapshot   // newest recorded savepoint a job was stopped with
	FreshState  bool        // a savepoint of the running revision is young enough to serve as insurance
}

// DecidePlan computes the plan.
func DecidePlan(s Situation) Plan {
	o := s.Observation
	switch {
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

// planFromRunning: only a job that runs can be stopped with a savepoint.
func (s Situation) planFromRunning() Plan {
	j := s.Observation.Job
	if !j.Reachable {
		return refuse(JobNotRunning, "Flink does not answer (%s), so no savepoint can be taken: the running version is left alone. Upload the jar again when it runs", orNothing(j.Unreachable))
	}
	if !allRunning(j) {
		return refuse(JobNotRunning, "the job is %s with %d of %d tasks running, so no savepoint can be taken: the running version is left alone. Upload the jar again when it runs", orNothing(j.State), j.TasksRunning, j.Tasks)
	}
	first, how := StepTakeSavepoint, "an insurance savepoint, then stop with a savepoint, then the new version restores exactly that"
	if s.FreshState {
		first, how = StepStop, "stop with a savepoint (a young savepoint is known already), then the new version restores exactly that"
	}
	return s.plan(first, Restore{Kind: RestoreHeld}, how, "the previous version comes back with its own state; which one is decided by what the new version made durable")
}

func (s Situation) planFromSuspended() Plan {
	path := s.Observation.Status.Savepoint.Path
	if s.LastStop == nil || !SamePath(path, s.LastStop.Path) {
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
