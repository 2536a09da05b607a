package flink

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	alarmAt = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	lookAt  = alarmAt.Add(10 * time.Second)
)

// looping is a job that throws again and again, with one raised alarm.
func looping() Case {
	o := Observation{Exists: true, Spec: SpecFacts{Run: Running}, Status: StatusFacts{Lifecycle: "STABLE"},
		Job: JobFacts{Reachable: true, ID: "a", State: "RUNNING", Tasks: 2, TasksRunning: 2, Started: alarmAt.Add(-time.Hour),
			Checkpoints: Checkpoints{Completed: 9, Latest: "s3://c/9", LatestAt: alarmAt.Add(-time.Minute)},
			Failures:    []Failure{{At: alarmAt.Add(-20 * time.Second), Cause: UserCode, Message: "poison"}, {At: alarmAt.Add(-50 * time.Second), Cause: UserCode, Message: "poison"}}}}
	return Case{Now: lookAt, Opened: lookAt, Symptom: alarmAt, Observation: o, Running: scaledTo(2),
		Alarms:     []AlarmFacts{{Name: "fraud-restarts", State: AlarmRaised, Since: alarmAt, Reason: "3 > 2"}},
		Policy:     Remediation{Steps: []RemediationStep{StepRestart, StepRollback, StepEscalate}, RollbackWindow: 2 * time.Hour, Cooldown: 15 * time.Minute, MaxPerDay: 4},
		Released:   &Ended{ID: "r1", At: alarmAt.Add(-30 * time.Minute), Running: alarmAt.Add(-40 * time.Minute)},
		GoodBefore: "v0"}
}

func scaledTo(parallelism int64) Revision {
	return Revision{ID: "v1", Manifest: map[string]any{"spec": map[string]any{"job": map[string]any{"parallelism": parallelism}}}}
}

func well(c *Case) { c.Observation.Job.Failures = nil }

func did(step RemediationStep, o Outcome, ended time.Time) Tried {
	return Tried{Step: step, At: ended.Add(-time.Minute), Ended: ended, Outcome: o, Message: "it said so"}
}

