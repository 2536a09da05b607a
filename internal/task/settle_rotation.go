package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/ledger"
)

// SettleRotation writes the record, then how the rotation went and the lease's
// next holder in one compare-and-swap, and then sends what the outbox holds.
// Dying between any two of these leaves something that is finished by running it
// again.
func (t Tasks) SettleRotation(ctx context.Context, r Rotation) (Rotation, error) {
	failed := r.concludeError()
	record := r.record(failed)
	record.Ended = t.Clock.Now()
	if err := ledger.WriteRotation(ctx, t.Objects, record); err != nil {
		return r, err
	}
	d, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		r.settle(d, failed)
		if d.Rotated != nil && d.Rotated.ID == r.ID {
			d.Rotated.At = record.Ended
		}
		if r.holds(d) {
			d.Release(t.Clock.Now(), leaseTerm)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, t.send(ctx, r.Application, d.Outbox)
}

// concludeError words what the machine caught.
func (r *Rotation) concludeError() string {
	if r.Error == nil {
		return ""
	}
	return line(r.FailedIn + " failed: " + r.Error.Error + " " + r.Error.Cause)
}

// settle writes down how the newest rotation went; one that is older than what
// stands there has nothing to say.
func (r *Rotation) settle(d *ledger.Document, failed string) {
	if d.Rotated != nil && d.Rotated.ID > r.ID {
		return
	}
	d.Rotated = &ledger.Rotated{ID: r.ID, Skipped: r.Skipped}
	if r.Snapshot != nil {
		d.Rotated.Snapshot = r.Snapshot.Path
	}
	if d.Rotated.Skipped == "" && r.Snapshot == nil {
		d.Rotated.Skipped = failed
	}
}

func (r *Rotation) record(failed string) ledger.RotationRecord {
	return ledger.RotationRecord{ID: r.ID, Application: r.Application, Execution: r.Execution, Due: r.Due, Started: r.Started,
		Snapshot: r.Snapshot, Skipped: r.Skipped, GaveWay: r.GaveWay, Failed: failed, Damaged: r.Damaged, Retired: r.Retired, Strays: r.Strays, Timeline: r.Timeline}
}

// holds tells whether the lease is this rotation's. One that failed before its
// answer came may hold a lease it does not know of.
func (r *Rotation) holds(d *ledger.Document) bool {
	if d.Lease == nil || d.Lease.For != ledger.ForRotation {
		return false
	}
	if r.Fence == 0 {
		return d.Lease.Of(r.Execution, r.ID)
	}
	return d.Lease.Release == r.ID && d.Lease.Fence == r.Fence
}
