package agree

import (
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// conditions are what a scenario can wait for.
var conditions = map[string]func(o flink.Observation) bool{
	"absent":    func(o flink.Observation) bool { return !o.Exists },
	"running":   func(o flink.Observation) bool { return calledStable(o) && o.Job.Checkpoints.Completed > 0 },
	"suspended": func(o flink.Observation) bool { return actedOn(o) && o.Status.Lifecycle == "SUSPENDED" },
	"restarts":  func(o flink.Observation) bool { return actedOn(o) && o.Job.Reachable && o.Job.Restarts >= 3 },
	"restarted": func(o flink.Observation) bool { return calledStable(o) && o.Job.Restarts >= 1 },
	"failed":    func(o flink.Observation) bool { return actedOn(o) && inState(o, "FAILED") },
	"finished":  func(o flink.Observation) bool { return actedOn(o) && inState(o, "FINISHED") },
	"the end":   func(o flink.Observation) bool { return actedOn(o) && endedEarly(o) },
	"an error":  func(o flink.Observation) bool { return o.Status.Error != "" },
	"trouble":   func(o flink.Observation) bool { return o.Status.PodTrouble != "" },
	"silence":   func(o flink.Observation) bool { return o.Exists && !o.Job.Reachable },
}

// endedEarly: the job ended for good before any task of it ran, or is suspended
// and forgotten. Where it failed it is there for half a second or for ever, as
// FAILED or not at all: that depends on how far the JobManager came before it
// was restarted, and what the operator says on whether it looked in between.
func endedEarly(o flink.Observation) bool {
	j := o.Job
	driver := strings.Contains(j.Name, "driver")
	return j.Reachable && (j.ID == "" || j.State == "FAILED" && j.Tasks == 0 && !driver)
}

func actedOn(o flink.Observation) bool {
	return o.Exists && o.Status.ObservedGeneration >= o.Spec.Generation
}

func inState(o flink.Observation, state string) bool { return o.Job.Reachable && o.Job.State == state }

func allTasks(j flink.JobFacts) bool { return j.Tasks > 0 && j.TasksRunning == j.Tasks }

// calledStable: the operator and Flink both say that all is well.
func calledStable(o flink.Observation) bool {
	return actedOn(o) && o.Status.Lifecycle == "STABLE" && o.Status.JobManager == "READY" && o.Status.JobState == "RUNNING" &&
		inState(o, "RUNNING") && allTasks(o.Job)
}
