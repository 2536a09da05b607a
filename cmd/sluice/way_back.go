package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// looksAtStates bounds how many states are looked at that turn out to have faults.
const looksAtStates = 10

// chooseLatest fills the newest whole state into a request to redeploy, and
// says on the side what it costs.
func (p *program) chooseLatest(ctx context.Context, i *installation, d *events.ChangeRequestedDetail) error {
	app := flink.Application{Namespace: d.Namespace, Name: d.Application}
	w, err := wayBack(ctx, i, app, d.Revision)
	if err != nil {
		return err
	}
	d.Snapshot = w.From.Path
	if d.Why == "" {
		d.Why = "the newest state there is, by --latest: " + w.Message
	}
	_, err = fmt.Fprint(p.err, renderWayBack(app, w))
	return err
}

// wayBack chooses among the savepoints that the ledger knows and the
// checkpoints that lie where the application keeps them. Savepoints that only
// lie there are left out: one whose stop failed looks like any other.
func wayBack(ctx context.Context, i *installation, app flink.Application, revision string) (flink.WayBack, error) {
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return flink.WayBack{}, err
	}
	states := savepoint.Store{Objects: i.States}
	found := knownStates(d)
	kept, err := retained(ctx, i, states, d, revision)
	if err != nil {
		return flink.WayBack{}, err
	}
	found = append(found, kept...)
	since, err := deployedAt(ctx, i.Ledger, d)
	if err != nil {
		return flink.WayBack{}, err
	}
	for range looksAtStates {
		w, err := flink.DecideWayBack(found, since)
		if err != nil {
			return w, fmt.Errorf("%s: %w", app, err)
		}
		fault, err := states.Whole(ctx, w.From.Path)
		if err != nil || fault == "" {
			return w, err
		}
		for n := range found {
			if found[n].Path == w.From.Path {
				found[n].Fault = fault
			}
		}
	}
	return flink.WayBack{}, fmt.Errorf("the newest %d states of %s have faults: choose one by sluice redeploy --from", looksAtStates, app)
}

// knownStates are the states that the ledger knows, each once.
func knownStates(d ledger.Document) []flink.FoundState {
	all := append([]flink.Snapshot(nil), d.Snapshots...)
	for _, stop := range []*ledger.Down{d.Down, d.Suspended} {
		if stop != nil {
			all = append(all, stop.Snapshot)
		}
	}
	if d.Deleted != nil && d.Deleted.Snapshot != nil {
		all = append(all, *d.Deleted.Snapshot)
	}
	var found []flink.FoundState
	seen := map[string]bool{}
	for _, s := range all {
		if s.Path == "" || s.Kind == flink.CheckpointSnapshot || !s.Retiring.IsZero() || seen[s.Path] {
			continue // a checkpoint is found where it lies, with its number
		}
		seen[s.Path] = true
		f := flink.FoundState{Path: s.Path, At: s.Taken}
		if s.Verified != nil && !s.Verified.Sound {
			f.Fault = s.Verified.Message
		}
		found = append(found, f)
	}
	return found
}

// retained are the checkpoints in the revision's checkpoint directory.
func retained(ctx context.Context, i *installation, states savepoint.Store, d ledger.Document, revision string) ([]flink.FoundState, error) {
	for _, id := range []string{d.Current, d.Applied, d.LastGood} {
		if revision == "" {
			revision = id
		}
	}
	if d.Deleted != nil && revision == "" {
		revision = d.Deleted.Revision
	}
	if revision == "" {
		return nil, errors.New("nothing was ever deployed here: there is no state to go back to")
	}
	r, err := i.Ledger.Revision(ctx, d.Application, revision)
	if err != nil {
		return nil, err
	}
	dir := r.CheckpointDirectory()
	if dir == "" {
		return nil, nil
	}
	kept, err := states.Checkpoints(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("look for checkpoints below %s: %w", dir, err)
	}
	var found []flink.FoundState
	for _, c := range kept {
		found = append(found, flink.FoundState{Path: c.Path, At: c.Complete, JobID: c.JobID, Number: c.Number})
	}
	return found, nil
}

// deployedAt is when what runs was brought about last, by a release that went
// well or by one that brought it back.
func deployedAt(ctx context.Context, s ledger.Store, d ledger.Document) (time.Time, error) {
	var at time.Time
	if n := len(d.History); n > 0 {
		at = d.History[n-1].At
	}
	if d.LastRelease == "" {
		return at, nil
	}
	r, err := s.Record(ctx, d.Application, d.LastRelease)
	if err != nil && flink.CodeOf(err) != flink.NotFound {
		return at, err
	}
	if r.RunningAt.After(at) {
		at = r.RunningAt
	}
	return at, nil
}

func renderWayBack(app flink.Application, w flink.WayBack) string {
	var b strings.Builder
	fmt.Fprintf(&b, "the way back of %s: %s\n  %s\n", app, w.From.Path, w.Message)
	for _, s := range w.Passed {
		why := "newer, and without the state from before"
		if s.Fault != "" {
			why = s.Fault
		}
		fmt.Fprintf(&b, "  passed over: %s of %s: %s\n", s.Path, s.At.UTC().Format(time.RFC3339), why)
	}
	return b.String()
}
