package ledger

import (
	"fmt"

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
	return nil
}

// named says whether a record or revision is the one that its key names.
func named(id, asked string) error {
	if id != asked {
		return fmt.Errorf("it says that it is %.200q", id)
	}
	return nil
}
