package flink

import "fmt"

// planFromNothing: there is no resource.
func (s Situation) planFromNothing() Plan {
	switch k := s.Change.Kind; {
	case k == Redeploy:
		return s.plan(StepApply, s.chosen(), "there is no resource: it is created again from the chosen state", "remove it again")
	case s.Suspended != nil && s.Suspended.Path != "" && k == Suspend:
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "the job is suspended already, and its resource is made again when it is resumed: nothing to do"}
	case s.Suspended != nil && s.Suspended.Path != "" && k != Resume && k != Rollback:
		return refuse(JobSuspended, "the job was suspended on purpose, and its resource is gone since: sluice resume makes it again, from the state the job was suspended with. Then try again")
	case s.Suspended != nil && s.Suspended.Path != "":
		return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: s.Suspended.Path}, "the resource of the suspended job is gone: it is created again, from the savepoint the job was suspended with", "remove it again")
	case k == Suspend, k == Resume:
		return refuse(NothingDeployed, "there is no resource, so nothing runs that could be suspended or resumed")
	case s.Deleted != "":
		return refuse(WasDeleted, "%s: to start again with a state, run sluice redeploy with --from and its path; to start empty, run sluice forget, then upload the jar again", s.Deleted)
	case s.Down != nil && s.Current != "":
		return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: s.Down.Path}, "an earlier release died after it had stopped the job: the new version restores the savepoint of that stop; no version was seen running since, and should one have run all the same, what it did is processed a second time", "the previous version comes back with that savepoint")
	case s.Current == "" && s.Applied == "" && k == Upgrade:
		return s.plan(StepApply, Restore{Kind: RestoreNothing}, "first deployment: the job starts empty", "remove it again")
	case s.Current == "" && s.Applied == "":
		return refuse(NothingDeployed, "nothing is deployed here yet: upload application.yaml and a jar first")
	case s.Current == "":
		return refuse(ResourceGone, "revision %s was written by a release that did not live to see it run, and its resource is gone. To start with a state, run sluice redeploy with --from and its path; to start empty, run sluice forget, then upload the jar again", s.Applied)
	}
	return refuse(ResourceGone, "revision %s was deployed and its resource is gone: somebody deleted it. Its savepoints are kept (sluice status lists them): run sluice redeploy with --from and the path of one; to start empty, run sluice forget, then upload the jar again", s.Current)
}

// planFromSuspended: the job is suspended, by us or by somebody else.
func (s Situation) planFromSuspended() Plan {
	k, o := s.Change.Kind, s.Observation
	from := s.held()
	switch {
	case k == Suspend:
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "the job is suspended already: nothing to do"}
	case k == Redeploy:
		return s.plan(StepApply, s.chosen(), "the job is suspended: it is started from the chosen state", "the previous version comes back from the savepoint it was suspended with")
	case s.Suspended != nil && k != Resume && k != Rollback:
		return refuse(JobSuspended, "the job was suspended on purpose: run sluice resume first, then try again")
	case from == "" && o.Record.Known:
		return s.plan(StepApply, Restore{Kind: RestoreLatest, Path: o.Record.Path, AtLeast: o.Record.LatestID}, "the job is suspended without a savepoint: it goes on from the newest checkpoint of its high-availability record", "the previous version goes on from the newest checkpoint there is")
	case from == "":
		return refuse(JobNotRunning, "the job is suspended, and the savepoint it holds (%s) is not one that was seen written when it was stopped: choose a state by sluice redeploy", orNothing(s.Observation.Status.Savepoint.Path))
	}
	return s.plan(StepApply, Restore{Kind: RestoreSnapshot, Path: from}, "the job is suspended: it goes on from the savepoint it was stopped with", "the previous version comes back with that savepoint")
}

// held is the state that a suspended job can go on from: what was recorded when
// it was stopped, unless somebody has written the resource since; else what the
// operator says that the stop of an upgrade has written.
func (s Situation) held() string {
	recorded, o := s.Suspended, s.Observation.Status
	if recorded == nil {
		recorded = s.Down
	}
	switch {
	case recorded != nil && s.Untouched:
		return recorded.Path
	case s.Observation.Record.Known:
		return "" // it was suspended without a savepoint: what the operator calls its last is of an earlier stop
	case recorded != nil && SamePath(recorded.Path, o.Savepoint.Path):
		return recorded.Path
	case o.SavepointTrigger == "UPGRADE":
		return o.Savepoint.Path
	}
	return ""
}

// planSuspend ends the job and keeps its state.
func (s Situation) planSuspend() Plan {
	return s.planStop(StepSettle, "the job ends with a savepoint and stays suspended", "sluice resume")
}

