package sim

import (
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// neverBelowTheMinimum: whatever is retired, the policy's number of savepoints
// stays, none of which is known to be damaged; of damaged ones themselves, as many
// as there are sound ones too few.
func neverBelowTheMinimum(s documentStep) string {
	var retired *flink.Snapshot
	sound, all := 0, 0
	for _, k := range s.to.Snapshots {
		if old := s.from.Snapshot(k.Path); old != nil && old.Retiring.IsZero() && !k.Retiring.IsZero() {
			retired = &k
		}
		if k.Kind == flink.CheckpointSnapshot || !k.Retiring.IsZero() {
			continue
		}
		all++
		if k.Sound() {
			sound++
		}
	}
	if retired == nil {
		return ""
	}
	left := sound
	if retired.Verified != nil && !retired.Verified.Sound {
		left = all
	}
	if left >= keep {
		return ""
	}
	return fmt.Sprintf("savepoint %s is retired, and %d are left of %d", retired.Path, left, keep)
}

// neededByTheLedger is what a savepoint at that path is known to be needed for,
// as the ledger stands; empty when it may go.
func neededByTheLedger(d ledger.Document, path string) string {
	switch {
	case d.Down != nil && flink.SamePath(d.Down.Snapshot.Path, path):
		return "a job that is stopped is to go on from it"
	case d.Suspended != nil && flink.SamePath(d.Suspended.Snapshot.Path, path):
		return "a job that is suspended is to go on from it"
	case d.Deleted != nil && d.Deleted.Snapshot != nil && flink.SamePath(d.Deleted.Snapshot.Path, path):
		return "a deleted application ended with it"
	case d.Pending != nil && flink.SamePath(d.Pending.Change.Snapshot, path), d.Parked != nil && flink.SamePath(d.Parked.Change.Change.Snapshot, path):
		return "a change that waits is to start from it"
	}
	s := d.Snapshot(path)
	if s == nil {
		return ""
	}
	if l := d.Lease; l != nil && l.For == ledger.ForRelease {
		return "a release in flight refers to it"
	}
	if s.Revision == d.LastGood && newestOf(d, *s) {
		return "it is the newest of the last good revision"
	}
	return ""
}

// newestOf tells whether there is no newer one of the same revision that is whole.
func newestOf(d ledger.Document, s flink.Snapshot) bool {
	for _, o := range d.Snapshots {
		if o.Revision == s.Revision && o.Kind != flink.CheckpointSnapshot && o.Sound() && o.Taken.After(s.Taken) {
			return false
		}
	}
	return true
}

// neededByTheJob is the same by what runs.
func neededByTheJob(o flink.Observation, path string) string {
	switch {
	case flink.SamePath(o.Job.Checkpoints.RestoredFrom, path):
		return "the job that runs was restored from it"
	case flink.SamePath(o.Spec.InitialSavepoint, path):
		return "the resource names it"
	case flink.SamePath(o.Status.Savepoint.Path, path):
		return "the operator holds it"
	}
	return ""
}
