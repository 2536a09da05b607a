package task

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Settle writes the record, then outcome, outbox and the lease's next holder
// in one compare-and-swap, and then sends what the outbox holds. Dying between
// any two of these leaves something that is finished by running it again.
func (t Tasks) Settle(ctx context.Context, r Release) (Release, error) {
	t.identify(&r)
	r.concludeError()
	before, done, err := t.settledBefore(ctx, &r)
	if err != nil || done {
		return r, err
	}
	r.sayTooLate(before)
	r.sayLeftBehind(before)
	record, err := t.keepRecord(ctx, &r, before)
	if err != nil {
		return r, err
	}
	switch {
	case record.Execution != r.Execution && before.HasSeen(r.Artifact.Event):
		r.end(flink.Ignored, flink.Duplicate, "another delivery of this event has ended: its release is "+r.ID)
		return r, nil // that one tells of it
	case r.Change.DryRun:
		return r, nil // the record is all there is of it
	case r.Application == ledger.NoApplication:
		return r, t.Sender.Send(ctx, r.Application, t.endedMessage(record))
	}
	d, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if r.sayTooLate(*d) { // called off since the record was written
			record = r.record(record.Ended)
			if err := t.Ledger.WriteRecord(ctx, record); err != nil {
				return err
			}
		}
		t.settle(&r, record, d)
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, errors.Join(t.send(ctx, r.Application, d.Outbox), t.letGo(ctx, r, d))
}

// identify names a release whose Admit failed: by its event alone.
func (t Tasks) identify(r *Release) {
	if r.ID != "" {
		return
	}
	f := admission{bucket: t.Config.ArtifactBucket}
	r.Application, r.Event = ledger.NoApplication, keptEvent(r.Event)
	if event, err := events.Parse(r.Event); err == nil {
		if err := f.read(event); f.known && err == nil {
			r.Application, r.Artifact, r.Change = f.artifact.Application, f.ref, f.change
		}
	}
	r.ID = f.release
	if r.ID == "" {
		r.ID = r.Started.UTC().Format(releaseTime) + "-" + baseName(r.Execution)
	}
}

// sayTooLate tells whoever called a release off that it had gone too far for
// that, once; and whether it told.
func (r *Release) sayTooLate(d ledger.Document) bool {
	c := r.cancelAsked(&d)
	if c == nil || r.Fence == 0 || r.CalledOff || r.Outcome != flink.Succeeded {
		return false
	}
	r.CalledOff = true
	r.Message = cameTooLate(r.Message, c)
	return true
}

// cameTooLate adds to what is said of a release that somebody had called it off.
func cameTooLate(message string, c *ledger.CancelRequest) string {
	late := orSomebody(c.By) + " called it off, which came too late"
	if strings.Contains(message, late) {
		return message
	}
	return flink.Foreign(message+"; "+late, flink.MaxSentence)
}

// sayLeftBehind: a release that was to undo what a dead one left, and could not,
// needs somebody. Nobody would look otherwise.
func (r *Release) sayLeftBehind(d ledger.Document) {
	left := d.Down != nil || d.Applied != "" && d.Applied != d.Current
	if r.Fence == 0 || r.Change.By != RecoveredBy || !r.Change.Automatic || r.Outcome != flink.FailedClean || !left || len(r.Rollback) > 0 {
		return
	}
	r.end(flink.FailedDirty, r.Reason, r.Message+". It was to undo what a release that died had left, and that is as it was: look at the job, then run sluice resume "+r.Application.String())
}

// keepRecord writes the release's record and returns what stands. Who holds
// neither lease nor place may be one of several deliveries of the event: then the
// first one's outcome stands, and is this one's, too.
func (t Tasks) keepRecord(ctx context.Context, r *Release, d ledger.Document) (ledger.Record, error) {
	record := r.record(t.Clock.Now())
	if r.Fence != 0 || r.holds(&d) || r.waits(&d) {
		return record, t.Ledger.WriteRecord(ctx, record)
	}
	written, err := t.Ledger.WriteRecordIfAbsent(ctx, record)
	if err != nil || written {
		return record, err
	}
	stands, err := t.Ledger.Record(ctx, r.Application, r.ID)
	r.Outcome, r.Reason, r.Message = stands.Outcome, stands.Reason, stands.Message
	return stands, err
}