var diagnosisCases = map[string]struct {
	given func(*Case)
	want  Diagnosis // Action, Step, Check, Outcome, Parallelism
	says  string
}{
	"a job in a restart loop is restarted from its newest checkpoint": {func(*Case) {}, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "the job failed 2 times"},
	"a job that is gone is restarted":                                 {func(c *Case) { c.Observation.Job.ID = "" }, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "Flink has no job"},
	"a job whose tasks do not run is restarted": {func(c *Case) { well(c); c.Observation.Job.TasksRunning = 1 },
		Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "1 of 2 tasks running"},
	"a job that takes no checkpoints any more is restarted": {func(c *Case) { well(c); c.Observation.Job.Checkpoints.LatestAt = alarmAt.Add(-time.Hour) },
		Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "newest checkpoint"},

	"a job whose checkpoints have all failed is restarted": {func(c *Case) { well(c); c.Observation.Job.Checkpoints = Checkpoints{Failed: 6} },
		Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "6 checkpoints have failed"},
	"a job that takes no checkpoints at all is well": {func(c *Case) { well(c); c.Observation.Job.Checkpoints = Checkpoints{} }, Diagnosis{Action: DoWait, Check: CheckSteady}, "the job is well"},
	"a job that runs beside a pod that cannot start is not restarted": {func(c *Case) {
		well(c)
		c.Released = nil
		c.Observation.Status.PodTrouble = "Unschedulable: fraud-taskmanager-1-3"
	},
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "Unschedulable"},
	"a job that does not run for want of a pod is": {func(c *Case) {
		well(c)
		c.Observation.Job.TasksRunning, c.Observation.Status.PodTrouble = 1, "Unschedulable: fraud-taskmanager-1-3"
	}, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "Unschedulable"},
	"what somebody has suspended is not started": {func(c *Case) { c.Observation.Spec.Run = Suspended },
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "it is suspended"},

	"an alarm that is quiet by now needs nothing":      {func(c *Case) { c.Alarms[0].State = AlarmOK }, Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckQuiet}, "nothing was done"},
	"an alarm that was removed needs nothing":          {func(c *Case) { c.Alarms[0] = AlarmFacts{Name: "fraud-restarts"} }, Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckQuiet}, "was removed"},
	"one of two alarms is enough":                      {func(c *Case) { c.Alarms = append([]AlarmFacts{{Name: "other", State: AlarmOK}}, c.Alarms...) }, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "fraud-restarts"},
	"too little data beside a job that is well: quiet": {func(c *Case) { well(c); c.Alarms[0].State = AlarmNoData }, Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckQuiet}, "too little data"},
	"too little data beside a job that throws: raised": {func(c *Case) { c.Alarms[0].State = AlarmNoData }, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "poison"},
	"an alarm that cannot be read, beside a job that is well: quiet": {func(c *Case) { well(c); c.Alarms[0] = AlarmFacts{Name: "fraud-restarts", Unread: "throttled"} },
		Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckQuiet}, "throttled"},
	"an alarm that cannot be read, beside a job that throws: raised": {func(c *Case) { c.Alarms[0] = AlarmFacts{Name: "fraud-restarts", Unread: "throttled"} },
		Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, "poison"},
	"a job that is well waits for its alarm to follow": {well, Diagnosis{Action: DoWait, Check: CheckSteady}, "the job is well"},
	"a job that stays well is not restarted": {func(c *Case) { well(c); c.Opened = lookAt.Add(-6 * time.Minute); c.Released = nil },
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "no step of the policy can help"},
	"a job that is well and came with a release is rolled back if the alarm stays": {func(c *Case) { well(c); c.Opened = lookAt.Add(-6 * time.Minute) },
		Diagnosis{Action: DoAct, Step: StepRollback, Check: CheckStep}, "well as far as Flink tells"},
	"an alarm that comes and goes is waited for": {func(c *Case) { c.Alarms[0].Since = alarmAt.Add(3 * time.Minute); c.Now = alarmAt.Add(4 * time.Minute) },
		Diagnosis{Action: DoWait, Check: CheckSteady}, "comes and goes"},
	"an alarm that came, went and stays is dealt with": {func(c *Case) {
		c.Alarms[0].Since, c.Now = alarmAt.Add(3*time.Minute), alarmAt.Add(8*time.Minute)
		c.Observation.Job.Failures[0].At = alarmAt.Add(7 * time.Minute)
	}, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, ""},
	"what was taken away meanwhile needs no repair": {func(c *Case) { c.Gone = "the application was deleted" }, Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckThere}, "the application was deleted"},
	"what was taken away after a repair had failed is told": {func(c *Case) {
		c.Gone, c.Tried = "the application was deleted", []Tried{{Step: StepRestart, At: lookAt.Add(-time.Minute), Ended: lookAt, Outcome: FailedDirty, Reason: HeldForSomebody, Message: "it said so"}}
	}, Diagnosis{Action: DoEscalate, Check: CheckThere}, "it said so"},
	"a release in flight is left to judge by itself": {func(c *Case) { c.InFlight = "release r2 is in flight" }, Diagnosis{Action: DoWait, Check: CheckNotInFlight}, "release r2 is in flight"},

	"what was done has its cool-down to show": {func(c *Case) { c.Tried = []Tried{did(StepRestart, Succeeded, lookAt.Add(-time.Minute))} }, Diagnosis{Action: DoWait, Check: CheckSettled}, "has until"},
	"what was done and did not help is followed by the next step": {func(c *Case) { c.Tried = []Tried{did(StepRestart, Succeeded, lookAt.Add(-15*time.Minute))} },
		Diagnosis{Action: DoAct, Step: StepRollback, Check: CheckStep}, ""},
	"what was refused is followed by the next step at once": {func(c *Case) { c.Tried = []Tried{did(StepRestart, FailedClean, lookAt)} },
		Diagnosis{Action: DoAct, Step: StepRollback, Check: CheckStep}, ""},
	"what helped ends the incident": {func(c *Case) {
		c.Tried, c.Alarms[0].State = []Tried{did(StepRestart, Succeeded, lookAt)}, AlarmOK
	}, Diagnosis{Action: DoClose, Outcome: IncidentHelped, Check: CheckQuiet}, "after Restart"},
	"an alarm that went quiet after a repair was refused passed by itself": {func(c *Case) {
		c.Tried, c.Alarms[0].State = []Tried{did(StepRestart, FailedClean, lookAt)}, AlarmOK
	}, Diagnosis{Action: DoClose, Outcome: IncidentPassed, Check: CheckQuiet}, ""},
	"a restart that left the job as unwell as it was is followed by the next step": {func(c *Case) {
		c.Tried = []Tried{{Step: StepRestart, At: lookAt.Add(-time.Minute), Ended: lookAt, Outcome: FailedDirty, Reason: HeldForSomebody, Message: "it said so"}}
	}, Diagnosis{Action: DoAct, Step: StepRollback, Check: CheckStep}, ""},
	"one that was held for somebody calls somebody, although the alarm is quiet": {func(c *Case) {
		c.Tried = []Tried{{Step: StepRestart, At: lookAt.Add(-time.Minute), Ended: lookAt, Outcome: FailedDirty, Reason: HeldForSomebody, Message: "it said so"}}
		c.Alarms[0].State = AlarmOK
	}, Diagnosis{Action: DoEscalate, Check: CheckQuiet}, "it said so"},
	"a repair that failed dirty calls somebody": {func(c *Case) { c.Tried = []Tried{did(StepRestart, FailedDirty, lookAt)} }, Diagnosis{Action: DoEscalate, Check: CheckLastRepair}, "it said so"},
	"a repair that failed dirty calls somebody although the alarm is quiet": {func(c *Case) {
		c.Tried, c.Alarms[0].State = []Tried{did(StepRestart, FailedDirty, lookAt)}, AlarmOK
	}, Diagnosis{Action: DoEscalate, Check: CheckLastRepair}, ""},
	"a job that was suspended by a step is somebody's": {func(c *Case) { c.Tried = []Tried{did(StepSuspend, Succeeded, lookAt)} }, Diagnosis{Action: DoEscalate, Check: CheckLastRepair}, "sluice resume"},
	"when nothing is left somebody is called": {func(c *Case) {
		c.Tried = []Tried{did(StepRestart, Succeeded, lookAt.Add(-40*time.Minute)), did(StepRollback, Succeeded, lookAt.Add(-20*time.Minute))}
	}, Diagnosis{Action: DoEscalate, Check: CheckStep}, ""},

	"the same step within its cool-down is passed over": {func(c *Case) { c.Before = []Tried{did(StepRestart, Succeeded, alarmAt.Add(-10*time.Minute))} },
		Diagnosis{Action: DoAct, Step: StepRollback, Check: CheckStep}, ""},
	"the same step after its cool-down is taken": {func(c *Case) { c.Before = []Tried{did(StepRestart, Succeeded, alarmAt.Add(-16*time.Minute))} },
		Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, ""},
	"more than maxPerDay is somebody's": {func(c *Case) {
		for h := range 4 {
			c.Before = append(c.Before, did(StepRestart, Succeeded, alarmAt.Add(-time.Duration(h+1)*time.Hour)))
		}
	}, Diagnosis{Action: DoEscalate, Check: CheckPerDay}, "maxPerDay"},
	"repairs of the day before do not count": {func(c *Case) {
		for h := range 4 {
			c.Before = append(c.Before, did(StepRestart, Succeeded, alarmAt.Add(-time.Duration(h+25)*time.Hour)))
		}
	}, Diagnosis{Action: DoAct, Step: StepRestart, Check: CheckStep}, ""},
	"an incident does not last for ever": {func(c *Case) { c.Opened = lookAt.Add(-12 * time.Hour) }, Diagnosis{Action: DoEscalate, Check: CheckPatience}, ""},

	"a release that is too long ago is not rolled back": {func(c *Case) {
		c.Policy.Steps, c.Released.At = []RemediationStep{StepRollback}, alarmAt.Add(-2*time.Hour)
	},
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "Rollback: no release brought another version within 2h0m0s"},
	"a release that ran after the alarm went off is not rolled back": {func(c *Case) {
		c.Policy.Steps, c.Released.Running = []RemediationStep{StepRollback}, alarmAt.Add(time.Second)
	},
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "before the version of release r1 ran"},
	"without a good revision there is nothing to roll back to": {func(c *Case) { c.Policy.Steps, c.GoodBefore = []RemediationStep{StepRollback}, "" },
		Diagnosis{Action: DoEscalate, Check: CheckStep}, "no other revision"},

	"a job that is well is scaled to twice as much":   {scaling(func(*Case) {}), Diagnosis{Action: DoAct, Step: StepScale, Parallelism: 4, Check: CheckStep}, ""},
	"it is scaled to its bound and no further":        {scaling(func(c *Case) { c.Policy.Scale.MaxParallelism = 3 }), Diagnosis{Action: DoAct, Step: StepScale, Parallelism: 3, Check: CheckStep}, ""},
	"nor beyond what Flink can spread its state over": {scaling(func(c *Case) { c.Observation.Job.Vertices = []Vertex{{MaxParallelism: 3}, {MaxParallelism: 128}} }), Diagnosis{Action: DoAct, Step: StepScale, Parallelism: 3, Check: CheckStep}, ""},
	"a job that was scaled and is behind all the same is scaled further": {scaling(func(c *Case) {
		c.Running, c.Tried = scaledTo(4), []Tried{did(StepScale, Succeeded, lookAt.Add(-20*time.Minute))}
	}), Diagnosis{Action: DoAct, Step: StepScale, Parallelism: 8, Check: CheckStep}, ""},
	"not before what was scaled had its cool-down": {scaling(func(c *Case) {
		c.Running, c.Tried = scaledTo(4), []Tried{did(StepScale, Succeeded, lookAt.Add(-time.Minute))}
	}), Diagnosis{Action: DoWait, Check: CheckSettled}, "has until"},
	"nor where the larger one was undone": {scaling(func(c *Case) {
		c.Running, c.Tried = scaledTo(4), []Tried{did(StepScale, FailedClean, lookAt.Add(-20*time.Minute))}
	}), Diagnosis{Action: DoEscalate, Check: CheckStep}, ""},
	"each doubling counts as a repair of the day": {scaling(func(c *Case) {
		c.Running, c.Policy.MaxPerDay, c.Tried = scaledTo(4), 1, []Tried{did(StepScale, Succeeded, lookAt.Add(-20*time.Minute))}
	}), Diagnosis{Action: DoEscalate, Check: CheckPerDay}, "maxPerDay"},
	"a job at its bound is not scaled":                       {scaling(func(c *Case) { c.Running = scaledTo(8) }), Diagnosis{Action: DoEscalate, Check: CheckStep}, "8 is the most"},
	"a job under Flink's autoscaler is not scaled":           {scaling(autoscaled), Diagnosis{Action: DoEscalate, Check: CheckStep}, "autoscaler"},
	"a job whose tasks do not all run is not scaled":         {scaling(func(c *Case) { c.Observation.Job.TasksRunning = 0 }), Diagnosis{Action: DoEscalate, Check: CheckStep}, "which more of them does not mend"},
	"a job that throws is not scaled":                        {scaling(func(c *Case) { c.Observation.Job.Failures = looping().Observation.Job.Failures }), Diagnosis{Action: DoEscalate, Check: CheckStep}, "throws"},
	"a job that was suspended by hand is not scaled":         {scaling(func(c *Case) { c.Observation.Job = JobFacts{} }), Diagnosis{Action: DoEscalate, Check: CheckStep}, ""},
	"the step Suspend is taken when its turn has come":       {func(c *Case) { c.Policy.Steps = []RemediationStep{StepSuspend} }, Diagnosis{Action: DoAct, Step: StepSuspend, Check: CheckStep}, ""},
	"Escalate calls somebody, whatever is written behind it": {func(c *Case) { c.Policy.Steps = []RemediationStep{StepEscalate, StepRestart} }, Diagnosis{Action: DoEscalate, Check: CheckStep}, ""},
	"a step that is not known is passed over":                {func(c *Case) { c.Policy.Steps = []RemediationStep{"Dance"} }, Diagnosis{Action: DoEscalate, Check: CheckStep}, "does not know"},
}

