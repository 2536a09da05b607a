package task

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
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
