package flink

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

type result int

const (
	holds result = iota
	waits
	fails
)

// said is what one check says.
type said struct {
	result  result
	message string
}

type namedCheck struct {
	name  string
	check func(w Watch, o Observation, e Expectation, now time.Time) said
	lives bool // it presupposes a job that goes on: not asked of a batch job that has finished
}

// checks is the chain, in the order in which it is asked: the first that does
// not hold decides. What proves a fault stands before what may only be slow.
var checks = []namedCheck{
	{"ResourceExists", resourceExists, false},
	{"ResourceOurs", resourceOurs, false},
	{"OperatorObserved", operatorObserved, false},
	{"OperatorRollback", operatorRollback, false},
	{"OperatorAccepted", operatorAccepted, false},
	{"PodsStart", podsStart, false},
	{"FlinkAnswers", flinkAnswers, false},
	{"JobPresent", jobPresent, false},
	{"FailureRestarts", failureRestarts, false},
	{"JobAlive", jobAlive, false},
	{"TasksRunning", tasksRunning, true},
	{"ScaledAsAsked", scaledAsAsked, true},
	{"RestoredAsAsked", restoredAsAsked, false},
	{"AlarmsQuiet", alarmsQuiet, false},
	{"OperatorStable", operatorStable, true},
	{"CheckpointsCompleting", checkpointsCompleting, true},
	{"LagRecovers", lagRecovers, true},
	{"QueriesHold", queriesHold, false},
}

// Checks lists the names of the health checks in their order.
func Checks() []string {
	names := make([]string, len(checks))
	for i, c := range checks {
		names[i] = c.name
	}
	return names
}

// noJobGrace is how long Flink may answer without a job before that counts as
// a fault: a job whose state cannot be mapped leaves an empty list for ever. A
// good one shows within a second of the REST endpoint (measured on operator
// 1.7.0), or when its main() has planned it, which begins only then.
const noJobGrace = 2 * time.Minute

func ok() said                           { return said{} }
func waitFor(f string, args ...any) said { return said{waits, fmt.Sprintf(f, args...)} }
func fail(f string, args ...any) said    { return said{fails, fmt.Sprintf(f, args...)} }

func resourceExists(_ Watch, o Observation, _ Expectation, _ time.Time) said {
	if !o.Exists || o.Spec.Deleting {
		return fail("the resource is gone: somebody deleted it during the release")
	}
	return ok()
}

func resourceOurs(_ Watch, o Observation, e Expectation, _ time.Time) said {
	if o.Spec.Release == e.Release && slices.Contains(e.Earlier, o.Spec.Step) {
		return waitFor("the cluster shows the resource as step %q of this release had written it, before step %q did", o.Spec.Step, e.Step)
	}
	if o.Spec.Release != e.Release || o.Spec.Step != e.Step {
		return fail("the resource was written by %q step %q since, not by this release", o.Spec.Release, o.Spec.Step)
	}
	if o.Spec.Run != Running {
		return fail("somebody suspended the job during the release")
	}
	return ok()
}

// stuckGrace is how long an operator may be behind that says it has nothing to
// do. It acts within seconds of a change; one that is away itself shows the
// same, and then the job that it left behind runs, or is suspended.
const stuckGrace = 2 * time.Minute

// stuck: the operator (1.7.0) waits for ever, without a word, when the job has
// ended or restarts and its high-availability record cannot be used.
func stuck(o Observation) bool {
	return o.Status.ObservedGeneration < o.Spec.Generation && o.Status.Reconciliation == "DEPLOYED" && o.Status.Lifecycle != "SUSPENDED"
}

func operatorObserved(w Watch, o Observation, e Expectation, now time.Time) said {
	if stuck(o) && now.Sub(w.StuckSince) >= stuckGrace && !works(o.Job, e) {
		return fail("the operator has not acted on generation %d for %s and says DEPLOYED all the same, while the job does not run: so it does for ever when neither a savepoint can be taken nor the high-availability record be used", o.Spec.Generation, stuckGrace)
	}
	if !observed(o) {
		return waitFor("the operator has not acted on generation %d yet (it is at %d, %s)", o.Spec.Generation, o.Status.ObservedGeneration, orNothing(o.Status.Reconciliation))
	}
	return ok()
}

