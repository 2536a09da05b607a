package task

import (
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// references lists what the ledger says that refers to a snapshot.
func references(d *ledger.Document) []flink.Reference {
	var all []flink.Reference
	add := func(path, by string) {
		if path != "" {
			all = append(all, flink.Reference{Path: path, By: by})
		}
	}
	if d.Down != nil {
		add(d.Down.Snapshot.Path, "release "+d.Down.Release+" stopped the job with it, and no version was seen running since")
	}
	if d.Suspended != nil {
		add(d.Suspended.Snapshot.Path, "the job is suspended with it")
	}
	if d.Deleted != nil && d.Deleted.Snapshot != nil {
		add(d.Deleted.Snapshot.Path, "the deleted application ended with it")
	}
	for _, f := range d.Forks {
		add(f.Snapshot, "the fork "+f.Application.String()+" began with it and may start from it again")
	}
	if d.Pending != nil {
		add(known(d, d.Pending.Change.Snapshot), "the change "+d.Pending.ID+" waits to start from it")
	}
	if d.Parked != nil {
		add(known(d, d.Parked.Change.Change.Snapshot), "the change "+d.Parked.ID+" waits to start from it")
	}
	return all
}

// ReferredTo is what the ledger says that refers to a snapshot, in words; empty
// when nothing does. It is asked in the very write that marks the snapshot for
// removal: whatever comes to refer to it later finds the mark.
func ReferredTo(d *ledger.Document, path string) string {
	for _, r := range references(d) {
		if flink.SamePath(r.Path, path) {
			return r.By
		}
	}
	return ""
}

// known is the path of a snapshot that may be named by its id.
func known(d *ledger.Document, which string) string {
	if s := d.Find(which); s != nil {
		return s.Path
	}
	return which
}

// References lists everything that refers to a snapshot of the application: the
// ledger's own, and what is seen of the cluster.
func References(d *ledger.Document, o flink.Observation) []flink.Reference {
	all := references(d)
	for _, r := range []flink.Reference{
		{Path: o.Job.Checkpoints.RestoredFrom, By: "the running job was restored from it"},
		{Path: o.Spec.InitialSavepoint, By: "the resource names it as initialSavepointPath"},
		{Path: o.Status.Savepoint.Path, By: "the operator would resume from it"},
		{Path: o.Record.Path, By: "the high-availability record names it"},
	} {
		if r.Path != "" {
			all = append(all, r)
		}
	}
	return all
}

// goodRevisions are those that run, ran well, or may be gone back to.
func goodRevisions(d *ledger.Document) []string {
	ids := []string{d.Current, d.LastGood, tombstoneRevision(*d)}
	for _, v := range d.History {
		ids = append(ids, v.Revision)
	}
	var good []string
	for _, id := range ids {
		if id != "" {
			good = append(good, id)
		}
	}
	return good
}

// GoodRevisions is what retention keeps the newest snapshot of.
func GoodRevisions(d *ledger.Document) []string { return goodRevisions(d) }
