package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// newestLooked is how many of the newest records are looked through for a
// request's: other releases may end while it waits.
const newestLooked = 20

// await looks at the ledger until the record of a request is there. What the
// request waits for is told meanwhile, once each.
func (p *program) await(ctx context.Context, s ledger.Store, patience time.Duration, d events.ChangeRequestedDetail) (*ledger.Record, error) {
	app := flink.Application{Namespace: d.Namespace, Name: d.Application}
	waiting := ctx
	if patience > 0 {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		waiting = limited
	}
	told, seen := "", map[string]bool{}
	for {
		r, err := recordOfRequest(waiting, s, app, d.Request, seen)
		if err == nil && r == nil {
			told, err = p.tellProgress(waiting, s, app, d.Request, told)
		}
		if r != nil || err != nil && waiting.Err() == nil {
			return r, err
		}
		if pause(waiting, p.poll) != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("no release has ended for request %s within %s: see sluice status %s; what could not be delivered waits in the dead-letter queue", d.Request, patience, app)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recordOfRequest looks for the record among the newest; nil when it is not
// there yet. A request that names no application is recorded under none.
func recordOfRequest(ctx context.Context, s ledger.Store, app flink.Application, request string, seen map[string]bool) (*ledger.Record, error) {
	for _, where := range []flink.Application{app, ledger.NoApplication} {
		ids, err := s.Records(ctx, where, newestLooked)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if seen[where.String()+id] {
				continue
			}
			r, err := s.Record(ctx, where, id)
			if err != nil {
				return nil, err
			}
			if requestOf(r.Event) == request {
				return &r, nil
			}
			seen[where.String()+id] = true
		}
	}
	return nil, nil
}

// requestOf is the token in an event that asked for a change; empty for others.
func requestOf(raw json.RawMessage) string {
	e, err := events.Parse(raw)
	if err != nil {
		return ""
	}
	d, ok, err := events.ChangeRequested(e)
	if err != nil || !ok {
		return ""
	}
	return d.Request
}

// tellProgress says on the side what the request waits for, if that is new.
func (p *program) tellProgress(ctx context.Context, s ledger.Store, app flink.Application, request, told string) (string, error) {
	d, _, err := s.Document(ctx, app)
	if err != nil {
		return told, err
	}
	now := progress(d, request)
	if now == "" || now == told {
		return told, nil
	}
	_, err = fmt.Fprintln(p.err, now)
	return now, err
}

// progress says what a request waits for; empty when the ledger does not know it.
func progress(d ledger.Document, request string) string {
	switch {
	case d.Parked != nil && requestOf(d.Parked.Event) == request:
		return parked(*d.Parked)
	case d.Pending != nil && requestOf(d.Pending.Event) == request:
		return fmt.Sprintf("release %s waits until release %s has ended", d.Pending.ID, holder(d))
	}
	return ""
}

func holder(d ledger.Document) string {
	if d.Lease == nil {
		return "in flight"
	}
	return d.Lease.Release
}

// parked says what a change waits for, and what can be done about it.
func parked(k ledger.Parked) string {
	if k.Why == ledger.ForWindow {
		return fmt.Sprintf("release %s waits for a window that opens at %s", k.ID, clock(k.Until))
	}
	if a := k.Answer; a != nil {
		return fmt.Sprintf("release %s was %s by %s and goes on", k.ID, answered(a.Approved), a.By)
	}
	return fmt.Sprintf("release %s waits for somebody's approval until %s: sluice approve %s, or sluice deny %s", k.ID, clock(k.Until), k.ID, k.ID)
}

func answered(approved bool) string {
	if approved {
		return "approved"
	}
	return "denied"
}
