package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// park has a change wait without a lease; one that was handed it gives it back.
// Of two that would wait the newer one does, but a manifest never takes a jar's
// place: the jar is planned anew with it.
func (t Tasks) park(ctx context.Context, r *Release, approval *ledger.Approval) error {
	d, err := t.amend(ctx, r, func(d *ledger.Document) error {
		own := r.waits(d)
		if (d.HasSeen(r.Artifact.Event) || d.IsParked(r.ID)) && !own && !r.holds(d) {
			return errSeenSince
		}
		if p := d.Parked; p != nil && !own {
			if goesWith(r.Artifact.Kind, p.Change) {
				return t.goAlong(ctx, r, d)
			}
			older := p.Change
			d.Unpark()
			if err := t.overtake(ctx, r, older); err != nil {
				return err
			}
		}
		if c := r.cancelAsked(d); c != nil { // between being handed the lease and this: the wish would be given back with it
			r.end(flink.FailedClean, flink.Cancelled, whoCancelled(c)+". Nothing was touched")
			return nil
		}
		r.remember(d)
		if !own {
			d.Parked = &ledger.Parked{Change: r.asChange(t, approval), Holder: r.Execution}
		}
		d.Parked.Why, d.Parked.Until, d.Parked.Approval = r.Wait.For, r.Wait.Until, approval
		if r.holds(d) {
			d.Release(t.Clock.Now(), leaseTerm)
		}
		return nil
	})
	if err != nil {
		return r.orSeenSince(err)
	}
	return t.send(ctx, r.Application, d.Outbox) // whoever sleeps or was handed the lease may have to wait long for the next who sends
}

// goAlong: the jar that waits goes out with this manifest. Its plan and an
// approval of it are void, and whoever was asked is asked again. The manifest's own
// record is there before the ledger says that it was seen: another call of Admit
// finds nothing more to do.
func (t Tasks) goAlong(ctx context.Context, r *Release, d *ledger.Document) error {
	r.Decision, r.Outcome, r.Reason, r.Wait = ToSettle, flink.Ignored, flink.GoesAlong, nil // Settle wakes who waits
	r.Message = "it goes out with " + d.Parked.Key + ", which waits"
	r.remember(d)
	d.Replan()
	_, err := t.Ledger.WriteRecordIfAbsent(ctx, r.record(t.Clock.Now()))
	return err
}

// AwaitInput is what the machine hands to AwaitApproval.
type AwaitInput struct {
	Release Release `json:"release"`
	Token   string  `json:"token"`
}

// AwaitApproval asks: it writes down the plan, what would run, and the token
// that wakes the execution, which then sleeps. Whoever answers writes the answer
// into the ledger and wakes it; Admit reads it there, whatever woke it.
func (t Tasks) AwaitApproval(ctx context.Context, in AwaitInput) (Release, error) {
	r := in.Release
	d, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		switch {
		case !r.waits(d):
			return flink.Errorf(flink.Refused, "wait for approval", "the change does not wait any more")
		case d.Parked.Answer != nil:
			return flink.Errorf(flink.Refused, "wait for approval", "somebody has answered already")
		}
		d.Parked.Token = in.Token
		if r.Plan != nil {
			d.Parked.Revision, d.Parked.Plan = r.Revision, r.Plan.Message
		}
		d.Post(approvalAsked(r, d.Parked))
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, t.send(ctx, r.Application, d.Outbox)
}