// operatorRollback: rollback has one owner, which is us; if the operator did it all the same, what runs is not the new version.
func operatorRollback(_ Watch, o Observation, _ Expectation, _ time.Time) said {
	switch o.Status.Reconciliation {
	case "ROLLING_BACK", "ROLLED_BACK":
		return fail("the operator itself rolled back; switch kubernetes.operator.deployment.rollback.enabled off")
	}
	return ok()
}

// troubleGrace is how long trouble that operator or pods report may last: a
// registry that is busy and a container that starts again right away are none,
// and the operator keeps the last error of an earlier trouble.
const troubleGrace = 20 * time.Second

// inTrouble: a job that runs gives the lie to an error.
func inTrouble(o Observation, e Expectation) bool {
	runs := o.Job.Reachable && ofThisVersion(o, e) && works(o.Job, e)
	return observed(o) && (o.Status.PodTrouble != "" || o.Status.Error != "" && !runs && !outlived(o.Status))
}

// outlived: the operator (1.7.0) can miss a Deployment that it has just made, where
// its cache is late. It then fails to recover what is not lost, and keeps that error
// until the job has run. Once the Deployment is there, Flink shows what becomes of it.
func outlived(s StatusFacts) bool {
	missed := strings.Contains(s.Error, "Missing JobManager deployment") || strings.Contains(s.Error, "HA metadata not available")
	return missed && slices.Contains([]string{"DEPLOYING", "DEPLOYED_NOT_READY", "READY"}, s.JobManager)
}

func operatorAccepted(w Watch, o Observation, e Expectation, now time.Time) said {
	switch {
	case o.Status.Lifecycle == "FAILED":
		return fail("the operator gave up: %s", orNothing(o.Status.Error))
	case o.Status.Error == "" || !inTrouble(o, e):
		return ok()
	case now.Sub(w.TroubleSince) < troubleGrace:
		return ok() // the checks below say what is missing
	}
	return fail("the operator reports: %s", o.Status.Error)
}

func podsStart(w Watch, o Observation, _ Expectation, now time.Time) said {
	if o.Status.PodTrouble != "" && now.Sub(w.TroubleSince) >= troubleGrace {
		return fail("a pod cannot start: %s", o.Status.PodTrouble)
	}
	return ok()
}

func flinkAnswers(_ Watch, o Observation, e Expectation, _ time.Time) said {
	if !o.Job.Reachable {
		return waitFor("Flink does not answer yet (%s)", orNothing(o.Job.Unreachable))
	}
	if !ofThisVersion(o, e) {
		return waitFor("Flink still shows the previous job")
	}
	return ok()
}

func jobPresent(w Watch, o Observation, _ Expectation, now time.Time) said {
	if o.Job.ID != "" {
		return ok()
	}
	if now.Sub(w.NoJobSince) >= noJobGrace {
		return fail("Flink answers and has had no job for %s: it was not accepted, or its state could not be mapped", noJobGrace)
	}
	return waitFor("Flink answers and has no job yet")
}

// failureRestarts counts what the job itself threw; a lost node or a rescaling is not the version's fault.
func failureRestarts(_ Watch, o Observation, e Expectation, _ time.Time) said {
	var n int64
	newest := ""
	for _, f := range o.Job.Failures {
		if f.Cause == UserCode && !f.At.Before(o.Job.Started) {
			if n == 0 {
				newest = f.Message
			}
			n++
		}
	}
	if n > e.Policy.Analysis.MaxFailureRestarts {
		return fail("the job failed %s since it started (allowed: %d): %s", times(n), e.Policy.Analysis.MaxFailureRestarts, newest)
	}
	return ok()
}

// jobAlive: a job that lost its JobManager is SUSPENDED until another takes it over.
func jobAlive(_ Watch, o Observation, e Expectation, _ time.Time) said {
	switch o.Job.State {
	case "FINISHED":
		if !e.Batch {
			return fail("the job has FINISHED, and a streaming job does not end by itself: if it is meant to, write execution.runtime-mode: BATCH into flinkConfiguration")
		}
	case "FAILED", "CANCELED", "CANCELLING":
		why := ""
		if len(o.Job.Failures) > 0 {
			why = ": " + o.Job.Failures[0].Message
		}
		return fail("the job is %s%s", o.Job.State, why)
	}
	return ok()
}

