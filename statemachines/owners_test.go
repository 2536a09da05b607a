package statemachines_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/testevents"
)

// fraud is the application of the files in testevents.
var fraud = flink.Application{Namespace: "team-a", Name: "fraud"}

// diagnose gives the first answer to an event.
func (r *remediating) diagnose(event []byte) task.Remediation {
	r.world.t.Helper()
	r.asked++
	return r.diagnoseAs(fmt.Sprint("arn:aws:states:x:", r.asked), event)
}

// diagnoseAs gives the first answer to an event, in an execution of that name.
func (r *remediating) diagnoseAs(execution string, event []byte) task.Remediation {
	r.world.t.Helper()
	input, err := json.Marshal(task.Remediation{Event: event, Execution: execution, Started: r.world.clock.Now()})
	must(r.world.t, err)
	raw, err := r.world.handlers["diagnose"](r.world.t.Context(), input)
	must(r.world.t, err)
	var out task.Remediation
	must(r.world.t, json.Unmarshal(raw, &out))
	return out
}

// TestEveryFormOfAnAlarmsEventFindsItsApplication: what is documented of
// CloudWatch's events, over a job whose resource is gone.
func TestEveryFormOfAnAlarmsEventFindsItsApplication(t *testing.T) {
	for file, want := range map[string]struct {
		decision task.Decision
		check    flink.Check // of an event about which nothing is done
		foundBy  string
	}{
		"alarm-state-changed.metric.json":                           {task.ToAct, "", "dimensions"},
		"alarm-state-changed.math.json":                             {task.ToAct, "", "dimensions"},
		"alarm-state-changed.composite.json":                        {task.ToAct, "", "by the name fraud-restarts"},
		"alarm-state-changed.tagged.json":                           {task.ToAct, "", "tag"},
		"alarm-contributor-state-changed.series.json":               {task.ToAct, "", "dimensions"},
		"alarm-contributor-state-changed.another-installation.json": {task.ToSucceeded, flink.CheckOurs, ""},
		"alarm-contributor-state-changed.snapshot-age.json":         {task.ToSucceeded, flink.CheckAnswered, "dimensions"},
		"alarm-contributor-state-changed.ok.json":                   {task.ToSucceeded, flink.CheckAlarmRaised, "dimensions"},
		"alarm-state-changed.ok.json":                               {task.ToSucceeded, flink.CheckAlarmRaised, "dimensions"},
		"alarm-state-changed.insufficient-data.json":                {task.ToSucceeded, flink.CheckAlarmRaised, "dimensions"},
		"alarm-state-changed.muted.json":                            {task.ToSucceeded, flink.CheckNotSilenced, "dimensions"},
		"alarm-state-changed.suppressed.json":                       {task.ToSucceeded, flink.CheckNotSilenced, ""},
		"alarm-state-changed.nobodys.json":                          {task.ToSucceeded, flink.CheckApplication, ""},
		"alarm-state-changed.many-series.json":                      {task.ToSucceeded, flink.CheckApplication, ""},
		"object-created.jar.json":                                   {task.ToSucceeded, flink.CheckAlarmEvent, ""},
	} {
		t.Run(file, func(t *testing.T) {
			event, err := testevents.FS.ReadFile(file)
			must(t, err)
			w := newWorld(t)
			r := w.remediating()
			r.plantWith(fraud, "steps: [Restart, Escalate], alarms: [fraud-restarts, fraud-failing, orders-lag, sluice-eventplane-failure-restarts, fraud-all-*]")
			if strings.Contains(file, "composite") {
				r.plantWith(fraud, "steps: [Restart, Escalate], alarms: [fraud-restarts]")
			}
			r.raiseAll()
			got := r.diagnose(event)
			if got.Decision != want.decision || want.check != "" && got.Check != want.check || !strings.Contains(got.FoundBy, want.foundBy) || want.foundBy == "" && got.FoundBy != "" {
				t.Errorf("%s, %s, found by %q: %s %s", got.Decision, got.Check, got.FoundBy, got.Message, got.Diagnosis.Message)
			}
		})
	}
}

