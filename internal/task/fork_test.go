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

func TestASavepointOfAnotherApplicationThatARedeploymentNamesIsKept(t *testing.T) {
	const shared, path = "s3://data/savepoints", "s3://data/savepoints/savepoint-1"
	ours, theirs := flink.Application{Namespace: "team-a", Name: "ours"}, flink.Application{Namespace: "team-a", Name: "theirs"}
	v, err := flink.NewRevision(map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.savepoints.dir": shared}}}, flink.PinnedJar{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		retiring time.Time
		dryRun   bool
		code     flink.Code
		kept     bool
	}{{time.Time{}, false, "", true}, {time.Time{}, true, "", false}, {sweptAt, false, flink.Invalid, false}} {
		tasks := Tasks{Deps{Ledger: ledger.New(ledger.NewMemory()), Clock: noon{}}}
		for _, d := range []ledger.Document{
			{Schema: ledger.Schema, Application: ours, Current: v.ID, Fence: 3, Lease: &ledger.Lease{Release: "r1", Fence: 3}},
			{Schema: ledger.Schema, Application: theirs, Snapshots: []flink.Snapshot{{Path: path, Retiring: c.retiring}}},
		} {
			if err := tasks.Ledger.Write(t.Context(), d, ""); err != nil {
				t.Fatal(err)
			}
		}
		d, _, err := tasks.Ledger.Document(t.Context(), ours)
		if err != nil {
			t.Fatal(err)
		}
		r := &Release{ID: "r1", Application: ours, Fence: 3, Change: flink.Change{Kind: flink.Redeploy, Snapshot: path, DryRun: c.dryRun}}
		if _, err := tasks.redeployed(t.Context(), r, d, v); flink.CodeOf(err) != c.code && (err != nil || c.code != "") {
			t.Errorf("%+v: %v", c, err)
		}
		if d, _, _ := tasks.Ledger.Document(t.Context(), theirs); (ReferredTo(&d, path) != "") != c.kept {
			t.Errorf("%+v: %+v", c, d.Forks)
		}
	}
}
