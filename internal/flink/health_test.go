package flink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

var t0 = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

const stopPath = "s3://data/team-a/counter/savepoints/savepoint-abc"

func expected() flink.Expectation {
	p := flink.DefaultPolicy()
	p.BakeTime, p.ProgressDeadline = 20*time.Second, 2*time.Minute
	return flink.Expectation{Release: "r1", Step: "apply", Earlier: []string{"stop"}, PreviousStart: t0.Add(-time.Hour),
		Restore: flink.Restore{Kind: flink.RestoreHeld, Path: stopPath}, Policy: p}
}

// good is a new version that does everything right.
func good() flink.Observation {
	return flink.Observation{Exists: true,
		Spec:   flink.SpecFacts{Generation: 4, Run: flink.Running, Release: "r1", Step: "apply"},
		Status: flink.StatusFacts{ObservedGeneration: 4, Reconciliation: "DEPLOYED", Lifecycle: "STABLE", JobManager: "READY", JobState: "RUNNING"},
		Job: flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Started: t0.Add(5 * time.Second), Tasks: 2, TasksRunning: 2,
			Checkpoints: flink.Checkpoints{Completed: 3, Restored: 1, RestoredFrom: stopPath}}}
}

func TestTheFirstCheckThatDoesNotHoldDecides(t *testing.T) {
	threw := []flink.Failure{{At: t0.Add(6 * time.Second), Cause: flink.UserCode, Message: "IllegalStateException: no"}}
	cases := map[string]struct {
		change func(*flink.Observation)
		state  flink.VerdictState
		check  string
		says   string
	}{
		"all holds, so it bakes":                      {func(*flink.Observation) {}, flink.Progressing, "Bake", "0s of 20s"},
		"somebody deletes the resource":               {func(o *flink.Observation) { o.Exists = false }, flink.Unhealthy, "ResourceExists", "deleted"},
		"another release wrote it":                    {func(o *flink.Observation) { o.Spec.Release = "r2" }, flink.Unhealthy, "ResourceOurs", "r2"},
		"a cache shows how its stop had written it":   {func(o *flink.Observation) { o.Spec.Step, o.Spec.Run = "stop", flink.Suspended }, flink.Progressing, "ResourceOurs", "before"},
		"a stop that is another's":                    {func(o *flink.Observation) { o.Spec.Release, o.Spec.Step = "r2", "stop" }, flink.Unhealthy, "ResourceOurs", "r2"},
		"somebody suspends it":                        {func(o *flink.Observation) { o.Spec.Run = flink.Suspended }, flink.Unhealthy, "ResourceOurs", "suspended"},
		"the operator has not looked yet":             {func(o *flink.Observation) { o.Status.ObservedGeneration = 3 }, flink.Progressing, "OperatorObserved", "generation 4"},
		"the operator rolled back by itself":          {func(o *flink.Observation) { o.Status.Reconciliation = "ROLLED_BACK" }, flink.Unhealthy, "OperatorRollback", "itself"},
		"an error of earlier trouble stays, job runs": {func(o *flink.Observation) { o.Status.Error = "old" }, flink.Progressing, "Bake", ""},
		"an error, and the job does not run":          {func(o *flink.Observation) { o.Status.Error = "CrashLoopBackOff"; o.Job.Reachable = false }, flink.Progressing, "FlinkAnswers", ""},
		"a pod cannot start":                          {func(o *flink.Observation) { o.Status.PodTrouble = "counter-1: ErrImagePull" }, flink.Progressing, "Bake", ""},
		"Flink does not answer yet":                   {func(o *flink.Observation) { o.Job = flink.JobFacts{Unreachable: "503"} }, flink.Progressing, "FlinkAnswers", "503"},
		"Flink still shows the job that was stopped":  {func(o *flink.Observation) { o.Job.Started = t0.Add(-time.Hour); o.Job.State = "FINISHED" }, flink.Progressing, "FlinkAnswers", "previous"},
		"no job yet": {func(o *flink.Observation) { o.Job.ID = "" }, flink.Progressing, "JobPresent", "no job yet"},
		"it throws while restoring, CR says nothing": {func(o *flink.Observation) {
			o.Status.Lifecycle = "DEPLOYED"
			o.Job.State = "RESTARTING"
			o.Job.Failures = threw
		}, flink.Unhealthy, "FailureRestarts", "IllegalStateException"},
		"a restart loop that the operator calls STABLE": {func(o *flink.Observation) { o.Job.Failures = threw; o.Job.Restarts = 7 }, flink.Unhealthy, "FailureRestarts", "once"},
		"a lost TaskManager is not its fault": {func(o *flink.Observation) {
			o.Job.Failures = []flink.Failure{{At: t0.Add(9 * time.Second), Cause: flink.LostNode}}
			o.Job.Restarts = 1
		}, flink.Progressing, "Bake", ""},
		"a failure of the job before it is not its own": {func(o *flink.Observation) {
			o.Job.Failures = []flink.Failure{{At: t0.Add(-time.Minute), Cause: flink.UserCode}}
		}, flink.Progressing, "Bake", ""},
		"main throws":                                           {func(o *flink.Observation) { o.Job.State = "FAILED"; o.Job.TasksRunning = 0 }, flink.Unhealthy, "JobAlive", "FAILED"},
		"tasks are scheduled":                                   {func(o *flink.Observation) { o.Job.TasksRunning = 1 }, flink.Progressing, "TasksRunning", "1 of 2"},
		"it runs and restored nothing":                          {func(o *flink.Observation) { o.Job.Checkpoints.RestoredFrom = "" }, flink.Progressing, "RestoredAsAsked", "does not tell yet"},
		"it restored something else":                            {func(o *flink.Observation) { o.Job.Checkpoints.RestoredFrom = "s3://data/other" }, flink.Unhealthy, "RestoredAsAsked", "s3://data/other"},
		"the operator is still at it":                           {func(o *flink.Observation) { o.Status.JobManager = "DEPLOYED_NOT_READY" }, flink.Progressing, "OperatorStable", "DEPLOYED_NOT_READY"},
		"it ended by itself, and is no batch job":               {func(o *flink.Observation) { o.Job.State = "FINISHED"; o.Job.TasksRunning = 0 }, flink.Unhealthy, "JobAlive", "execution.runtime-mode: BATCH"},
		"its JobManager is gone, and another will take it over": {func(o *flink.Observation) { o.Job.State = "SUSPENDED"; o.Job.TasksRunning = 0 }, flink.Progressing, "TasksRunning", "SUSPENDED"},
		"a bounded source has ended beside another":             {func(o *flink.Observation) { o.Job.TasksRunning, o.Job.TasksFinished = 1, 1 }, flink.Progressing, "Bake", ""},
		"no checkpoint yet":                                     {func(o *flink.Observation) { o.Job.Checkpoints.Completed = 0 }, flink.Progressing, "CheckpointsCompleting", "0 of 2"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := good()
			c.change(&o)
			_, v := flink.Judge(flink.Watch{}, o, expected(), t0.Add(30*time.Second))
			if v.State != c.state || v.Check != c.check || !strings.Contains(v.Message, c.says) {
				t.Errorf("got %s by %s: %s", v.State, v.Check, v.Message)
			}
		})
	}
}

