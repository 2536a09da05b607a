package task

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestTheSnapshotOfAForkIsReferredTo(t *testing.T) {
	var d ledger.Document
	d.KeepFor(ledger.Fork{Application: flink.Application{Namespace: "team-a", Name: "trial"}, Snapshot: "s3://d/sp-1", Release: "r1"})
	for _, r := range references(&d) {
		if r.Path == "s3://d/sp-1" {
			return
		}
	}
	t.Errorf("retention would remove it: %+v", references(&d))
}

func TestASnapshotThatNobodyShouldStartFromIsNotForked(t *testing.T) {
	d := ledger.Document{Snapshots: []flink.Snapshot{
		{ID: "0a1b2c", Path: "s3://d/sp-1"},
		{ID: "retiring", Path: "s3://d/sp-2", Retiring: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		{ID: "damaged", Path: "s3://d/sp-3", Verified: &flink.Verification{Message: "a file is missing"}},
	}}
	if s, err := snapshotOf(d, "0a1b2c"); err != nil || s.Path != "s3://d/sp-1" {
		t.Errorf("by its id: %+v, %v", s, err)
	}
	if s, err := snapshotOf(d, "s3://d/unknown"); err != nil || s.Path != "s3://d/unknown" {
		t.Errorf("by a path that nobody knows: %+v, %v", s, err)
	}
	for _, id := range []string{"retiring", "damaged"} {
		if _, err := snapshotOf(d, id); flink.CodeOf(err) != flink.Invalid {
			t.Errorf("%s: %v", id, err)
		}
	}
}
