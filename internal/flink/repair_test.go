package flink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// highlyAvailable is a manifest whose jobs keep a record of their checkpoints.
var highlyAvailable = map[string]any{"spec": map[string]any{
	"job":                map[string]any{"upgradeMode": "savepoint"},
	"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://data/sp", "high-availability.type": "kubernetes"}}}

// repairCase is a job that runs with high availability and that an alarm has restarted.
func repairCase(change func(*flink.Situation)) flink.Situation {
	r := flink.Revision{ID: "old", Manifest: highlyAvailable}
	s := flink.Situation{Current: "old", Running: r, Revision: r, Observation: good(), Change: flink.Change{Kind: flink.Restart, Automatic: true}}
	s.Observation.Spec.Revision = "old"
	s.Observation.Job.Checkpoints.Latest, s.Observation.Job.Checkpoints.LatestID = "s3://data/chk-9", 9
	change(&s)
	return s
}

func manifestOf(r *flink.Revision, mode string, conf map[string]any) {
	r.Manifest = map[string]any{"spec": map[string]any{"job": map[string]any{"upgradeMode": mode}, "flinkConfiguration": conf}}
}

func TestARepairAsksNoSavepointOfAJobThatIsUnwell(t *testing.T) {
	threw := func(s *flink.Situation) {
		s.Observation.Job.Failures = []flink.Failure{{At: s.Observation.At.Add(-time.Minute), Cause: flink.UserCode, Message: "poison record"}}
		s.Observation.Job.Started = s.Observation.At.Add(-time.Hour)
	}
	unrecorded := func(s *flink.Situation) {
		manifestOf(&s.Running, "savepoint", map[string]any{"state.savepoints.dir": "s3://data/sp"})
		s.Revision = s.Running
	}
	restarting := func(s *flink.Situation) { s.Observation.Job.State = "RESTARTING" }
	away := func(s *flink.Situation) { s.Observation.Job = flink.JobFacts{Unreachable: "connection refused"} }
	unsaved := func(s *flink.Situation) { s.Observation.Job.Checkpoints = flink.Checkpoints{} }
	record := func(s *flink.Situation) { s.Observation.Record = flink.RecordFacts{Known: true, LatestID: 11} }
	byHand := func(s *flink.Situation) { s.Change.Automatic = false }
	as := func(k flink.ChangeKind) func(*flink.Situation) {
		return func(s *flink.Situation) {
			if s.Change.Kind = k; k == flink.Rollback {
				s.Revision.ID = "older"
			}
		}
	}
	mode := func(m string) func(*flink.Situation) {
		return func(s *flink.Situation) {
			manifestOf(&s.Running, m, map[string]any{"state.savepoints.dir": "s3://data/sp", "high-availability.type": "kubernetes"})
			s.Revision = s.Running
		}
	}
	byEMR := func(s *flink.Situation) {
		s.Running.Manifest = map[string]any{"spec": map[string]any{"jobManager": map[string]any{"highAvailabilityEnabled": true}}}
	}
	all := func(changes ...func(*flink.Situation)) flink.Situation {
		return repairCase(func(s *flink.Situation) {
			for _, change := range changes {
				change(s)
			}
		})
	}
	cases := map[string]struct {
		s       flink.Situation
		first   flink.Step
		restore flink.Restore
		says    string
	}{
		"an alarm restarts a job that looks well": {all(), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, "no savepoint is asked"},
		"a person does":                         {all(byHand), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, "an insurance savepoint"},
		"it restarts already":                   {all(restarting), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, ""},
		"last-state needs no insurance, either": {all(mode("last-state")), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, ""},
		"a stateless job starts empty":          {all(mode("stateless")), flink.StepApply, flink.Restore{Kind: flink.RestoreNothing}, "stateless"},
		"no checkpoint yet, and it looks well":  {all(unsaved), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"no checkpoint yet, and it restarts":    {all(unsaved, restarting), flink.StepSettle, flink.Restore{}, "no checkpoint of the running version is known"},
		"the job has ended": {all(func(s *flink.Situation) { s.Observation.Job.State = "FAILED" }),
			flink.StepApply, flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://data/chk-9"}, ""},
		"high availability is off, and it looks well":       {all(unrecorded), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"high availability is off, and it restarts":         {all(unrecorded, restarting), flink.StepSettle, flink.Restore{}, "high availability switched off"},
		"the operator's defaults have it on":                {all(unrecorded, record), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, ""},
		"EMR's field has it on":                             {all(byEMR), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, ""},
		"Flink does not answer, and the record does":        {all(away, record), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, AtLeast: 11}, ""},
		"a person asks, Flink does not answer, record does": {all(byHand, away, record), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, AtLeast: 11}, "Flink does not answer"},
		"neither Flink nor the record says anything":        {all(away), flink.StepSettle, flink.Restore{}, "no checkpoint"},
		"a stop is under way, which may yet save it": {all(func(s *flink.Situation) {
			s.Observation.Spec.Run = flink.Suspended
		}), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"an alarm rolls back what threw a minute ago":       {all(as(flink.Rollback), threw), flink.StepApply, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, ""},
		"an alarm rolls back a job that is well":            {all(as(flink.Rollback)), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"a person rolls back what threw a minute ago":       {all(byHand, as(flink.Rollback), threw), flink.StepTakeSavepoint, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"an alarm suspends what threw a minute ago":         {all(as(flink.Suspend), threw), flink.StepStop, flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, "poison record"},
		"an alarm suspends a job that is well":              {all(as(flink.Suspend)), flink.StepStop, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"and where there is no record, what threw is saved": {all(unrecorded, as(flink.Suspend), threw), flink.StepStop, flink.Restore{Kind: flink.RestoreHeld}, ""},
		"an upgrade by last-state of what keeps no record": {all(unrecorded, byHand, as(flink.Upgrade), restarting, func(s *flink.Situation) {
			s.Revision = flink.Revision{ID: "new"}
			manifestOf(&s.Revision, "last-state", map[string]any{"high-availability.type": "kubernetes"})
		}), flink.StepSettle, flink.Restore{}, "high availability switched off"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := flink.DecidePlan(c.s)
			if p.First != c.first || p.Restore != c.restore || !strings.Contains(p.Message, c.says) {
				t.Errorf("got %+v", p)
			}
			if p.Stop && (p.Keeps == flink.RestoreLatest) != (p.Restore.Kind == flink.RestoreLatest) {
				t.Errorf("the stop leaves %s, and %s is restored", p.Keeps, p.Restore.Kind)
			}
		})
	}
}
