package task

import (
	"context"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestAStandstillTellsOfTheCheckpointThatNobodySaw(t *testing.T) {
	seen := &flink.Checkpoints{Completed: 2, LatestID: 7, Latest: "s3://data/job/chk-7", RestoredID: 5}
	cases := map[string]struct {
		record    flink.RecordFacts
		seen      *flink.Checkpoints
		completed int64
		latest    string
	}{
		"one more, and its path follows": {flink.RecordFacts{Known: true, LatestID: 8}, seen, 2, "s3://data/job/chk-8"},
		"one more, and its path is told": {flink.RecordFacts{Known: true, LatestID: 8, Path: "s3://else/chk-8"}, seen, 2, "s3://else/chk-8"},
		"none more":                      {flink.RecordFacts{Known: true, LatestID: 7}, seen, 2, "s3://data/job/chk-7"},
		"the first, nothing else known":  {flink.RecordFacts{Known: true, LatestID: 6}, &flink.Checkpoints{RestoredID: 5}, 1, ""},
		"what it restored, no other":     {flink.RecordFacts{Known: true, LatestID: 5}, &flink.Checkpoints{RestoredID: 5}, 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Standstill{Reached: true, Record: c.record}.final(c.seen)
			if got.Completed != c.completed || got.Latest != c.latest {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// vanishing takes every write, and shows nothing of the job any more.
type vanishing struct{ flink.Target }

func (vanishing) Apply(context.Context, flink.Desired) error { return nil }

func (vanishing) Observe(context.Context, flink.Application) (flink.Observation, error) {
	return flink.Observation{Exists: true}, nil
}

type still struct{ now time.Time }

func (s *still) Now() time.Time                                 { return s.now }
func (s *still) Sleep(_ context.Context, d time.Duration) error { s.now = s.now.Add(d); return nil }

func TestWhatTheFailedVersionMadeDurableIsNotForgottenWhileItComesToAStandstill(t *testing.T) {
	app := flink.Application{Namespace: "team-a", Name: "counter"}
	clock := &still{now: time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)}
	tasks := Tasks{Deps{Ledger: ledger.New(ledger.NewMemory()), Target: vanishing{}, Clock: clock, Config: Config{LongPoll: time.Minute, Poll: time.Second}}}
	if err := tasks.Ledger.WriteRevision(t.Context(), app, flink.Revision{ID: "new"}); err != nil {
		t.Fatal(err)
	}
	r := Release{ID: "r", Application: app, Revision: "new", Plan: &flink.Plan{}}
	var o flink.Observation
	o.Spec.Release, o.Spec.Step = "r", applyStep
	o.Job = flink.JobFacts{Reachable: true, ID: "job", State: "RUNNING", Started: clock.now, Checkpoints: flink.Checkpoints{Completed: 7, LatestID: 7}}
	r, err := tasks.halt(t.Context(), r, o)
	if err != nil || r.FailedAt == nil || r.FailedAt.Completed != 7 {
		t.Errorf("7 checkpoints were seen, and now: %+v, %v", r.FailedAt, err)
	}
}
