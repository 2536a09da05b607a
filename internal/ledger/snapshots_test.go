package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestNoSnapshotIsForgottenToMakeRoom(t *testing.T) {
	var d ledger.Document
	for i := range 3 * flink.MaxSnapshots {
		d.AddSnapshot(flink.Snapshot{Path: fmt.Sprintf("s3://data/savepoints/%d", i)})
	}
	if len(d.Snapshots) != 3*flink.MaxSnapshots || d.Snapshots[0].Path != "s3://data/savepoints/0" {
		t.Errorf("%d are known, the first is %s", len(d.Snapshots), d.Snapshots[0].Path)
	}
}

func TestTheSamePathIsOneSnapshot(t *testing.T) {
	var d ledger.Document
	d.AddSnapshot(flink.Snapshot{Path: "s3://data/savepoints/a", Kind: flink.StopSnapshot})
	d.AddSnapshot(flink.Snapshot{Path: "s3p://data/savepoints/a/", Kind: flink.RotationSnapshot})
	if len(d.Snapshots) != 1 || d.Snapshots[0].Kind != flink.StopSnapshot {
		t.Errorf("known are %+v", d.Snapshots)
	}
}

func TestOnlyWhatWasMarkedIsDropped(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var d ledger.Document
	for _, name := range []string{"a", "b"} {
		d.AddSnapshot(flink.Snapshot{Path: "s3://data/savepoints/" + name})
	}
	d.DropSnapshot("s3://data/savepoints/a")
	if len(d.Snapshots) != 2 {
		t.Fatalf("dropped without a mark: %+v", d.Snapshots)
	}
	if !d.Retiring("s3a://data/savepoints/a", now) || !d.Retiring("s3://data/savepoints/a", now.Add(time.Hour)) || d.Retiring("s3://data/savepoints/c", now) {
		t.Error("the marks are not of what is known")
	}
	if at := d.Snapshots[0].Retiring; !at.Equal(now) {
		t.Errorf("the removal began at %s", at)
	}
	d.DropSnapshot("s3://data/savepoints/a")
	if len(d.Snapshots) != 1 || d.Snapshots[0].Path != "s3://data/savepoints/b" {
		t.Errorf("left are %+v", d.Snapshots)
	}
}

func TestWhatRanAtAMomentIsWhatWasPromotedLastBefore(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC) }
	d := ledger.Document{Current: "three", History: []ledger.Deployed{{Revision: "one", At: at(6)}, {Revision: "two", At: at(8)}, {Revision: "three", At: at(10)}}}
	for hour, want := range map[int]string{5: "one", 7: "one", 8: "two", 9: "two", 12: "three"} {
		if got := d.RanAt(at(hour)); got != want {
			t.Errorf("at %d o'clock: %s, want %s", hour, got, want)
		}
	}
	if got := (&ledger.Document{Current: "only"}).RanAt(at(7)); got != "only" {
		t.Errorf("without a history: %q", got)
	}
}
