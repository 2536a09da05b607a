package main

import (
	"encoding/json"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestWhatIsPrinted(t *testing.T) {
	i := memory(t, []ledger.Document{dirty()}, upgraded(), rolledBack(), rejected())
	i.Target = observed{flink.Observation{Exists: true,
		Spec:   flink.SpecFacts{Generation: 7, Run: flink.Running, Revision: "222222222222", Release: "20260115T094000Z-bbbbbbbb"},
		Status: flink.StatusFacts{Lifecycle: "STABLE", JobManager: "READY", JobState: "RUNNING", Error: "an old error"},
		Job: flink.JobFacts{Reachable: true, ID: "abc", State: "RUNNING", Tasks: 3, TasksRunning: 3, Checkpoints: flink.Checkpoints{Completed: 12, RestoredFrom: "s3://data/checkpoints/job/chk-7"},
			Failures: []flink.Failure{{At: at(650), Cause: flink.UserCode, Message: "boom"}}}}}
	for name, args := range map[string][]string{
		"releases":         {"releases"},
		"releases-newest":  {"releases", "team-a/fraud", "--limit", "1"},
		"show-upgraded":    {"show", upgraded().ID},
		"show-rolled-back": {"show", rolledBack().ID},
		"show-newest":      {"show", "team-a/fraud"},
		"status":           {"status"},
		"status-unknown":   {"status", "team-a/nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := call(t, i, args...)
			if code != exitWell || errs != "" {
				t.Errorf("exit %d, %s", code, errs)
			}
			golden(t, name, out)
		})
	}
}

func TestNothingYetIsSaid(t *testing.T) {
	for _, args := range [][]string{{"releases"}, {"status"}} {
		if code, out, _ := call(t, memory(t, nil), args...); code != exitWell || out == "" {
			t.Errorf("%v: exit %d, %q", args, code, out)
		}
	}
}

func TestMachinesReadWhatPeopleRead(t *testing.T) {
	i := memory(t, []ledger.Document{dirty()}, upgraded(), rejected())
	_, out, _ := call(t, i, "releases", "-o", "json")
	var releases releasesAnswer
	if err := json.Unmarshal([]byte(out), &releases); err != nil || len(releases.Releases) != 2 || releases.Releases[0].ID != rejected().ID || len(releases.InFlight) != 2 {
		t.Errorf("%v: %s", err, out)
	}
	_, out, _ = call(t, i, "show", upgraded().ID, "-o", "json")
	var record ledger.Record
	if err := json.Unmarshal([]byte(out), &record); err != nil || record.Restored != upgraded().Restored {
		t.Errorf("%v: %s", err, out)
	}
	_, out, _ = call(t, i, "status", "-o", "json")
	var all []appStatus
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 1 || all[0].Ledger.Circuit == nil || all[0].Unasked == "" {
		t.Errorf("%v: %s", err, out)
	}
}