func tasksRunning(_ Watch, o Observation, e Expectation, _ time.Time) said {
	if !works(o.Job, e) {
		return waitFor("%d of %d tasks run, the job is %s", o.Job.TasksRunning, o.Job.Tasks, orNothing(o.Job.State))
	}
	return ok()
}

// scaledAsAsked: a job that is scaled in place goes on with what it has until
// Flink gets the slots it needs, and looks healthy meanwhile. Vertices with a
// parallelism of their own keep it.
func scaledAsAsked(_ Watch, o Observation, e Expectation, _ time.Time) said {
	if e.Parallelism == 0 || len(o.Job.Vertices) == 0 { // not every runtime names them
		return ok()
	}
	most := 0
	for _, v := range o.Job.Vertices {
		if v.Parallelism == e.Parallelism {
			return ok()
		}
		most = max(most, v.Parallelism)
	}
	return waitFor("no part of the job runs with %d subtasks yet, %d is the most: Flink may lack slots", e.Parallelism, most)
}

// restoreGrace is how long a job may run without Flink telling what it restored:
// what Flink answers of checkpoints may be older than what it answers of tasks,
// by web.refresh-interval (3 s), and its adaptive scheduler restores only after
// the job is there to be seen (Flink 1.20.5: two seconds before its tasks ran).
const restoreGrace = 10 * time.Second

func restoredAsAsked(w Watch, o Observation, e Expectation, now time.Time) said {
	wentOn := e.Restore.Kind == RestoreHeld && !e.WentOn.IsZero() && o.Job.Started.Equal(e.WentOn)
	if e.Restore.Kind == RestoreNothing || wentOn || e.Batch { // batch jobs take no checkpoints and begin anew
		return ok()
	}
	if w.RestoredFrom == "" && now.Sub(w.RunningAt) < restoreGrace {
		return waitFor("Flink does not tell yet what the job restored")
	}
	if w.RestoredFrom == "" {
		return fail("the job runs and restored no state at all; it should have restored %s", orNothing(e.Restore.Path))
	}
	exact := e.Restore.Kind == RestoreSnapshot || e.Restore.Kind == RestoreHeld
	if e.Restore.Kind == RestoreLatest && w.RestoredID > 0 && w.RestoredID < e.Restore.AtLeast {
		return fail("the job restored checkpoint %d and should have restored %d or a newer one: what was done between the two is processed a second time", w.RestoredID, e.Restore.AtLeast)
	}
	if exact && e.Restore.Path != "" && !w.RestoreUnseen && !SamePath(w.RestoredFrom, e.Restore.Path) {
		return fail("the job restored %s and should have restored %s", w.RestoredFrom, e.Restore.Path)
	}
	return ok()
}

func operatorStable(_ Watch, o Observation, _ Expectation, _ time.Time) said {
	s := o.Status
	stable := s.Lifecycle == "STABLE" || s.Lifecycle == "DEPLOYED" // DEPLOYED while a savepoint is pending
	if !stable || s.JobManager != "READY" || s.JobState != "RUNNING" || s.Reconciliation != "DEPLOYED" {
		return waitFor("the operator says lifecycle %s, JobManager %s, job %s", orNothing(s.Lifecycle), orNothing(s.JobManager), orNothing(s.JobState))
	}
	return ok()
}

// checkpointsCompleting: enough of them, and while the version bakes not failures alone.
func checkpointsCompleting(w Watch, o Observation, e Expectation, _ time.Time) said {
	if e.Batch {
		return ok() // it takes none
	}
	if then, now := w.AtHealthy, w.Last; then != nil && now.Failed > then.Failed && now.Completed <= then.Completed {
		return waitFor("%d checkpoints failed and none completed since the version began to bake", now.Failed-then.Failed)
	}
	if n, want := o.Job.Checkpoints.Completed, e.Policy.Analysis.MinCompletedCheckpoints; n < want {
		return waitFor("%d of %d checkpoints completed", n, want)
	}
	return ok()
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func orNothing(s string) string {
	if s == "" {
		return "nothing yet"
	}
	return s
}