func TestTheChainKeepsItsOrder(t *testing.T) {
	want := "ResourceExists ResourceOurs OperatorObserved OperatorRollback OperatorAccepted PodsStart FlinkAnswers JobPresent FailureRestarts JobAlive TasksRunning ScaledAsAsked RestoredAsAsked AlarmsQuiet OperatorStable CheckpointsCompleting LagRecovers QueriesHold"
	if got := strings.Join(flink.Checks(), " "); got != want {
		t.Errorf("got %s", got)
	}
}

// script judges observations in turn, five seconds apart.
func script(e flink.Expectation, os ...flink.Observation) (w flink.Watch, v flink.Verdict) {
	for i, o := range os {
		w, v = flink.Judge(w, o, e, t0.Add(time.Duration(i)*5*time.Second))
	}
	return w, v
}

func TestTroubleThatLastsIsAFault(t *testing.T) {
	noted, noPod := good(), good()
	noted.Status.Error, noted.Job = "CrashLoopBackOff", flink.JobFacts{Unreachable: "503"}
	noPod.Status.PodTrouble, noPod.Job = "counter-1: ErrImagePull", flink.JobFacts{Unreachable: "503"}
	for check, o := range map[string]flink.Observation{"OperatorAccepted": noted, "PodsStart": noPod} {
		if _, v := script(expected(), o, o, o, o); v.State != flink.Progressing {
			t.Errorf("%s after 15 s: %+v", check, v)
		}
		if _, v := script(expected(), o, o, o, o, o); v.State != flink.Unhealthy || v.Check != check {
			t.Errorf("%s after 20 s: %+v", check, v)
		}
		if _, v := script(expected(), o, o, o, good(), o, o); v.State != flink.Progressing {
			t.Errorf("%s that passed and came again: %+v", check, v)
		}
	}
}

