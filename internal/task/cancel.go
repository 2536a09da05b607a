package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// cancel calls off the release in flight, or a change that waits: the one that
// is named, else whichever there is, in that order.
func (t Tasks) cancel(ctx context.Context, r *Release) error {
	if r.Change.Kind != flink.Cancel || r.Outcome != "" {
		return nil
	}
	which := r.Change.Release
	_, err := t.amend(ctx, r, func(d *ledger.Document) error {
		switch e := r.Artifact.Event; { // what a call before this one has decided stands, should it have died or another delivery have made it
		case d.HasSeen(e):
			return errSeenSince
		case d.HasSeen(e + calledOffMark):
			r.end(flink.Succeeded, flink.CancelAsked, "it is called off")
			return nil
		case d.HasSeen(e + nothingMark):
			r.nothingToCancel()
			return nil
		}
		meant := func(id string) bool { return which == "" || which == id }
		switch {
		case d.AskCancel(which, ledger.CancelRequest{By: r.Change.By, Why: r.Change.Why, At: t.Clock.Now()}):
			told := "release " + d.Lease.Release + " is told: it undoes what it has done, or says that it was too late"
			if !d.Held(t.Clock.Now()) {
				told = "release " + d.Lease.Release + " is told, but nothing was heard of it since " + d.Lease.Expires.Add(-leaseTerm).UTC().Format(time.RFC3339) + ": if its execution is dead it stops at what it has done, and the next change goes on from there. Look at the job"
			}
			r.end(flink.Succeeded, flink.CancelAsked, told)
		case d.Parked != nil && meant(d.Parked.ID):
			c := d.Parked.Change
			which = c.ID // also should another change have begun before this is written: the record is by then
			d.Unpark()
			if err := t.calledOff(ctx, r, c); err != nil {
				return err
			}
		case d.Pending != nil && meant(d.Pending.ID):
			c := *d.Pending
			which = c.ID
			d.Pending = nil
			if err := t.calledOff(ctx, r, c); err != nil {
				return err
			}
		default:
			r.nothingToCancel()
			d.See(r.Artifact.Event + nothingMark)
			return nil
		}
		d.See(r.Artifact.Event + calledOffMark)
		return nil
	})
	return r.orSeenSince(err)
}

func (r *Release) nothingToCancel() {
	r.end(flink.FailedClean, flink.RequestInvalid, "nothing of that id is in flight or waits: sluice status shows what does")
}

// Marks, among the events seen, of what a cancellation has come to. The event
// itself counts as seen once its own record is written, by Settle.
const (
	calledOffMark = "/called-off"
	nothingMark   = "/nothing"
)

// calledOff records a change that waited and was called off. Like overtake, it
// is written before the ledger is.
func (t Tasks) calledOff(ctx context.Context, r *Release, c ledger.Change) error {
	r.end(flink.Succeeded, flink.CancelAsked, "release "+c.ID+" waited and is called off")
	record := overtakenRecord(r, c, t.Clock.Now())
	record.Reason, record.Message = flink.Cancelled, "called off by "+orSomebody(r.Change.By)+" while it waited: "+orNoReason(r.Change.Why)
	_, err := t.Ledger.WriteRecordIfAbsent(ctx, record)
	return err
}

// cancelAsked is the wish that this release be called off; nil when it holds no
// lease or nobody wishes it.
func (r *Release) cancelAsked(d *ledger.Document) *ledger.CancelRequest {
	if !r.holds(d) {
		return nil
	}
	return d.Lease.Cancel
}

func whoCancelled(c *ledger.CancelRequest) string {
	return orSomebody(c.By) + " called it off: " + orNoReason(c.Why)
}

// cancelled tells whether somebody asked this release to stop, and if so sends
// it where it is undone: to Settle while nothing was touched, else to RollBack.
func (t Tasks) cancelled(r *Release, d ledger.Document, touched bool) bool {
	c := r.cancelAsked(&d)
	if c == nil || r.Fence == 0 || r.Phase == Backward {
		return false
	}
	r.Message = whoCancelled(c)
	r.note(t.Clock.Now(), "Cancel", r.Message)
	r.CalledOff = true
	if touched {
		r.Decision = ToRollBack
		return true
	}
	r.end(flink.FailedClean, flink.Cancelled, r.Message+". Nothing was touched")
	return true
}