// planStop ends the job for good or for a while: with a savepoint, else with its
// newest checkpoint, else only when somebody said that the state may go.
func (s Situation) planStop(then Step, how, undo string) Plan {
	why := s.notSavable()
	newest, id := s.newestCheckpoint()
	if newest != "" && why == "" && s.unsteady() && s.recorded() {
		why = throws(s.Observation.Job, s.Observation.At)
	}
	if why == "" {
		return s.plan(StepStop, Restore{Kind: RestoreHeld}, how, undo).stopping(RestoreHeld, then)
	}
	switch {
	case s.finished() && then == StepSettle:
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "the job has finished: there is nothing to suspend"}
	case s.Observation.Job.Ended() && !s.finished() && then == StepSettle:
		return refuse(JobNotRunning, "the job is %s: it has ended by itself and cannot be suspended. sluice restart has it go on from its newest checkpoint, sluice delete removes it", s.Observation.Job.State)
	case s.Observation.Job.Ended() && newest != "":
		return s.plan(then, Restore{Kind: RestoreSnapshot, Path: newest}, "the job has ended by itself: its newest checkpoint is its final state, its resource is removed", undo)
	case s.Change.AbandonState && then == StepRemove && (newest == "" || s.stopping()):
		return s.plan(then, Restore{Kind: RestoreNothing}, "no savepoint can be taken ("+why+"): the resource is removed without any state, as was asked for", "")
	case s.finished():
		return s.plan(then, Restore{Kind: RestoreNothing}, "the job has finished: "+how, "")
	case newest != "":
		return s.plan(StepStop, Restore{Kind: RestoreLatest, Path: newest, AtLeast: id}, "no savepoint can be taken ("+why+"): the job ends with its newest checkpoint as its state", undo).stopping(RestoreLatest, then)
	case s.Change.AbandonState:
		return s.plan(StepStop, Restore{Kind: RestoreNothing}, "no savepoint can be taken ("+why+") and no checkpoint is known: the job ends without any state, as was asked for", "").stopping(RestoreLatest, then)
	}
	return refuse(JobNotRunning, "%s, so no savepoint can be taken, and no checkpoint of it is known: the job is left alone. To end it all the same, ask again with --abandon-state", why)
}

// planDelete ends the job with a final savepoint and removes the resource.
func (s Situation) planDelete() Plan {
	o := s.Observation
	switch {
	case !o.Exists && s.Current == "" && s.Applied == "":
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "nothing is deployed here: nothing to do"}
	case !o.Exists:
		return s.plan(StepRemove, Restore{Kind: RestoreNothing}, "there is no resource any more: the application is written off", "")
	case o.Spec.Run == Suspended && !s.stopping() && s.held() == "" && !s.Change.AbandonState:
		return refuse(JobNotRunning, "the job is suspended, and no state is known that it could be started from again once its resource is gone: run sluice resume, or delete it all the same with --abandon-state")
	case o.Spec.Run == Suspended && !s.stopping():
		return s.plan(StepRemove, Restore{Kind: RestoreSnapshot, Path: s.held()}, "the job is suspended: its resource is removed, its savepoints stay", "sluice redeploy from its savepoint")
	}
	return s.planStop(StepRemove, "the job ends with a final savepoint, then its resource is removed", "sluice redeploy from the final savepoint")
}

// planRedeploy starts from a chosen state; what runs is stopped with a savepoint first, where it can be.
func (s Situation) planRedeploy() Plan {
	undo := "the previous version comes back with the state it was stopped with"
	if why := s.notSavable(); why != "" {
		return s.plan(StepApply, s.chosen(), "no savepoint can be taken of what runs ("+why+"): it is replaced by a job that starts from the chosen state", undo)
	}
	return s.plan(StepStop, s.chosen(), "what runs is stopped with a savepoint, then the chosen state is restored", undo).stopping(RestoreHeld, StepApply)
}

func (s Situation) chosen() Restore { return Restore{Kind: RestoreSnapshot, Path: s.Change.Snapshot} }

// planAdopt takes over what runs, untouched.
func (s Situation) planAdopt() Plan {
	o := s.Observation
	switch {
	case !o.Exists:
		return refuse(NothingDeployed, "there is no FlinkDeployment of this name to take over: upload application.yaml and a jar, and it is created")
	case o.Spec.Release != "" && s.Current != "":
		return Plan{First: StepSettle, Reason: NothingToDo, Message: "Sluice looks after this application already: nothing to do"}
	case o.Spec.Release != "" && o.Spec.Manifest == nil: // with one, an adoption died on the way: it is taken up again
		return refuse(NotOurs, "another installation of Sluice, or an earlier one, wrote this resource (release %s): remove its sluice/ annotations first if nobody else looks after it", o.Spec.Release)
	case o.Spec.Owner != "":
		return refuse(NotOurs, "%s keeps this resource as it wants it and would undo every release: take it out of its hands first, see docs/adoption.md", o.Spec.Owner)
	}
	p := s.plan(StepApply, Restore{Kind: RestoreNothing}, fmt.Sprintf("what runs (generation %d) is taken over as it is: annotations are written, the spec is not, and the job goes on", o.Spec.Generation), "remove the sluice/ annotations")
	p.Adopt = true
	return p
}
