package task

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// errMovedOn: what was decided about is not there any more. Somebody was alive
// after all, or has been faster.
var errMovedOn = errors.New("moved on")

// remedy carries one decision out. Each is one compare-and-swap that holds only
// while the document is as it was decided about, and messages under names of
// their own: repeated, or beside a holder that is alive after all, it changes
// nothing. A record is written before, as Settle does it.
func (t Tasks) remedy(ctx context.Context, f remains, m remedy) error {
	app := f.document.Application
	var change func(*ledger.Document) error
	switch m.action {
	case SendOutbox:
		return t.sendAll(ctx, app, f.document.Outbox)
	case Reopen:
		return t.reopen(ctx, f)
	case HandOn:
		change = t.handOn
	case StartAgain:
		change = t.startAgain(f)
	case Rejoin:
		change = f.rejoin
	case GiveUp:
		if err := t.recordParked(ctx, f, m); err != nil {
			return err
		}
		change = func(d *ledger.Document) error { d.Parked = nil; return nil }
	default:
		c, err := t.endDead(ctx, f, m)
		if errors.Is(err, errMovedOn) {
			return nil
		}
		if err != nil {
			return err
		}
		change = c
	}
	d, err := ledger.Update(ctx, t.Ledger, app, func(d *ledger.Document) error {
		if !f.stillSo(d) {
			return errMovedOn
		}
		return change(d)
	})
	if errors.Is(err, errMovedOn) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.sendAll(ctx, app, d.Outbox)
}

// sendAll sends what the outbox holds, of every kind.
func (t Tasks) sendAll(ctx context.Context, app flink.Application, outbox []ledger.Message) error {
	return t.send(ctx, app, outbox, ledger.Escalation, ledger.StartMachine)
}

// stillSo tells whether nobody has done anything since the document was read:
// holders and those who wait are the same, no lease was renewed, and nobody has
// called the release off meanwhile, which its record has to tell.
func (f remains) stillSo(d *ledger.Document) bool {
	a, b := f.document.Lease, d.Lease
	lease := a == nil && b == nil || a != nil && b != nil && a.Release == b.Release && a.Fence == b.Fence && a.Holder == b.Holder && a.Expires.Equal(b.Expires) && (a.Cancel == nil) == (b.Cancel == nil)
	p, q := f.document.Parked, d.Parked
	return lease && (p == nil && q == nil || p != nil && q != nil && p.ID == q.ID && p.Holder == q.Holder)
}

// handOn gives the lease that nobody holds to the change that waits.
func (t Tasks) handOn(d *ledger.Document) error {
	d.Release(t.Clock.Now(), leaseTerm)
	return nil
}

// startAgain starts the change that was handed the lease under a fresh name.
// Since when it is tried stays: see neverTakenUp.
func (t Tasks) startAgain(f remains) func(*ledger.Document) error {
	return func(d *ledger.Document) error {
		l := *d.Lease
		d.HandTo(ledger.Change{ID: l.Release, Event: f.died.input, Approval: l.Approval}, t.Clock.Now(), leaseTerm)
		d.Lease.Taken, d.Lease.Cancel = l.Taken, l.Cancel
		return nil
	}
}

// rejoin gives the parked change an execution that waits in the dead one's
// place. It is known by its name beforehand: Admit lets nobody else take up what
// is parked.
func (f remains) rejoin(d *ledger.Document) error {
	p := d.Parked
	name := fmt.Sprintf("%s-again-%d", p.ID, timesJoined(p.Holder)+1)
	p.Holder, p.Token = p.Holder[:lastColon(p.Holder)+1]+name, ""
	d.Post(ledger.Message{Name: name, Kind: ledger.StartRelease, Payload: p.Event})
	return nil
}

// lastColon is where an execution's name begins in its ARN, less one.
func lastColon(arn string) int { return strings.LastIndexByte(arn, ':') }

// endDead writes the record of the release that died, unless it has one of its
// own, and says what changes in the ledger.
func (t Tasks) endDead(ctx context.Context, f remains, m remedy) (func(*ledger.Document) error, error) {
	l, now := f.document.Lease, t.Clock.Now()
	if l.For == ledger.ForRotation {
		return func(d *ledger.Document) error {
			defer d.Release(now, leaseTerm)
			return t.endRotation(ctx, d, "its execution ended before it did")
		}, nil
	}
	var undo ledger.Change
	if m.action == Undo {
		undo = t.undoing(f, m)
		m.message += "; release " + undo.ID + " " + undoes[m.change] + ", and that one's record says how the application does"
	}
	if err := t.stillDead(ctx, f); err != nil {
		return nil, err
	}
	record, err := t.keepRecordOfDead(ctx, f.recordOfDead(m, now))
	if err == nil {
		record, err = t.saidTooLate(ctx, record, l.Cancel)
	}
	if err != nil {
		return nil, err
	}
	return func(d *ledger.Document) error {
		d.Post(t.endedMessage(record))
		f.tidy(m, d, now)
		d.LastRelease = l.Release
		if m.action == Undo {
			d.HandTo(undo, now, leaseTerm)
			return nil
		}
		d.Release(now, leaseTerm)
		return nil
	}, nil
}