// raiseAll has CloudWatch say that every alarm of the files is raised.
func (r *remediating) raiseAll() {
	for _, name := range []string{"fraud-restarts", "fraud-failing", "fraud-all", "orders-lag", "sluice-eventplane-failure-restarts"} {
		r.set(name, flink.AlarmRaised)
	}
	r.alarms.series["sluice-eventplane-failure-restarts"] = map[string]flink.AlarmFacts{"6d442278dba546f6": {Name: "sluice-restarts", State: flink.AlarmRaised, Since: r.world.clock.Now()}}
}

func TestAnAlarmThatTwoPoliciesNameIsNobodysUntilItHasATag(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	other := flink.Application{Namespace: "team-b", Name: "orders"}
	r.plantWith(fraud, "steps: [Restart], alarms: [shared-*]")
	r.plantWith(other, "steps: [Restart], alarms: [shared-*]")
	r.set("shared-lag", flink.AlarmRaised)
	got := r.diagnose(r.event("shared-lag", "ALARM", nil))
	if got.Check != flink.CheckApplication || !strings.Contains(got.Message, "team-a/fraud, team-b/orders") || !strings.Contains(got.Message, "sluice:application") {
		t.Errorf("%s: %s", got.Check, got.Message)
	}
	r.alarms.tags["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:shared-lag"] = map[string]string{"sluice:application": "team-b/orders"}
	if got := r.diagnose(r.event("shared-lag", "ALARM", nil)); got.Application != other || got.Decision != task.ToAct {
		t.Errorf("%s, %s: %s", got.Application, got.Decision, got.Message)
	}
}

func TestAPolicyThatIsBrokenHoldsRepairsBackAndSaysSo(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(fraud, "steps: [Dance]")
	got := r.diagnose(r.event("lag", "ALARM", dimensionsOf(fraud)))
	if got.Check != flink.CheckPolicyReads || !strings.Contains(got.Message, "Dance") {
		t.Errorf("%s: %s", got.Check, got.Message)
	}
	record, err := w.ledger.Incident(t.Context(), fraud, got.ID)
	if err != nil || record.Outcome != flink.IncidentIgnored || record.Message != got.Message {
		t.Errorf("its record is %+v, %v", record, err)
	}
}

func TestAServiceThatIsAwayIsAskedAgainAndNothingIsTakenForNobodys(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(fraud, "steps: [Restart]")
	r.alarms.away = flink.Errorf(flink.Unavailable, "read CloudWatch alarms", "throttled")
	input, err := json.Marshal(task.Remediation{Event: r.event("lag", "ALARM", nil), Execution: "arn", Started: w.clock.Now()})
	must(t, err)
	if _, err := w.handlers["diagnose"](t.Context(), input); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("tags that cannot be read: %v", err)
	}
	// Whose it is is in its dimensions, and its state in the event: the job tells the rest.
	if got := r.diagnose(r.event("lag", "ALARM", dimensionsOf(fraud))); got.Decision != task.ToAct {
		t.Errorf("%s: %s", got.Decision, got.Message)
	}
}

func TestAnIncidentThatCannotBeLookedIntoCallsSomebodyAndIsClosed(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(fraud, "steps: [Restart]")
	_, err := ledger.Update(t.Context(), w.ledger, fraud, func(d *ledger.Document) error { d.Current = "ffffffffffff"; return nil }) // a revision that is nowhere
	must(t, err)
	r.set("lag", flink.AlarmRaised)
	result, out := r.remediate(r.event("lag", "ALARM", dimensionsOf(fraud)))
	d, _, err := w.ledger.Document(t.Context(), fraud)
	must(t, err)
	calls := r.calls()
	if result.Status != "SUCCEEDED" || out.Outcome != flink.IncidentEscalated || d.Incident != nil || len(calls) != 1 || !strings.Contains(calls[0].Text, "Diagnose failed: Sluice.NotFound") || calls[0].Subject != "Sluice: team-a/fraud: lag" {
		t.Errorf("%s, %s, incident %+v, called %+v", result.Status, out.Outcome, d.Incident, calls)
	}
	if record, err := w.ledger.Incident(t.Context(), fraud, out.ID); err != nil || record.Outcome != flink.IncidentEscalated {
		t.Errorf("its record is %+v, %v", record, err)
	}
}

