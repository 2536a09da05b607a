package targettest

import "github.com/sluice-flink/sluice/internal/flink"

func (a *application) specFacts() flink.SpecFacts {
	facts := flink.SpecFacts{
		UID: a.uid, Generation: a.generation, Run: a.spec.run, JarURI: a.spec.jar.URI(),
		Release: a.spec.release, Step: a.spec.step, Revision: a.spec.revision, Owner: a.owner, Manifest: a.theirs, InitialSavepoint: a.spec.initial,
	}
	if a.unknown() {
		facts.Revision = ""
	}
	return facts
}

func (a *application) statusFacts() flink.StatusFacts {
	s, trouble := a.status, ""
	if a.cluster != nil && a.cluster.stuck != "" {
		trouble = "pod " + a.Name + ": " + a.cluster.stuck
	}
	return flink.StatusFacts{
		ObservedGeneration: s.observed, Reconciliation: s.reconciliation, Lifecycle: s.lifecycle,
		JobManager: s.jobManager, JobState: s.jobState, Error: s.err, Savepoint: s.savepoint, SavepointTrigger: s.trigger, PodTrouble: trouble,
	}
}

// recordFacts: a record that was made before the first checkpoint names none,
// and where a checkpoint lies only a JobManager tells.
func (m *Model) recordFacts(a *application) flink.RecordFacts {
	if a.ha == nil || a.ha.path == "" {
		return flink.RecordFacts{}
	}
	facts := flink.RecordFacts{Known: true, LatestID: a.ha.id}
	if m.silence(a) == "" {
		facts.Path = a.ha.path
	}
	return facts
}

// silence is why Flink's REST API does not answer; empty when it does.
func (m *Model) silence(a *application) string {
	switch why := m.unreachable[a.Application]; {
	case why != "":
		return why
	case a.cluster == nil:
		return `services "` + a.Name + `-rest" not found`
	case m.played.Before(a.cluster.up), a.cluster.stuck != "":
		return "connection refused"
	}
	return ""
}

func (m *Model) jobFacts(a *application) flink.JobFacts {
	if why := m.silence(a); why != "" {
		return flink.JobFacts{Unreachable: why}
	}
	j := a.cluster.job
	if j == nil {
		return flink.JobFacts{Reachable: true, Restarts: -1}
	}
	facts := j.JobFacts
	facts.Reachable, facts.ID, facts.State = true, a.jobID, j.state
	facts.Failures = append([]flink.Failure(nil), j.Failures...)
	if j.state != "RUNNING" {
		facts.TasksRunning = 0
	}
	return facts
}
