package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Remove deletes the application's resource after its job has ended. Its
// savepoints, its ledger and its records stay.
func (t Tasks) Remove(ctx context.Context, r Release) (Release, error) {
	if _, err := t.hold(ctx, &r); err != nil {
		return r, err
	}
	if err := t.Target.Remove(ctx, r.Application, r.fence(removeFence)); err != nil {
		return r, err
	}
	final := "; no state of it was kept"
	if r.Stopped != nil {
		final = "; its final state is " + r.Stopped.Path
	}
	r.note(t.Clock.Now(), "Remove", "the resource is gone")
	r.end(flink.Succeeded, flink.Removed, "the application is deleted"+final)
	return r, nil
}