// scaling is a job that is well, has been for a while, and may be scaled to 8.
func scaling(more func(*Case)) func(*Case) {
	return func(c *Case) {
		well(c)
		c.Opened, c.Policy.Steps, c.Policy.Scale.MaxParallelism = lookAt.Add(-time.Hour), []RemediationStep{StepScale, StepEscalate}, 8
		more(c)
	}
}

func autoscaled(c *Case) {
	c.Running.Manifest["spec"].(map[string]any)["flinkConfiguration"] = map[string]any{autoscalerKey: "true"}
}

func TestADiagnosisNamesTheFirstStepThatCanHelp(t *testing.T) {
	seen := map[Check]bool{}
	for name, c := range diagnosisCases {
		t.Run(name, func(t *testing.T) {
			given := looping()
			c.given(&given)
			got := Diagnose(given)
			seen[got.Check] = true
			if got.Action != c.want.Action || got.Step != c.want.Step || got.Check != c.want.Check || got.Outcome != c.want.Outcome || got.Parallelism != c.want.Parallelism {
				t.Errorf("got %+v", got)
			}
			if said := got.Message + "\n" + strings.Join(got.Passed, "\n"); got.Message == "" || !strings.Contains(said, c.says) {
				t.Errorf("it says %s", said)
			}
			if got.Action == DoWait && (!got.Until.After(given.Now) || got.Until.Sub(given.Now) > time.Minute) {
				t.Errorf("at %s it waits until %s", given.Now, got.Until)
			}
		})
	}
	for _, c := range DiagnosisChecks() {
		if !seen[c] {
			t.Errorf("no case is decided by %s", c)
		}
	}
}

