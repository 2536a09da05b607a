package ledger

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// AddSnapshot remembers a savepoint; the same path twice is kept once, as it
// was first. None is dropped to make room: its files would lie there, and nobody
// would know. What bounds them is retention, by age, and Sluice takes none by
// timer where there are flink.MaxSnapshots.
func (d *Document) AddSnapshot(s flink.Snapshot) {
	if d.Snapshot(s.Path) == nil {
		d.Snapshots = append(d.Snapshots, s)
	}
}

// Snapshot is the snapshot at that path, to be read or changed in place; nil
// when none is known there.
func (d *Document) Snapshot(path string) *flink.Snapshot {
	for i := range d.Snapshots {
		if flink.SamePath(d.Snapshots[i].Path, path) {
			return &d.Snapshots[i]
		}
	}
	return nil
}

// Find is the snapshot of that path or id; nil when none is known.
func (d *Document) Find(which string) *flink.Snapshot {
	for i := range d.Snapshots {
		if which != "" && d.Snapshots[i].ID == which {
			return &d.Snapshots[i]
		}
	}
	return d.Snapshot(which)
}

// Retiring marks a snapshot as one whose files are being removed. It tells
// whether there is such a one.
func (d *Document) Retiring(path string, now time.Time) bool {
	s := d.Snapshot(path)
	if s == nil {
		return false
	}
	if s.Retiring.IsZero() {
		s.Retiring = now
	}
	return true
}

// Spare takes the mark from a snapshot whose files may not be removed.
func (d *Document) Spare(path string) {
	if s := d.Snapshot(path); s != nil {
		s.Retiring = time.Time{}
	}
}

// DropSnapshot forgets a snapshot whose files are gone. One that was not marked
// before stays: somebody may rely on it.
func (d *Document) DropSnapshot(path string) {
	var kept []flink.Snapshot
	for _, s := range d.Snapshots {
		if s.Retiring.IsZero() || !flink.SamePath(s.Path, path) {
			kept = append(kept, s)
		}
	}
	d.Snapshots = kept
}
