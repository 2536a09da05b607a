package task

import (
	"context"
	"encoding/json"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Settle writes the record, then outcome, outbox and the lease's next holder
// in one compare-and-swap, and then sends what the outbox holds. Dying between
// any two of these leaves something that is finished by running it again.
func (t Tasks) Settle(ctx context.Context, r Release) (Release, error) {
	r.concludeError()
	record := r.record(t.Clock.Now())
	if err := t.Ledger.WriteRecord(ctx, record); err != nil {
		return r, err
	}
	if r.Application == ledger.NoApplication {
		return r, t.Sender.Send(ctx, r.Application, t.endedMessage(record))
	}
	d, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error { return t.settle(&r, record, d) })
	if err != nil {
		return r, err
	}
	return r, t.send(ctx, r.Application, d.Outbox)
}

// concludeError gives a release that the machine caught an error of its outcome.
func (r *Release) concludeError() {
	if r.Error == nil {
		return
	}
	what := r.FailedIn + " failed: " + r.Error.Error + " " + r.Error.Cause
	if r.Message != "" {
		what = r.Message + "; then " + what
	}
	switch r.FailedIn {
	case "Prepare", "TakeSavepoint":
		r.end(flink.FailedClean, flink.Broken, what+". Nothing was touched: upload again when that is mended")
	default:
		r.end(flink.FailedDirty, flink.StepFailed, what+". The job was touched: look at it, then run sluice resume "+r.Application.String())
	}
}

// settle changes the document. A release that never had the lease (it was
// rejected) leaves the lease alone; one that was settled before changes nothing.
func (t Tasks) settle(r *Release, record ledger.Record, d *ledger.Document) error {
	r.remember(d)
	if r.Fence == 0 {
		if r.Application != ledger.NoApplication {
			d.Post(t.endedMessage(record))
		}
		return nil
	}
	if d.LastRelease == r.ID {
		return nil
	}
	if err := d.Renew(r.ID, r.Fence, t.Clock.Now(), leaseTerm); err != nil {
		return err
	}
	d.LastRelease = r.ID
	d.Post(t.endedMessage(record))
	if r.Reason == flink.FirstVersionFailed {
		d.Current = ""
	}
	if r.Reason == flink.Released || r.Reason == flink.RolledBack || r.Reason == flink.FirstVersionFailed {
		d.Down = nil // a version was verified, or there is none on purpose
	}
	if r.Outcome == flink.FailedDirty {
		d.Circuit = &ledger.Circuit{Release: r.ID, Since: t.Clock.Now(), Message: r.Message}
	}
	d.Lease = nil
	if d.Pending != nil {
		d.HandOver(d.Pending.ID, t.Clock.Now(), leaseTerm)
		d.Post(ledger.Message{Name: d.Pending.ID, Kind: ledger.StartRelease, Payload: d.Pending.Event})
		d.Pending = nil
	}
	return nil
}

// endedMessage is the event that tells of a release's end.
func (t Tasks) endedMessage(r ledger.Record) ledger.Message {
	detail, _ := json.Marshal(events.ReleaseEndedDetail{ // strings only: cannot fail
		Namespace: r.Application.Namespace, Application: r.Application.Name, Release: r.ID, Revision: r.Revision,
		Outcome: string(r.Outcome), Reason: string(r.Reason), Message: r.Message,
		Record: "s3://" + t.Config.PinBucket + "/" + ledger.RecordKey(r.Application, r.ID)})
	return ledger.Message{Name: "ended-" + r.ID, Kind: ledger.ReleaseEnded, Payload: detail}
}

// send sends what the outbox holds and takes out what was sent.
func (t Tasks) send(ctx context.Context, app flink.Application, outbox []ledger.Message) error {
	for _, m := range outbox {
		if err := t.Sender.Send(ctx, app, m); err != nil {
			return err
		}
		if _, err := ledger.Update(ctx, t.Ledger, app, func(d *ledger.Document) error { d.Sent(m.Name); return nil }); err != nil {
			return err
		}
	}
	return nil
}