// TestAnotherInstallationsAlarmIsNeitherAnsweredNorRecorded: two installations of
// an account hear of each other's alarms, and may have applications of one name.
func TestAnotherInstallationsAlarmIsNeitherAnsweredNorRecorded(t *testing.T) {
	event, err := testevents.FS.ReadFile("alarm-contributor-state-changed.another-installation.json")
	must(t, err)
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(fraud, "steps: [Restart, Escalate]")
	elsewhere := dimensionsOf(fraud)
	elsewhere[task.ClusterDimension] = "staging"
	for name, event := range map[string][]byte{"of its own metrics": event, "of a metric of its cluster": r.event("lag", "ALARM", elsewhere)} {
		if result, out := r.remediate(event); result.Status != "SUCCEEDED" || out.Outcome != flink.IncidentIgnored || out.Check != flink.CheckOurs {
			t.Errorf("%s: %s, %s %s: %s", name, result.Status, out.Outcome, out.Check, out.Message)
		}
	}
	for _, a := range []flink.Application{fraud, ledger.NoApplication} {
		if ids, err := w.ledger.Incidents(t.Context(), a, 10); err != nil || len(ids) != 0 {
			t.Errorf("records of %s: %v, %v", a, ids, err)
		}
	}
	here := dimensionsOf(fraud)
	here[task.ClusterDimension] = "production"
	r.set("lag", flink.AlarmRaised)
	if out := r.diagnose(r.event("lag", "ALARM", here)); out.Decision != task.ToAct {
		t.Errorf("of our cluster: %s, %s", out.Check, out.Message)
	}
}

// TestAnAlarmOfAnUnknownApplicationIsRecordedOnceADay: it may be another
// installation's, and come and go.
func TestAnAlarmOfAnUnknownApplicationIsRecordedOnceADay(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	recorded := func() int {
		ids, err := w.ledger.Incidents(t.Context(), ledger.NoApplication, 10)
		must(t, err)
		return len(ids)
	}
	for day, want := range []int{1, 2} {
		for range 3 {
			if out := r.diagnose(r.event("lag", "ALARM", dimensionsOf(fraud))); out.Check != flink.CheckDeployed || out.ID == "" {
				t.Fatalf("%s: %s", out.Check, out.Message)
			}
			must(t, w.clock.Sleep(t.Context(), time.Minute))
		}
		if got := recorded(); got != want {
			t.Errorf("%d records after day %d", got, day+1)
		}
		must(t, w.clock.Sleep(t.Context(), 24*time.Hour))
	}
	r.diagnose(r.event("another", "ALARM", dimensionsOf(fraud)))
	if got := recorded(); got != 3 {
		t.Errorf("another alarm: %d records", got)
	}
}

// TestAnAlarmOnWhatSluiceCouldNotDoTouchesNoJob: a savepoint that is overdue, or
// a job that cannot be looked at, is mended by no change of the job, unless the
// policy names the alarm.
func TestAnAlarmOnWhatSluiceCouldNotDoTouchesNoJob(t *testing.T) {
	event, err := testevents.FS.ReadFile("alarm-contributor-state-changed.snapshot-age.json")
	must(t, err)
	for policy, want := range map[string]task.Decision{
		"steps: [Restart, Escalate]":                             task.ToSucceeded,
		"steps: [Restart, Escalate], alarms: ['*-snapshot-age']": task.ToAct,
	} {
		r := newWorld(t).remediating()
		r.plantWith(fraud, policy)
		r.raiseAll()
		if out := r.diagnose(event); out.Decision != want || want == task.ToSucceeded && !strings.Contains(out.Message, "SnapshotAge") {
			t.Errorf("%s: %s, %s: %s", policy, out.Decision, out.Check, out.Message)
		}
	}
}
