package task

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// tickAtWork is a tick whose list may still be worked off.
type tickAtWork struct {
	Execution string `json:"execution"`
	Key       string `json:"key"` // of its list
}

// waiting is what the lists of earlier ticks hold, by application: the id of the
// rotation whose turn may still come. A tick that is not done when the next one
// fires would otherwise have all that it has left listed again, worked off beside
// it by as many executions, and paid for twice.
type waiting map[flink.Application]string

// holds tells whether an application's turn is still to come.
func (w waiting) holds(d *ledger.Document) bool {
	id := w[d.Application]
	return id != "" && (d.Rotated == nil || d.Rotated.ID < id)
}

// waiting reads the lists of the ticks that are at work.
func (t Tasks) waiting(ctx context.Context) (waiting, error) {
	ticks, _, err := t.atWork(ctx)
	if err != nil {
		return nil, err
	}
	w := waiting{}
	for _, tick := range ticks {
		items, err := t.listed(ctx, tick.Key)
		if flink.CodeOf(err) == flink.Unavailable && err != nil {
			return nil, err
		}
		for _, item := range items { // none, where the list is gone
			w[item.Application] = max(w[item.Application], item.ID)
		}
	}
	return w, nil
}

// setToWork notes that a tick's list is being worked off. Losing that race is a
// Conflict, and the machine asks again.
func (t Tasks) setToWork(ctx context.Context, own tickAtWork) error {
	if t.Executions == nil {
		return nil
	}
	ticks, v, err := t.atWork(ctx)
	if err != nil || slices.Contains(ticks, own) {
		return err
	}
	body, err := json.Marshal(append(ticks, own))
	if err != nil {
		return flink.Errorf(flink.Internal, "write "+ledger.TicksKey, "%w", err)
	}
	return t.Objects.PutIf(ctx, ledger.TicksKey, body, v)
}

// atWork are the ticks whose executions run. Where that cannot be found out, or
// the object is damaged, there is none: to list an application twice costs
// little, and to leave it out costs a savepoint.
func (t Tasks) atWork(ctx context.Context) ([]tickAtWork, ledger.Version, error) {
	if t.Executions == nil {
		return nil, "", nil
	}
	body, v, err := t.Objects.Get(ctx, ledger.TicksKey)
	if err != nil {
		return nil, v, unless(flink.NotFound, err)
	}
	var known []tickAtWork
	if json.Unmarshal(body, &known) != nil {
		return nil, v, nil
	}
	return slices.DeleteFunc(known, func(tick tickAtWork) bool {
		e, err := t.Executions.Describe(ctx, tick.Execution)
		return err != nil || !e.Runs
	}), v, nil
}
