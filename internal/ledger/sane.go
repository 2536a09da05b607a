package ledger

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// maxFence leaves room below an int64 for what is made of a fence: it grows by
// one with each release, and each release numbers its steps below it.
const maxFence = 1 << 50

// sane says what no program of ours would have written: a document that was
// copied from elsewhere, mended by hand, or damaged. To go on from it would be
// worse than to stop.
func (d *Document) sane(of flink.Application) error {
	switch {
	case d.Application != of:
		return fmt.Errorf("it is of the application %.200q", d.Application.String())
	case d.Fence < 0 || d.Fence > maxFence:
		return fmt.Errorf("its fence is %d", d.Fence)
	case d.Lease != nil && (d.Lease.Fence < 0 || d.Lease.Fence > d.Fence):
		return fmt.Errorf("its lease has fence %d, above its own %d", d.Lease.Fence, d.Fence)
	}
	for _, id := range d.ids() {
		if len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
			return fmt.Errorf("it names a release, revision or incident %.200q", id)
		}
	}
	return nil
}

// maxID is the length of an id, in bytes, that is not ours: a release's and a
// revision's become part of a key.
const maxID = 256

// ids are the releases, revisions and incidents that the document names and that keys are made of.
func (d *Document) ids() []string {
	ids := []string{d.Current, d.Applied, d.LastGood, d.LastRelease}
	if d.Lease != nil {
		ids = append(ids, d.Lease.Release)
	}
	if d.Pending != nil {
		ids = append(ids, d.Pending.ID)
	}
	if d.Incident != nil {
		ids = append(ids, d.Incident.ID)
		for _, s := range d.Incident.Steps {
			ids = append(ids, s.Release)
		}
	}
	if d.Parked != nil {
		ids = append(ids, d.Parked.ID)
	}
	return ids
}

// named says whether a record or revision is the one that its key names.
func named(id, asked string) error {
	if id != asked {
		return fmt.Errorf("it says that it is %.200q", id)
	}
	return nil
}