// settledBefore tells whether there is nothing to settle: another execution has
// the release in its hands, or it was settled, its lease has gone on to another
// since, or it was overtaken while it waited, and its record stands as it is.
// The document is as it was before, and empty where it was not needed.
func (t Tasks) settledBefore(ctx context.Context, r *Release) (d ledger.Document, done bool, err error) {
	if r.Change.DryRun { // the ledger does not know it: only its record tells that another delivery was planned
		done, err = t.hasRecord(ctx, r)
		return d, done, err
	}
	if r.Application == ledger.NoApplication {
		return d, false, nil
	}
	d, _, err = t.Ledger.Document(ctx, r.Application)
	switch {
	case err != nil && r.Fence == 0 && r.Wait == nil:
		return ledger.Document{}, false, nil // what became of the event is recorded even where the document is damaged
	case err != nil, r.holds(&d), r.waits(&d):
		return d, false, err
	case d.GoesOn(r.ID):
		r.end(flink.Ignored, flink.Duplicate, "another delivery of this event goes on: its release is "+r.ID)
		return d, true, nil
	case r.Fence == 0 && r.Wait == nil:
		return d, false, nil
	}
	if done, err = t.hasRecord(ctx, r); err != nil || !done {
		return d, false, err
	}
	return d, true, errors.Join(t.send(ctx, r.Application, d.Outbox), t.letGo(ctx, *r, d))
}

// hasRecord tells whether there is a record of the release, and takes its outcome from it.
func (t Tasks) hasRecord(ctx context.Context, r *Release) (bool, error) {
	record, err := t.Ledger.Record(ctx, r.Application, r.ID)
	if err != nil {
		return false, unless(flink.NotFound, err)
	}
	r.Outcome, r.Reason, r.Message = record.Outcome, record.Reason, record.Message
	return true, nil
}

// concludeError gives a release that the machine caught an error of its outcome.
func (r *Release) concludeError() {
	if r.Error == nil && r.Outcome == "" {
		r.end(flink.FailedDirty, flink.StepFailed, "the machine came to its end without an outcome, which is a fault of Sluice's: look at the job, then run sluice resume "+r.Application.String())
	}
	if r.Error == nil {
		return
	}
	what := r.FailedIn + " failed: " + r.Error.Error + " " + r.Error.Cause
	if r.Message != "" {
		what = r.Message + "; then " + what
	}
	switch {
	case r.Error.Error == ErrorName(flink.LeaseLost):
		r.end(flink.FailedDirty, flink.Superseded, what+". Another release holds the application since, and this one touched nothing more: that one's record says how the application does")
	case r.FailedIn == "Admit", r.FailedIn == "Prepare", r.FailedIn == "TakeSavepoint", r.FailedIn == "AwaitApproval":
		r.end(flink.FailedClean, flink.Broken, what+". Nothing was touched: upload again when that is mended")
	default:
		r.end(flink.FailedDirty, flink.StepFailed, what+". The job was touched: look at it, then run sluice resume "+r.Application.String())
	}
}

// settle changes the document. Who has no lease, because it was rejected or
// lost it, leaves everything but the outbox and its own waiting place alone.
func (t Tasks) settle(r *Release, record ledger.Record, d *ledger.Document) {
	r.remember(d)
	d.Post(t.endedMessage(record))
	if r.waits(d) {
		d.Parked = nil
	}
	if !r.holds(d) {
		return
	}
	r.conclude(d, t.Clock.Now())
	if r.Outcome == flink.FailedDirty && !d.Incident.Awaits(r.ID) {
		d.Circuit = &ledger.Circuit{Release: r.ID, Since: t.Clock.Now(), Message: r.Message}
	}
	d.LastRelease = r.ID
	d.Release(t.Clock.Now(), leaseTerm)
}

// conclude writes down what runs now, by how the release ended.
func (r *Release) conclude(d *ledger.Document, now time.Time) {
	switch {
	case r.Reason == flink.Stopped:
		d.Suspended, d.Down = d.Down, nil
		if r.Stopped == nil { // without a state that has a path, as was asked for: another stop's is not its own
			d.Suspended = &ledger.Down{Release: r.ID}
		}
		d.Current = r.Previous
	case r.Reason == flink.Removed:
		d.Deleted = r.tombstone(d, now)
		d.Current, d.Applied, d.Down, d.Suspended = "", "", nil, nil
	case r.undoneBy(flink.BringBack):
		d.Current, d.Applied, d.Down, d.Suspended = r.Previous, "", nil, nil // seen running again
	case r.undoneBy(flink.Rest):
		r.restsAgain(d, now)
	case r.undoneBy(flink.TakeAway):
		d.Current, d.Applied, d.Down = "", "", nil
	case r.Plan != nil && r.Plan.Adopt && r.Outcome != flink.Succeeded:
		d.Applied = "" // it is not ours
	}
}

