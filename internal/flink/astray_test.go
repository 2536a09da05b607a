package flink_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAVersionIsAstrayOnceItsCheckpointsTellSo(t *testing.T) {
	latest := flink.Restore{Kind: flink.RestoreLatest, AtLeast: 9}
	saved := flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://data/savepoint-1"}
	for name, c := range map[string]struct {
		watch  flink.Watch
		asked  flink.Restore
		before int64
		want   bool
	}{
		"it was to start empty":                          {flink.Watch{Last: &flink.Checkpoints{Completed: 3, LatestID: 3}}, flink.Restore{Kind: flink.RestoreNothing}, 9, false},
		"it was never seen":                              {flink.Watch{}, latest, 9, false},
		"it completed none":                              {flink.Watch{Last: &flink.Checkpoints{}}, latest, 9, false},
		"it completes some, and restored nothing":        {flink.Watch{Last: &flink.Checkpoints{Completed: 3, LatestID: 30}}, saved, 9, true},
		"it goes on where it should":                     {flink.Watch{RestoredFrom: saved.Path, Last: &flink.Checkpoints{Completed: 1, LatestID: 10, Restored: 1}}, saved, 9, false},
		"its own restart hides what it began with":       {flink.Watch{RestoredFrom: "s3://data/chk-3", Last: &flink.Checkpoints{Completed: 3, LatestID: 3, Restored: 1}}, saved, 9, true},
		"the same, of a record":                          {flink.Watch{RestoredFrom: "s3://data/chk-3", Last: &flink.Checkpoints{Completed: 3, LatestID: 3, Restored: 1}}, latest, 0, true},
		"another JobManager took over, and counts go on": {flink.Watch{RestoredFrom: "s3://data/chk-12", Last: &flink.Checkpoints{Completed: 3, LatestID: 12, Restored: 1}}, latest, 9, false},
	} {
		if got := c.watch.Astray(c.asked, c.before); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