// As an operator says it whose cache was late; the job then took half a minute to start.
func TestAJobManagerThatWasMissedIsWaitedForOnceItIsThere(t *testing.T) {
	missed := good()
	missed.Status.Error = "RecoveryFailureException: HA metadata not available to restore from last state. It is possible that the job has finished or terminally failed, or the configmaps have been deleted."
	missed.Status.JobManager, missed.Job = "DEPLOYING", flink.JobFacts{Unreachable: "503"}
	if _, v := script(expected(), missed, missed, missed, missed, missed, missed, missed); v.State != flink.Progressing {
		t.Errorf("while it starts: %+v", v)
	}
	gone := missed
	gone.Status.JobManager = "MISSING"
	if _, v := script(expected(), gone, gone, gone, gone, gone); v.State != flink.Unhealthy || v.Check != "OperatorAccepted" {
		t.Errorf("with no JobManager at all: %+v", v)
	}
}

func TestAVersionThatNeverSettlesIsNotWatchedForEver(t *testing.T) {
	g, lost := good(), good()
	lost.Job.TasksRunning = 0
	var flapping []flink.Observation
	for range 40 { // 200 s; the deadline of 2 min and the bake time of 20 s, twice, are 280 s
		flapping = append(flapping, g, lost)
	}
	if _, v := script(expected(), flapping...); v.State != flink.Unhealthy || v.Check != "Settled" {
		t.Errorf("got %+v", v)
	}
}

func TestCheckpointsThatOnlyFailStopTheBake(t *testing.T) {
	g, fails := good(), good()
	fails.Job.Checkpoints.Failed = 4
	if _, v := script(expected(), g, g, fails); v.State != flink.Progressing || v.Check != "CheckpointsCompleting" {
		t.Errorf("got %+v", v)
	}
	fails.Job.Checkpoints.Completed++
	if _, v := script(expected(), g, g, fails); v.Check != "Bake" {
		t.Errorf("one completed, too: %+v", v)
	}
}

func TestTheNewestStateMustNotBeOlderThanWhatWasSeen(t *testing.T) {
	e, o := expected(), good()
	e.Restore = flink.Restore{Kind: flink.RestoreLatest, AtLeast: 900}
	o.Job.Checkpoints.RestoredFrom, o.Job.Checkpoints.RestoredID = "s3://data/chk-17", 17
	if _, v := script(e, o); v.State != flink.Unhealthy || v.Check != "RestoredAsAsked" || !strings.Contains(v.Message, "processed a second time") {
		t.Errorf("got %+v", v)
	}
	o.Job.Checkpoints.RestoredID = 901
	if _, v := script(e, o); v.State != flink.Progressing {
		t.Errorf("got %+v", v)
	}
}

func TestAJobThatSimplyWentOnIsNotAskedForAState(t *testing.T) {
	e, o := expected(), good()
	e.Restore, e.PreviousStart, e.WentOn = flink.Restore{Kind: flink.RestoreHeld}, time.Time{}, o.Job.Started
	o.Job.Checkpoints.RestoredFrom = ""
	if _, v := script(e, o); v.Check != "Bake" {
		t.Errorf("got %+v", v)
	}
}

func TestHealthyTakesTheWholeBakeTime(t *testing.T) {
	g := good()
	if _, v := script(expected(), g, g, g, g); v.State != flink.Progressing {
		t.Errorf("after 15 s: %+v", v)
	}
	if _, v := script(expected(), g, g, g, g, g); v.State != flink.Healthy {
		t.Errorf("after 20 s: %+v", v)
	}
}

func TestAWaitInTheMiddleStartsTheBakeAgain(t *testing.T) {
	g, lost := good(), good()
	lost.Job.TasksRunning = 0
	if _, v := script(expected(), g, g, g, lost, g, g, g, g); v.State != flink.Progressing {
		t.Errorf("15 s after it came back: %+v", v)
	}
}

func TestTheDeadlineEndsAWait(t *testing.T) {
	slow := good()
	slow.Job.TasksRunning = 0
	e := expected()
	e.Policy.ProgressDeadline = 10 * time.Second
	if _, v := script(e, slow, slow, slow); v.State != flink.Unhealthy || v.Check != "TasksRunning" || !strings.Contains(v.Message, "deadline of 10s") {
		t.Errorf("got %+v", v)
	}
}

