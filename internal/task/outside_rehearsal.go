package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/redact"
)

// rehearser finds what proves a restore in a target; false when it cannot. Its
// words are fit to be told.
func rehearser(target flink.Target) (flink.Rehearser, bool) {
	if o, wrapped := target.(outside); wrapped {
		target = o.Target
	}
	r, can := target.(flink.Rehearser)
	return outsideRehearser{r}, can
}

// outsideRehearser is to a rehearser what outside is to a target.
type outsideRehearser struct{ flink.Rehearser }

// StartRehearsal implements flink.Rehearser. A refusal may quote what the
// revision's pods are made of.
func (o outsideRehearser) StartRehearsal(ctx context.Context, r flink.Rehearsal) error {
	if err := o.Rehearser.StartRehearsal(ctx, r); err != nil {
		return without(redact.Values(r.Revision.Manifest), err)
	}
	return nil
}

// LookAtRehearsal implements flink.Rehearser.
func (o outsideRehearser) LookAtRehearsal(ctx context.Context, r flink.Rehearsal) (flink.RehearsalFacts, error) {
	facts, err := o.Rehearser.LookAtRehearsal(ctx, r)
	facts.Trouble, facts.Ended = line(facts.Trouble), line(facts.Ended)
	facts.Job = told(flink.Observation{Job: facts.Job}).Job
	return facts, err
}
