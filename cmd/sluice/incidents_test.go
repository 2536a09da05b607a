package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// helped is an incident that a rollback ended.
func helped() ledger.IncidentRecord {
	return ledger.IncidentRecord{ID: "20260115T093000Z-11111111", Application: fraud, Opened: at(0), Ended: at(400), Outcome: flink.IncidentHelped, Check: flink.CheckQuiet, Message: "the alarm is quiet after Rollback", Joined: 3,
		Alarms: []ledger.Raised{{Alarm: "fraud-restarts", At: at(-1), Reason: "5 > 2"}, {Alarm: "fraud-lag", At: at(20)}},
		Steps: []ledger.Repair{
			{Step: flink.StepRestart, At: at(1), Ended: at(90), Release: "20260115T093001Z-aaaaaaaa", Outcome: flink.FailedDirty, Message: "the job failed once since it started"},
			{Step: flink.StepRollback, At: at(91), Ended: at(180), Release: "20260115T093131Z-bbbbbbbb", Outcome: flink.Succeeded, Message: "fraud-2.1.jar runs", Helped: true}},
		Timeline: []ledger.Moment{{At: at(1), State: "Diagnose", Note: "Act Restart (Step): the alarm fraud-restarts is raised"}}}
}

func called() ledger.IncidentRecord {
	return ledger.IncidentRecord{ID: "20260115T103000Z-22222222", Application: fraud, Opened: at(3600), Ended: at(3700), Outcome: flink.IncidentEscalated, Check: flink.CheckStep,
		Message: "team-a/fraud needs somebody: no step of the policy can help.\nNext: look at the job", Alarms: []ledger.Raised{{Alarm: "fraud-lag", At: at(3600)}}}
}

func foreign() ledger.IncidentRecord {
	return ledger.IncidentRecord{ID: "20260115T103100Z-33333333", Application: ledger.NoApplication, Opened: at(3660), Ended: at(3660), Outcome: flink.IncidentIgnored, Check: flink.CheckApplication,
		Message: "the alarm is no application's", Alarms: []ledger.Raised{{Alarm: "cpu", At: at(3660)}}}
}

func underIncident() ledger.Document {
	d := dirty()
	d.Lease, d.Pending, d.Circuit = nil, nil, nil
	d.Incident = &ledger.Incident{ID: "20260115T113000Z-44444444", Opened: at(7200), Alarms: []ledger.Raised{{Alarm: "fraud-restarts", At: at(7199)}},
		Steps: []ledger.Repair{{Step: flink.StepRestart, At: at(7201), Release: "20260115T113001Z-cccccccc"}}}
	return d
}

func TestIncidentsAreTold(t *testing.T) {
	i := memory(t, []ledger.Document{underIncident()})
	for _, r := range []ledger.IncidentRecord{helped(), called(), foreign()} {
		if err := i.Ledger.WriteIncident(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"incidents":        {"incidents"},
		"incidents-all":    {"incidents", "--all"},
		"incident-newest":  {"incidents", "show", "team-a/fraud"},
		"incident-helped":  {"incidents", "show", "team-a/fraud", helped().ID},
		"incident-nobodys": {"incidents", "show", "_unassigned/_unassigned"},
		"status-incident":  {"status", "team-a/fraud"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := call(t, i, args...)
			if code != exitWell || errs != "" {
				t.Errorf("exit %d, %s", code, errs)
			}
			golden(t, name, out)
		})
	}
	_, out, _ := call(t, i, "incidents", "-o", "json")
	var answer incidentsAnswer
	if err := json.Unmarshal([]byte(out), &answer); err != nil || len(answer.Incidents) != 2 || len(answer.Open) != 1 || answer.Incidents[1].Steps[1].Step != flink.StepRollback {
		t.Errorf("%v: %s", err, out)
	}
}

func TestAnIncidentThatIsNotThereIsSaid(t *testing.T) {
	i := memory(t, []ledger.Document{underIncident()})
	for want, args := range map[string][]string{
		"is open, its record": {"incidents", "show", "team-a/fraud", "20260115T113000Z-44444444"},
		"has no incident":     {"incidents", "show", "team-a/fraud", "x"},
		"has had no alarm":    {"incidents", "show", "team-a/fraud"},
		"is no application":   {"incidents", "fraud"},
		"it takes at least 1": {"incidents", "--limit", "0"},
	} {
		if code, _, errs := call(t, i, args...); code == exitWell || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	if code, out, _ := call(t, memory(t, nil), "incidents"); code != exitWell || !strings.Contains(out, "No alarm") {
		t.Errorf("exit %d, %s", code, out)
	}
}

// TestAfterAStormTheIncidentIsToldAndNotWhatJoinedIt: whoever is on call asks for the newest.
func TestAfterAStormTheIncidentIsToldAndNotWhatJoinedIt(t *testing.T) {
	i := memory(t, nil)
	storm := helped()
	for n := range 200 {
		joined := ledger.IncidentRecord{ID: fmt.Sprintf("20260115T093001Z-%08d", n), Application: fraud, Outcome: flink.IncidentIgnored, Check: flink.CheckOnly, Joins: storm.ID, Message: "it joins"}
		if err := i.Ledger.WriteIncident(t.Context(), joined); err != nil {
			t.Fatal(err)
		}
		storm.Alarms = append(storm.Alarms, ledger.Raised{Alarm: fmt.Sprint("alarm-", n), At: at(20)})
	}
	if _, _, errs := call(t, i, "incidents", "show", "team-a/fraud"); !strings.Contains(errs, storm.ID) {
		t.Errorf("while it is open: %s", errs)
	}
	if err := i.Ledger.WriteIncident(t.Context(), storm); err != nil {
		t.Fatal(err)
	}
	_, out, errs := call(t, i, "incidents", "show", "team-a/fraud")
	if !strings.Contains(out, "incident "+storm.ID) || !strings.Contains(out, "and 182 more") || strings.Contains(out, "alarm-100") || errs != "" {
		t.Errorf("got %s%s", out, errs)
	}
}
