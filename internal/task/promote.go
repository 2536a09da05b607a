package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Promote makes the new version the last good one in the ledger.
func (t Tasks) Promote(ctx context.Context, r Release) (Release, error) {
	now := t.Clock.Now()
	_, err := t.update(ctx, &r, func(d *ledger.Document) error {
		d.Promote(ledger.Deployed{Revision: r.Revision, Jar: r.Jar, Release: r.ID, At: now}, r.Change.Kind)
		return nil
	})
	if err != nil {
		return r, err
	}
	r.note(now, "Promote", "revision "+r.Revision+" is the last good one")
	switch {
	case r.Plan.Adopt:
		r.end(flink.Succeeded, flink.Adopted, "what ran here was taken over as it is: upload application.yaml and a jar to change it")
	case r.Plan.InPlace:
		r.end(flink.Succeeded, flink.Released, "the job runs with its new parallelism, without a restart, and was healthy for "+r.Policy.BakeTime.String())
	case r.Verdict != nil && r.Verdict.Check == flink.Finished:
		r.end(flink.Succeeded, flink.Released, r.subject()+" ran, "+r.comesFrom()+", and has finished")
	default:
		r.end(flink.Succeeded, flink.Released, r.subject()+" runs, "+r.comesFrom()+", and was healthy for "+r.Policy.BakeTime.String())
	}
	return r, nil
}

// subject is what runs, in a word: the jar's name, where there is one.
func (r *Release) subject() string {
	if r.Jar == "" {
		return "revision " + r.Revision
	}
	return r.Jar
}
