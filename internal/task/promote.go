package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Promote makes the new version the last good one in the ledger.
func (t Tasks) Promote(ctx context.Context, r Release) (Release, error) {
	_, err := t.update(ctx, &r, func(d *ledger.Document) error {
		d.Current, d.LastGood = r.Revision, r.Revision
		return nil
	})
	if err != nil {
		return r, err
	}
	r.note(t.Clock.Now(), "Promote", "revision "+r.Revision+" is the last good one")
	from := "it started empty"
	if r.Watch.RestoredFrom != "" {
		from = "its state came from " + baseName(r.Watch.RestoredFrom)
	}
	r.end(flink.Succeeded, flink.Released, r.Jar+" runs and was healthy for "+r.Policy.BakeTime.String()+"; "+from)
	return r, nil
}
