package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Remove deletes the application's resource after its job has ended. Its
// savepoints, its ledger and its records stay.
func (t Tasks) Remove(ctx context.Context, r Release) (Release, error) {
	d, err := t.update(ctx, &r, func(d *ledger.Document) error {
		d.Deleted = r.tombstone(d, t.Clock.Now()) // before it is gone: should this release not live to tell, nobody brings it back
		return nil
	})
	if err != nil {
		return r, err
	}
	if err := t.Target.Remove(ctx, r.Application, r.fence(removeFence)); err != nil {
		return r, err
	}
	final := "; no state of it was kept"
	if d.Deleted != nil && d.Deleted.Snapshot != nil {
		final = "; its final state is " + d.Deleted.Snapshot.Path
	}
	r.note(t.Clock.Now(), "Remove", "the resource is gone")
	r.end(flink.Succeeded, flink.Removed, "the application is deleted"+final)
	return r, nil
}
