package agree

import (
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// fact is one thing that has to agree; an empty value is not told.
type fact struct{ name, value string }

// told are the names of all facts, in the order in which they are told.
var told = []string{
	"resource", "object", "job manager", "trouble", "lifecycle", "job status", "error", "holds", "record",
	"flink", "tasks", "began with", "restores", "checkpoints", "restarts", "failures",
}

// facts is an observation, reduced to what two honest runs have in common.
func (r *run) facts(o flink.Observation) []fact {
	if !o.Exists {
		return []fact{{"resource", "absent"}}
	}
	return slices.Concat(r.demand(o), operatorFacts(r.names, o), flinkFacts(r.names, o))
}

func (r *run) demand(o flink.Observation) []fact {
	what := r.versions[o.Spec.Revision]
	if o.Spec.Release == "" {
		what = "somebody else's"
	}
	wants := "wants " + what + " " + string(o.Spec.Run)
	if o.Spec.Deleting {
		wants += ", is being deleted"
	}
	if !actedOn(o) {
		wants += ", not acted on"
	}
	return []fact{{"resource", wants}, {"object", r.changed(o)}}
}

// changed tells what happened to the object since the last report.
func (r *run) changed(o flink.Observation) string {
	switch {
	case r.reported.UID != o.Spec.UID:
		return "a new one"
	case r.reported.Generation != o.Spec.Generation:
		return "changed"
	}
	return "unchanged"
}

func operatorFacts(n *names, o flink.Observation) []fact {
	s := o.Status
	facts := []fact{{"job manager", jobManagerClass(s.JobManager)}, {"trouble", troubleKind(s.PodTrouble)}}
	if !failedEarly(o) {
		facts = append(facts, fact{"lifecycle", s.Lifecycle}, fact{"job status", stateClass(s.JobState)}, fact{"error", yes(s.Error != "")})
	}
	if s.Savepoint.Path != "" && !failedEarly(o) {
		facts = append(facts, fact{"holds", n.of(s.Savepoint.Path)})
	}
	if o.Record.Known {
		facts = append(facts, fact{"record", "a checkpoint or savepoint"})
	}
	return facts
}

func flinkFacts(n *names, o flink.Observation) []fact {
	switch j := o.Job; {
	case !j.Reachable:
		return []fact{{"flink", "does not answer"}}
	case endedEarly(o):
		return []fact{{"flink", "no job runs"}}
	case strings.Contains(j.Name, "driver"):
		return []fact{{"flink", "only the driver, " + stateClass(j.State)}, {"failures", causes(j.Failures)}}
	}
	return jobFacts(n, o.Job)
}

func jobFacts(n *names, j flink.JobFacts) []fact {
	from := n.of(j.Checkpoints.RestoredFrom)
	if from == "" {
		from = "nothing"
	}
	facts := []fact{
		{"flink", stateClass(j.State)}, {"began with", from}, {"restores", few(j.Checkpoints.Restored)},
		{"checkpoints", checkpoints(j)},
		{"restarts", few(max(j.Restarts, 0))}, {"failures", causes(j.Failures)},
	}
	if stateClass(j.State) == "RUNNING" {
		facts = slices.Insert(facts, 1, fact{"tasks", tasks(j)})
	}
	return facts
}

// failedEarly is an end that two honest runs tell differently: see endedEarly.
func failedEarly(o flink.Observation) bool { return endedEarly(o) && o.Spec.Run == flink.Running }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func tasks(j flink.JobFacts) string {
	switch {
	case allTasks(j):
		return "all run"
	case j.TasksRunning > 0:
		return "some run"
	}
	return "none runs"
}

// checkpoints: one that came before all tasks ran has failed in any good run.
func checkpoints(j flink.JobFacts) string {
	switch {
	case j.Checkpoints.Completed > 0:
		return "complete"
	case j.Checkpoints.Failed > 0 && allTasks(j):
		return "all fail"
	}
	return ""
}

// few counts as far as counting is worth it.
func few(n int64) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "one"
	}
	return "some"
}

// stateClass puts together what differs in how fast one looks.
func stateClass(state string) string {
	switch state {
	case "CREATED", "INITIALIZING", "RECONCILING":
		return "starting"
	case "FAILING", "RESTARTING":
		return "RESTARTING"
	}
	return state
}

func jobManagerClass(status string) string {
	switch status {
	case "DEPLOYING", "DEPLOYED_NOT_READY":
		return "starting"
	}
	return status
}

// troubleKind is the reason alone, without the pod and its history.
func troubleKind(s string) string {
	for _, kind := range []string{"CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "Unschedulable"} {
		if strings.Contains(s, kind) {
			return kind
		}
	}
	if s != "" {
		return "another"
	}
	return ""
}

// causes are whose fault the failures are, each told once.
func causes(list []flink.Failure) string {
	var all []string
	for _, f := range list {
		all = append(all, string(f.Cause))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}