// stillDead asks whether what was decided about is as it was when the cluster was
// looked at. Another recovery may have ended the release since it was read, and what
// was seen then be the work of the next: nothing is recorded of that.
func (t Tasks) stillDead(ctx context.Context, f remains) error {
	d, _, err := t.Ledger.Document(ctx, f.document.Application)
	if err == nil && !f.stillSo(&d) {
		return errMovedOn
	}
	return err
}

// keepRecordOfDead writes a record that is supposed, and returns what stands: what
// the release itself has written, should it have come as far as that.
func (t Tasks) keepRecordOfDead(ctx context.Context, r ledger.Record) (ledger.Record, error) {
	r.ToldBy = RecoveredBy
	written, err := t.Ledger.WriteRecordIfAbsent(ctx, r)
	if err != nil || written {
		return r, err
	}
	return t.Ledger.Record(ctx, r.Application, r.ID)
}

// saidTooLate is a record that says so where somebody had called its release off,
// and it came to its end all the same: its own, too, which may be older than that.
func (t Tasks) saidTooLate(ctx context.Context, r ledger.Record, c *ledger.CancelRequest) (ledger.Record, error) {
	if c == nil || r.Outcome != flink.Succeeded {
		return r, nil
	}
	said := cameTooLate(r.Message, c)
	if said == r.Message {
		return r, nil
	}
	r.Message = said
	return r, t.Ledger.WriteRecord(ctx, r)
}

// tidy writes down what runs, by what was seen.
func (f remains) tidy(m remedy, d *ledger.Document, now time.Time) {
	switch {
	case m.action == Report:
		d.Circuit = &ledger.Circuit{Release: d.Lease.Release, Since: now, Message: m.message}
	case m.action == GiveBack && f.seen == nil, m.action == GiveBack && f.firstIsGone(*f.seen):
	case m.action == GiveBack && (f.died.change.Kind == flink.Adopt || f.seen.Spec.Revision != d.Applied):
		d.Applied = "" // the cluster never heard of it, or it is not ours
	case m.action != Conclude:
	case m.reason == flink.Removed:
		d.Current, d.Applied, d.Down, d.Suspended = "", "", nil, nil
	case m.reason == flink.Stopped:
		d.Down = nil
	case m.outcome == flink.FailedClean: // what ran before was seen to run
		d.Applied, d.Down, d.Suspended = "", nil, nil
	}
}

// recordOfDead is the record that the release did not live to write.
func (f remains) recordOfDead(m remedy, now time.Time) ledger.Record {
	l := f.document.Lease
	r := Release{ID: l.Release, Execution: l.Holder, Fence: l.Fence, Started: l.Taken, Application: f.document.Application, Change: f.died.change, Artifact: f.died.ref,
		Event: keptEvent(f.died.input), Approval: l.Approval, Revision: f.document.Applied, Previous: f.document.Current}
	if h := f.document.History; f.promoted() { // then nothing is to be verified any more
		r.Revision, r.Previous = f.document.Current, ""
		if len(h) > 1 {
			r.Previous = h[len(h)-2].Revision
		}
	}
	r.end(m.outcome, m.reason, m.message)
	r.sayTooLate(f.document)
	r.note(now, "Sweep", m.message)
	if d := f.document.Down; d != nil && d.Release == l.Release {
		r.Stopped = &d.Snapshot
	}
	return r.record(now)
}

func (t Tasks) recordParked(ctx context.Context, f remains, m remedy) error {
	record := overtakenRecord(&Release{Application: f.document.Application, Artifact: ArtifactRef{Bucket: t.Config.ArtifactBucket}}, f.document.Parked.Change, t.Clock.Now())
	record.Reason, record.Message = flink.Died, m.message
	_, err := t.keepRecordOfDead(ctx, record)
	return err
}

// RecoveredBy is who asks for a change that undoes what a dead release left.
const RecoveredBy = "recovery"

// undoes says what the change does about what the dead release left.
var undoes = map[flink.ChangeKind]string{flink.Rollback: "brings back what ran before", flink.Restart: "restarts it with its state and watches it"}

// undoing is the change that brings back what ran before: a request like any
// other, which nobody else could have sent in this moment.
func (t Tasks) undoing(f remains, m remedy) ledger.Change {
	app, dead := f.document.Application, f.document.Lease.Release
	event, a, _ := t.ask(events.ChangeRequestedDetail{Request: undoRequest(f.died.depth+1, dead), Namespace: app.Namespace, Application: app.Name, // ours: it can be read
		Change: string(m.change), By: RecoveredBy, Why: "release " + dead + " died half-way", Automatic: true, Revision: m.to})
	return ledger.Change{ID: a.release, Change: a.change, Event: event, Since: t.Clock.Now()}
}
