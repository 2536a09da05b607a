package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// releaseTime begins a release's id, so that ids sort by time.
const releaseTime = "20060102T150405Z"

// identify names the artifact, the event and the release that the event would
// start. The names follow from the event alone, so that its duplicates agree.
func (f *admission) identify(e events.Event, d events.ObjectCreatedDetail) {
	o := d.Object
	f.etag = o.ETag
	f.artifact, f.outside = flink.ParseKey(o.Key)
	if f.outside != nil {
		f.artifact.Application = ledger.NoApplication
	} else {
		f.change.Kind = flink.Upgrade
	}
	f.ref = ArtifactRef{Bucket: d.Bucket.Name, Key: o.Key, Version: o.VersionID, Kind: f.artifact.Kind, File: f.artifact.File}
	which := o.VersionID
	if which == "" {
		which = o.ETag + "+" + o.Sequencer
	}
	sum := sha256.Sum256([]byte(d.Bucket.Name + "\x00" + o.Key + "\x00" + which))
	f.ref.Event = hex.EncodeToString(sum[:])[:16]
	f.release = e.Time.UTC().Format(releaseTime) + "-" + f.ref.Event[:8]
}

// actAdmission carries a decision out: takes the lease, queues, parks, or
// records why there is nothing to do. Repeated, it has the same effect.
func (t Tasks) actAdmission(ctx context.Context, in AdmitInput, f admission, r Release) (Release, error) {
	r.ID, r.Execution, r.Started, r.Change = f.release, in.Execution, f.now, f.change
	r.Application, r.Artifact, r.Event = f.artifact.Application, f.ref, keptEvent(in.Event)
	r.note(f.now, "Admit", r.Message)
	if r.Decision == Ignore && (f.mine() || f.parked() != nil) { // it held something while it waited: Settle gives it back
		r.Decision, r.Outcome = ToSettle, flink.Ignored
	}
	switch r.Decision {
	case ToSettle:
		return r, t.cancel(ctx, &r) // else a rejection: Settle records and tells it
	case Queue:
		return r, t.queue(ctx, &r, f.approval())
	case ToAwaitApproval, ToAwaitWindow:
		return r, t.park(ctx, &r, f.approval())
	case ToPrepare:
		return r, t.admit(ctx, &r, f.approval())
	}
	return r, t.passOver(ctx, &r)
}

// admit begins: with the lease, or without one where nothing is to be changed yet.
func (t Tasks) admit(ctx context.Context, r *Release, approval *ledger.Approval) error {
	if r.Wait != nil {
		return t.park(ctx, r, nil)
	}
	r.Message = "" // it is about how the release ends
	if r.Change.DryRun {
		return nil
	}
	return t.start(ctx, r, approval)
}

// errSeenSince: a duplicate of the event was admitted after this one had been looked at.
var errSeenSince = errors.New("seen since")

// seenSince makes the release one of an event that turned out to be a duplicate.
func (r *Release) seenSince() {
	r.Decision, r.Reason, r.Message = Ignore, flink.Duplicate, "this event was admitted in this moment: its release is "+r.ID
}

// orSeenSince passes an error on, unless it says that the event is a duplicate.
func (r *Release) orSeenSince(err error) error {
	if errors.Is(err, errSeenSince) {
		r.seenSince()
		return nil
	}
	return err
}

// start takes the lease. Losing the race for it is a Conflict: the machine
// retries, and Admit then finds the winner and queues.
func (t Tasks) start(ctx context.Context, r *Release, approval *ledger.Approval) error {
	_, err := t.amend(ctx, r, func(d *ledger.Document) error {
		heir, parked := r.holds(d), r.waits(d)
		if (d.HasSeen(r.Artifact.Event) || d.IsParked(r.ID)) && !heir && !parked {
			return errSeenSince
		}
		if p := d.Parked; p != nil && !parked && goesWith(r.Artifact.Kind, p.Change) { // whatever the manifest says of waiting by now
			return t.goAlong(ctx, r, d)
		}
		if err := t.takeOver(ctx, r, d); err != nil {
			return err
		}
		fence, err := d.Take(r.Execution, r.ID, t.Clock.Now(), leaseTerm)
		if err != nil {
			return err
		}
		r.Fence, r.Approval = fence, approval
		d.Lease.Approval = approval // should this call be repeated
		r.remember(d)
		if parked {
			d.Parked = nil
		} else if err := t.overtakeParked(ctx, r, d); err != nil {
			return err
		}
		if heir { // what waits came after it
			return nil
		}
		stranded := d.Pending // who held the lease died before it could hand over
		d.Pending = nil
		if stranded != nil && stranded.ID != r.ID {
			return t.overtake(ctx, r, *stranded)
		}
		return nil
	})
	return r.orSeenSince(err)
}

