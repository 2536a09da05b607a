package task_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

func TestASnapshotThatAForkBeganWithIsReferredTo(t *testing.T) {
	d := ledger.Document{Snapshots: []flink.Snapshot{{Path: "s3://data/counter/savepoints/one", ID: "abc"}}}
	d.KeepFor(ledger.Fork{Application: flink.Application{Namespace: "team-b", Name: "try"}, Snapshot: "s3://data/counter/savepoints/one", Release: "r1"})
	for _, r := range task.References(&d, flink.Observation{}) {
		if flink.SamePath(r.Path, d.Snapshots[0].Path) && r.By != "" {
			return
		}
	}
	t.Error("the fork's snapshot could be removed from under it")
}