func TestAnEmptyJobListIsAFaultOnlyAfterAWhile(t *testing.T) {
	e := expected()
	e.Policy.ProgressDeadline = time.Hour
	var all []flink.Observation
	for range 25 {
		o := good()
		o.Job = flink.JobFacts{Reachable: true}
		all = append(all, o)
	}
	if _, v := script(e, all[:24]...); v.State != flink.Progressing {
		t.Errorf("after 115 s, in which main() may plan: %+v", v)
	}
	if _, v := script(e, all...); v.State != flink.Unhealthy || v.Check != "JobPresent" {
		t.Errorf("after two minutes: %+v", v)
	}
}

func TestTheFirstRestoreIsRemembered(t *testing.T) {
	first, later := good(), good()
	later.Job.Checkpoints.Restored, later.Job.Checkpoints.RestoredFrom = 2, "s3://data/chk-9"
	if w, v := script(expected(), first, later); v.State != flink.Progressing || !flink.SamePath(w.RestoredFrom, stopPath) {
		t.Errorf("got %+v, restored from %s", v, w.RestoredFrom)
	}
}

func TestAJobThatRestartedBeforeItWasSeenIsNotBlamedForItsNewerState(t *testing.T) {
	o := good()
	o.Job.Checkpoints.Restored, o.Job.Checkpoints.RestoredFrom = 2, "s3://data/chk-9"
	if w, v := script(expected(), o); v.State != flink.Progressing || !w.RestoreUnseen {
		t.Errorf("got %+v %+v", w, v)
	}
}

func TestPathsAreComparedAsPlaces(t *testing.T) {
	cases := map[[2]string]bool{
		{"file:/a/b", "file:///a/b/"}: true,
		{"s3://b/k", "s3a://b/k/"}:    true,
		{"s3://b/k", "s3://b/other"}:  false,
		{"s3://b/k-1", "s3://b/k-10"}: false,
	}
	for c, want := range cases {
		if got := flink.SamePath(c[0], c[1]); got != want {
			t.Errorf("SamePath(%q, %q) = %v", c[0], c[1], got)
		}
	}
}

func TestABatchJobIsHealthyWhenItHasFinished(t *testing.T) {
	e := expected()
	e.Batch, e.Restore = true, flink.Restore{Kind: flink.RestoreNothing}
	e.Policy.ProgressDeadline, e.Policy.BakeTime = 10*time.Second, time.Hour
	stage := good()
	stage.Job.Tasks, stage.Job.TasksRunning, stage.Job.TasksFinished = 9, 1, 4
	stage.Job.Checkpoints = flink.Checkpoints{}
	finished := stage
	finished.Job.State, finished.Job.TasksRunning, finished.Job.TasksFinished = "FINISHED", 0, 9
	finished.Status.JobState = "FINISHED"
	if _, v := script(e, stage, stage, stage, stage); v.State != flink.Progressing || v.Check != "Bake" {
		t.Errorf("while it runs, stage by stage: %+v", v)
	}
	if _, v := script(e, stage, finished); v.State != flink.Healthy || v.Check != "Finished" {
		t.Errorf("when it has finished: %+v", v)
	}
	failed := finished
	failed.Job.State = "FAILED"
	if _, v := script(e, stage, failed); v.State != flink.Unhealthy || v.Check != "JobAlive" {
		t.Errorf("when it has failed: %+v", v)
	}
	e.Policy.Analysis.CloudWatchAlarms = []string{"latency"}
	raised := finished
	raised.Signals.Alarms = []flink.AlarmFacts{{Name: "latency", State: flink.AlarmRaised, Since: t0.Add(time.Minute)}}
	if _, v := script(e, stage, raised); v.State != flink.Unhealthy || v.Check != "AlarmsQuiet" {
		t.Errorf("when it has finished and an alarm is raised: %+v", v)
	}
}