// takeOver records the release whose lease has run out: its execution is dead,
// or never began, and nobody else would tell what became of its event. Should it
// come to life after all, it finds its record and touches nothing.
func (t Tasks) takeOver(ctx context.Context, r *Release, d *ledger.Document) error {
	dead, now := d.Lease, t.Clock.Now()
	if dead == nil || dead.Release == r.ID || d.Held(now) {
		return nil
	}
	if dead.For == ledger.ForRotation {
		return t.takeOverRotation(ctx, r, d)
	}
	record := ledger.Record{ID: dead.Release, ToldBy: r.ID, Application: r.Application, Execution: dead.Holder, Started: dead.Taken, Ended: now,
		Outcome: flink.FailedDirty, Reason: flink.Superseded, Message: "nothing was heard of it any more, and release " + r.ID + " went on from what it left: look at its execution, and whether what it was asked to do is still wanted"}
	if dead.Writes != "" {
		record.Message += ". It was about to write " + dead.Writes + " to the cluster, which may have run since"
	}
	if dead.Holder == "" {
		record.Outcome, record.Reason, record.Message = flink.FailedClean, flink.Overtaken, "it waited for its turn, and when that had come nobody started it: release "+r.ID+" took its place. Nothing was touched: ask for it again"
	}
	written, err := t.Ledger.WriteRecordIfAbsent(ctx, record)
	if err == nil && !written { // it died after it had written its own, and did not live to tell of it
		record, err = t.Ledger.Record(ctx, r.Application, dead.Release)
	}
	d.Post(t.endedMessage(record))
	return err
}

// takeOverRotation: a dead rotation has left nothing that anybody has to look at.
// Snapshots that it was about to remove are marked, and go the next time.
func (t Tasks) takeOverRotation(ctx context.Context, r *Release, d *ledger.Document) error {
	return t.endRotation(ctx, d, "nothing was heard of it any more, and release "+r.ID+" went on")
}

// endRotation records the rotation that holds the lease and has died.
func (t Tasks) endRotation(ctx context.Context, d *ledger.Document, why string) error {
	dead, now := d.Lease, t.Clock.Now()
	if d.Rotated == nil || d.Rotated.ID < dead.Release {
		d.Rotated = &ledger.Rotated{ID: dead.Release, At: now, Skipped: why}
	}
	_, err := ledger.Rotation(ctx, t.Objects, d.Application, dead.Release)
	if err == nil || flink.CodeOf(err) != flink.NotFound {
		return err // it has come to its end, all but for the lease
	}
	return ledger.WriteRotation(ctx, t.Objects, ledger.RotationRecord{ID: dead.Release, Application: d.Application, Execution: dead.Holder, Started: dead.Taken, Ended: now, Failed: why})
}

// overtake records a change that a newer one takes the place of. It is written
// before the ledger is: should the ledger's write be lost, the change goes on,
// and its own record takes this one's place.
func (t Tasks) overtake(ctx context.Context, r *Release, c ledger.Change) error {
	_, err := t.Ledger.WriteRecordIfAbsent(ctx, overtakenRecord(r, c, t.Clock.Now()))
	return err
}