// restsAgain writes down that nothing runs, and with which state the job is suspended again.
func (r *Release) restsAgain(d *ledger.Document, now time.Time) {
	d.Current, d.Applied, d.Down = r.Previous, "", nil
	if r.Phase == "" || r.Before.Suspended == nil {
		return // nobody has written the resource, or there is no state to go on from
	}
	s := *r.Before.Suspended
	if path := r.Rollback[len(r.Rollback)-1].Restore.Path; path != "" && !flink.SamePath(path, s.Path) {
		s = flink.Snapshot{Path: path, Revision: r.Revision, Taken: now, Kind: flink.CheckpointSnapshot}
		d.AddSnapshot(s)
	}
	d.Suspended = &ledger.Down{Release: r.ID, Snapshot: s}
	if r.Standstill != nil {
		d.Suspended.Generation = r.Standstill.Generation
	}
}

// undoneBy tells whether the release was undone, cleanly, and how.
func (r *Release) undoneBy(a flink.RollbackAction) bool {
	n := len(r.Rollback)
	return n > 0 && r.Outcome == flink.FailedClean && r.Rollback[n-1].Action == a
}

func (r *Release) tombstone(d *ledger.Document, now time.Time) *ledger.Tombstone {
	return &ledger.Tombstone{Release: r.ID, At: now, By: r.Change.By, Revision: r.Previous, Snapshot: r.finalState(d)}
}

// finalState is the state that a deleted application ended with.
func (r *Release) finalState(d *ledger.Document) *flink.Snapshot {
	switch {
	case r.Stopped != nil:
		return r.Stopped
	case r.Plan != nil && r.Plan.Restore.Kind == flink.RestoreSnapshot: // there was a resource, and this is what it held
		if r.Plan.Restore.Path == "" {
			return nil
		}
		return &flink.Snapshot{Path: r.Plan.Restore.Path, Revision: r.Previous, Kind: flink.StopSnapshot}
	case d.Suspended != nil && d.Suspended.Snapshot.Path != "":
		return &d.Suspended.Snapshot
	case d.Down != nil:
		return &d.Down.Snapshot
	}
	return nil
}

// holds tells whether the lease is this release's, taken or handed over.
func (r *Release) holds(d *ledger.Document) bool {
	if r.Fence == 0 {
		return d.Lease.Of(r.Execution, r.ID)
	}
	return d.Lease != nil && d.Lease.Release == r.ID && d.Lease.Fence == r.Fence
}

// waits tells whether the change is parked, and by this execution.
func (r *Release) waits(d *ledger.Document) bool {
	return d.IsParked(r.ID) && d.Parked.Holder == r.Execution
}

// endedMessage is the event that tells of a release's end.
func (t Tasks) endedMessage(r ledger.Record) ledger.Message {
	detail, _ := json.Marshal(events.ReleaseEndedDetail{ // strings only: cannot fail
		Namespace: r.Application.Namespace, Application: r.Application.Name, Release: r.ID, Revision: r.Revision,
		Outcome: string(r.Outcome), Reason: string(r.Reason), Message: r.Message,
		Record: "s3://" + t.Config.PinBucket + "/" + ledger.RecordKey(r.Application, r.ID)})
	return ledger.Message{Name: "ended-" + r.ID, Kind: ledger.ReleaseEnded, Payload: detail}
}

// approvalAsked is the event that tells of a release that waits for an answer.
func approvalAsked(r Release, p *ledger.Parked) ledger.Message {
	detail, _ := json.Marshal(events.ApprovalAskedDetail{ // strings only: cannot fail
		Namespace: r.Application.Namespace, Application: r.Application.Name, Release: r.ID,
		Revision: p.Revision, Plan: p.Plan, Expires: p.Until.UTC().Format(time.RFC3339)})
	return ledger.Message{Name: "approval-" + r.ID, Kind: ledger.ApprovalAsk, Payload: detail}
}

// send sends what the outbox holds and takes out what was sent. One message that
// cannot be sent holds up no other. Calls are Escalate's and recovery's to send,
// other machines recovery's to start: their kinds are in also. To anybody else
// they are no fault, and stay.
func (t Tasks) send(ctx context.Context, app flink.Application, outbox []ledger.Message, also ...ledger.MessageKind) error {
	var faults []error
	for _, m := range outbox {
		if (m.Kind == ledger.Escalation || m.Kind == ledger.StartMachine) && !slices.Contains(also, m.Kind) {
			continue
		}
		err := t.Sender.Send(ctx, app, m)
		if err == nil {
			_, err = ledger.Update(ctx, t.Ledger, app, func(d *ledger.Document) error { d.Sent(m.Name); return nil })
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}
