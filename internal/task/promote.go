package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Promote makes the new version the last good one in the ledger.
func (t Tasks) Promote(ctx context.Context, r Release) (Release, error) {
	_, err := t.update(ctx, &r, func(d *ledger.Document) error {
		d.Current, d.LastGood, d.Down = r.Revision, r.Revision, nil
		return nil
	})
	if err != nil {
		return r, err
	}
	r.note(t.Clock.Now(), "Promote", "revision "+r.Revision+" is the last good one")
	r.end(flink.Succeeded, flink.Released, r.Jar+" runs, "+r.comesFrom()+", and was healthy for "+r.Policy.BakeTime.String())
	return r, nil
}