func TestTheChainOfADiagnosisKeepsItsOrder(t *testing.T) {
	want := []Check{CheckLastRepair, CheckQuiet, CheckPatience, CheckThere, CheckNotInFlight, CheckSettled, CheckSteady, CheckPerDay, CheckStep}
	if got := DiagnosisChecks(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: what ends an incident stands before what only waits", got, want)
	}
}

func TestAnAlarmIsAnsweredOnlyWhereThatIsWanted(t *testing.T) {
	steps := Remediation{Steps: []RemediationStep{StepRestart}}
	for name, c := range map[string]struct {
		given Standing
		want  Check // empty: an incident is opened
	}{
		"an application with steps":                            {Standing{Deployed: true, Policy: steps}, ""},
		"a pattern of that name":                               {Standing{Deployed: true, Policy: Remediation{Steps: steps.Steps, Alarms: []string{"x", "fraud-*"}}}, ""},
		"patterns of other names":                              {Standing{Deployed: true, Policy: Remediation{Steps: steps.Steps, Alarms: []string{"other-*"}}}, CheckAnswered},
		"a pattern of an alarm that triggered a composite one": {Standing{Triggers: []string{"y", "x"}, Deployed: true, Policy: Remediation{Steps: steps.Steps, Alarms: []string{"x"}}}, ""},
		"no steps":                                          {Standing{Deployed: true}, CheckAnswered},
		"an application that nobody deployed":               {Standing{Policy: steps}, CheckDeployed},
		"an application that was deleted":                   {Standing{Deleted: "it was deleted", Policy: steps}, CheckDeployed},
		"a policy that cannot be read":                      {Standing{Deployed: true, Unreadable: "line 3"}, CheckPolicyReads},
		"a job that was suspended on purpose":               {Standing{Deployed: true, Policy: steps, Suspended: true}, CheckNotSuspended},
		"an application whose circuit is open":              {Standing{Deployed: true, Policy: steps, Circuit: "release r1 failed"}, CheckCircuit},
		"a job that was suspended, and whose circuit is so": {Standing{Deployed: true, Policy: steps, Suspended: true, Circuit: "x"}, CheckNotSuspended},
	} {
		c.given.Alarm = "fraud-latency"
		got := Answer(c.given)
		if got == nil && c.want != "" || got != nil && (got.Check != c.want || got.Message == "") {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestAStarStandsForAnyCharacters(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"fraud-*", "fraud-latency", true}, {"fraud-*", "fraud-", true}, {"fraud-*", "fraud", false}, {"*", "anything", true}, {"*", "", true},
		{"*-latency", "fraud-latency", true}, {"a*b*c", "aXbXbc", true}, {"a*b*c", "aXbX", false}, {"fraud", "fraud", true}, {"fraud", "fraud2", false},
		{"", "", true}, {"", "x", false}, {"[a-z]", "a", false}, {"[a-z]", "[a-z]", true}, {strings.Repeat("a*", 200) + "b", strings.Repeat("a", 255), false},
	} {
		if got := (Remediation{Alarms: []string{c.pattern}}).Names(c.name); got != c.want {
			t.Errorf("%q and %q: %v", c.pattern, c.name, got)
		}
	}
}