func TestAnOperatorThatWaitsForEverIsFoundBeforeTheDeadline(t *testing.T) {
	e := expected()
	e.Policy.ProgressDeadline = time.Hour
	behind := good()
	behind.Status.ObservedGeneration = 3
	behind.Job.State, behind.Job.TasksRunning = "RESTARTING", 0
	many := func(o flink.Observation, n int) (all []flink.Observation) {
		for range n {
			all = append(all, o)
		}
		return all
	}
	if _, v := script(e, many(behind, 24)...); v.State != flink.Progressing {
		t.Errorf("after 115 s: %+v", v)
	}
	if _, v := script(e, many(behind, 25)...); v.State != flink.Unhealthy || v.Check != "OperatorObserved" {
		t.Errorf("after 120 s: %+v", v)
	}
	for name, change := range map[string]func(*flink.Observation){
		"the job runs: the operator itself is away": func(o *flink.Observation) { o.Job.State, o.Job.TasksRunning = "RUNNING", 2 },
		"it is suspended: it will go on from there": func(o *flink.Observation) { o.Status.Lifecycle = "SUSPENDED" },
		"it says that it is at it":                  func(o *flink.Observation) { o.Status.Reconciliation = "UPGRADING" },
	} {
		o := behind
		change(&o)
		if _, v := script(e, many(o, 60)...); v.State != flink.Progressing {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestAJobManagerThatComesAndGoesHasItsTimeAgain(t *testing.T) {
	e := expected()
	e.Policy.ProgressDeadline = time.Hour
	empty, away := good(), good()
	empty.Job = flink.JobFacts{Reachable: true}
	away.Job = flink.JobFacts{Unreachable: "connection refused"}
	all := []flink.Observation{empty, empty}
	for range 30 {
		all = append(all, away)
	}
	if _, v := script(e, append(all, empty, empty)...); v.State != flink.Progressing {
		t.Errorf("got %+v", v)
	}
}

func TestAnAutoscalerThatRedeploysTheJobLetsItBakeAnew(t *testing.T) {
	g, away, back := good(), good(), good()
	away.Status.Reconciliation, away.Job = "UPGRADING", flink.JobFacts{Unreachable: "no endpoints"}
	back.Job.Started = back.Job.Started.Add(time.Minute)
	back.Job.Checkpoints = flink.Checkpoints{Completed: 2, Restored: 1, RestoredFrom: "s3://data/savepoint-of-the-operator"}
	w, v := script(expected(), g, g, away, away, back)
	if v.Check != "Bake" || w.HealthySince != t0.Add(20*time.Second) {
		t.Errorf("got %+v, healthy since %s", v, w.HealthySince)
	}
}

func TestAJobThatIsScaledInPlaceIsNotHealthyBeforeItIs(t *testing.T) {
	e, o := expected(), good()
	e.Parallelism = 4
	if _, v := script(e, o); v.Check != "Bake" {
		t.Errorf("a runtime that names no vertices: %+v", v)
	}
	o.Job.Vertices = []flink.Vertex{{ID: "source", Parallelism: 1}, {ID: "count", Parallelism: 3}}
	if _, v := script(e, o); v.State != flink.Progressing || v.Check != "ScaledAsAsked" || !strings.Contains(v.Message, "3 is the most") {
		t.Errorf("before: %+v", v)
	}
	o.Job.Vertices[1].Parallelism = 4
	if _, v := script(e, o); v.Check != "Bake" {
		t.Errorf("after: %+v", v)
	}
}

func TestAJobThatRestoredNothingIsGivenTheTimeThatFlinkTakesToTell(t *testing.T) {
	silent := good()
	silent.Job.Checkpoints.RestoredFrom, silent.Job.Checkpoints.Restored = "", 0
	if w, v := script(expected(), silent, silent, good()); v.Check != "Bake" || !flink.SamePath(w.RestoredFrom, stopPath) {
		t.Errorf("told after 10 s: %+v", v)
	}
	if _, v := script(expected(), silent, silent, silent); v.State != flink.Unhealthy || v.Check != "RestoredAsAsked" || !strings.Contains(v.Message, "no state") {
		t.Errorf("never told: %+v", v)
	}
}

func TestAChangeBySomebodyElseIsNoticed(t *testing.T) {
	o, e := good(), expected()
	w, _ := flink.Judge(flink.Watch{}, o, e, t0)
	if w.Edited || w.Generation != o.Spec.Generation {
		t.Errorf("nobody changed anything: %+v", w)
	}
	o.Spec.Generation++
	if w, _ = flink.Judge(w, o, e, t0); !w.Edited {
		t.Error("the generation grew, and nobody noticed")
	}
	fresh := good()
	fresh.Status.ObservedGeneration = 0
	w, _ = flink.Judge(flink.Watch{}, fresh, e, t0)
	taken := good()
	taken.Spec.Generation++
	if w, _ = flink.Judge(w, taken, e, t0); !w.Edited {
		t.Error("the operator took it up as it was, and it was changed then")
	}
	fresh.Spec.Generation++
	if w, _ = flink.Judge(flink.Watch{Generation: fresh.Spec.Generation - 1}, fresh, e, t0); w.Edited {
		t.Error("the operator completes a new resource before it takes it up")
	}
	o.Spec.Step = "another"
	if w, _ = flink.Judge(flink.Watch{}, o, e, t0); w.Generation != 0 {
		t.Error("what another step has written is not what this one had")
	}
}