func overtakenRecord(r *Release, c ledger.Change, now time.Time) ledger.Record {
	record := ledger.Record{ID: c.ID, ToldBy: r.ID, Application: r.Application, Change: &c.Change, Event: c.Event, Started: c.Since, Ended: now,
		Outcome: flink.FailedClean, Reason: flink.Overtaken, Message: "a newer change (" + r.ID + ") took its place while it waited"}
	if c.Key != "" {
		record.Jar, record.Trigger = baseName(c.Key), "s3://"+r.Artifact.Bucket+"/"+c.Key
	}
	return record
}

// overtakeParked: an upload goes ahead of an older one that is still parked.
func (t Tasks) overtakeParked(ctx context.Context, r *Release, d *ledger.Document) error {
	if d.Parked == nil || r.Change.Kind != flink.Upgrade {
		return nil
	}
	older := d.Parked.Change
	d.Unpark()
	return t.overtake(ctx, r, older)
}

// remember marks the event as seen and its artifact as the newest.
func (r *Release) remember(d *ledger.Document) {
	if !d.HasSeen(r.Artifact.Event) {
		d.See(r.Artifact.Event)
	}
	newest, known := d.Newest[r.Artifact.Kind]
	if r.Artifact.Kind == "" || known && r.Artifact.Modified.Before(newest.Modified) {
		return
	}
	if d.Newest == nil {
		d.Newest = map[flink.ArtifactKind]ledger.Admitted{}
	}
	d.Newest[r.Artifact.Kind] = ledger.Admitted{Key: r.Artifact.Key, Version: r.Artifact.Version, Modified: r.Artifact.Modified}
}

// asChange is the release as a change that waits.
func (r *Release) asChange(t Tasks, approval *ledger.Approval) ledger.Change {
	return ledger.Change{ID: r.ID, Change: r.Change, Kind: r.Artifact.Kind, Key: r.Artifact.Key, Event: r.Event, Since: t.Clock.Now(), Approval: approval}
}

// queue puts the change in the one waiting place. What waited there before is
// recorded as overtaken, unless it is what stays: see behind.
func (t Tasks) queue(ctx context.Context, r *Release, approval *ledger.Approval) error {
	_, err := t.amend(ctx, r, func(d *ledger.Document) error {
		if d.Lease == nil {
			return flink.Errorf(flink.Conflict, "queue the change", "the release in flight has just ended")
		}
		p := d.Pending
		if d.HasSeen(r.Artifact.Event) && (p == nil || p.ID != r.ID) && !r.waits(d) {
			return errSeenSince
		}
		if s, stays := behind(p, r.ID, r.Change, r.Artifact.Kind); stays {
			r.Decision, r.Reason, r.Message, r.Outcome = s.Decision, s.Reason, s.Message, s.Outcome
			if r.Decision == ToSettle {
				return errStays
			}
			if err := t.passOver(ctx, r); err != nil { // before the ledger says that it was seen
				return err
			}
			r.remember(d)
			return nil
		}
		r.remember(d)
		if p != nil && p.ID != r.ID {
			if err := t.overtake(ctx, r, *p); err != nil {
				return err
			}
		}
		if r.waits(d) {
			d.Parked = nil
		}
		c := r.asChange(t, approval)
		d.Pending = &c
		return nil
	})
	if errors.Is(err, errStays) {
		return nil
	}
	return r.orSeenSince(err)
}

// errStays: what waits stays, and the change is rejected.
var errStays = errors.New("what waits stays")

// passOver records an event that starts nothing, but for duplicates, whose
// record is the first one's, and events that are not ours.
func (t Tasks) passOver(ctx context.Context, r *Release) error {
	if r.Reason == flink.Duplicate || r.Reason == flink.NotForUs {
		return nil
	}
	_, err := t.Ledger.Record(ctx, r.Application, r.ID)
	if err == nil {
		r.seenSince() // another delivery of the event has ended: that is its outcome
		return nil
	}
	if flink.CodeOf(err) != flink.NotFound {
		return err
	}
	r.Outcome = flink.Ignored
	written, err := t.Ledger.WriteRecordIfAbsent(ctx, r.record(t.Clock.Now()))
	if err == nil && !written {
		r.seenSince()
	}
	return err
}
