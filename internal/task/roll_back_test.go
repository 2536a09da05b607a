package task

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAnAdoptionThatCameToNothingSaysWhetherSomebodyCalledItOff(t *testing.T) {
	for name, c := range map[string]struct {
		of     Release
		reason flink.Reason
		again  bool
	}{
		"it failed":         {Release{Message: "Apply failed: Sluice.Refused no"}, flink.Broken, true},
		"it was called off": {Release{Message: "bob called it off: because", CalledOff: true}, flink.Cancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.of.notTakenOver()
			if r.Outcome != flink.FailedClean || r.Reason != c.reason || !strings.HasPrefix(r.Message, c.of.Message) || strings.Contains(r.Message, "try again") != c.again {
				t.Errorf("it ends %s %s: %s", r.Outcome, r.Reason, r.Message)
			}
		})
	}
}

func TestAFailedVersionThatHasEndedGoesOnFromTheNewestThatAnyOfItsJobManagersShowed(t *testing.T) {
	ran := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		known, seen  flink.Checkpoints
		latest, from string
	}{
		"the last one restored what nobody had seen": {flink.Checkpoints{Completed: 4, Latest: "chk-246", LatestID: 246, RestoredID: 240}, flink.Checkpoints{RestoredFrom: "chk-247", RestoredID: 247}, "chk-247", "sp-5"},
		"the last one restored the newest":           {flink.Checkpoints{Completed: 4, Latest: "chk-247", LatestID: 247, RestoredID: 240}, flink.Checkpoints{RestoredFrom: "chk-247", RestoredID: 247}, "chk-247", "sp-5"},
		"it never completed one":                     {flink.Checkpoints{RestoredID: 240}, flink.Checkpoints{RestoredFrom: "sp-6", RestoredID: 240}, "", "sp-6"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Release{ID: "r2", Phase: Forward, FailedFrom: "sp-5", FailedAt: &c.known, Restore: flink.Restore{Kind: flink.RestoreSnapshot, Path: "sp-5"}}
			r.noticeEnd(flink.Observation{Exists: true, Spec: flink.SpecFacts{Release: "r2", Step: applyStep}, Job: flink.JobFacts{Reachable: true, ID: "j", State: "FAILED", Started: ran, Checkpoints: c.seen}})
			if r.Standstill == nil || !r.Standstill.Ended || r.FailedAt.Latest != c.latest || r.FailedFrom != c.from {
				t.Errorf("it is at %+v, and began with %s", r.FailedAt, r.FailedFrom)
			}
		})
	}
}

func TestTheClusterIsReadLateWhereItShowsAStepThatThisReleaseHasWrittenOver(t *testing.T) {
	brought := []flink.RollbackDecision{{Restore: flink.Restore{Kind: flink.RestoreLatest}}, {Restore: flink.Restore{Kind: flink.RestoreSnapshot}}}
	for name, c := range map[string]struct {
		of    Release
		shows string
		late  bool
	}{
		"nothing is applied yet":                      {Release{}, "stop", false},
		"applied, and it is shown stopped":            {Release{Phase: Forward, Step: applyStep}, "stop", true},
		"applied, and so it is shown":                 {Release{Phase: Forward, Step: applyStep}, applyStep, false},
		"applied, and brought to a standstill since":  {Release{Phase: Forward, Step: applyStep}, haltStep, false},
		"brought back, and so it is shown":            {Release{Phase: Backward, Step: "rollback-1-Latest", Rollback: brought[:1]}, "rollback-1-Latest", false},
		"brought back, and the failed one is shown":   {Release{Phase: Backward, Step: "rollback-1-Latest", Rollback: brought[:1]}, haltStep, true},
		"brought back again, and the first is shown":  {Release{Phase: Backward, Step: "rollback-2-Snapshot", Rollback: brought}, "rollback-1-Latest", true},
		"the second was refused, the first is shown":  {Release{Phase: Backward, Step: "rollback-1-Latest", Rollback: brought}, "rollback-1-Latest", false},
		"brought back by a call that did not tell it": {Release{Phase: Forward, Step: applyStep}, "rollback-1-Latest", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.of
			r.ID = "r2"
			if got := r.readLate(flink.Observation{Spec: flink.SpecFacts{Release: "r2", Step: c.shows}}); got != c.late {
				t.Errorf("it is late: %v", got)
			}
			if r.readLate(flink.Observation{Spec: flink.SpecFacts{Release: "r1", Step: c.shows}}) {
				t.Error("another's step is taken for its own")
			}
		})
	}
}
