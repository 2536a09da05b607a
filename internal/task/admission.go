package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

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

// actAdmission carries a decision out: takes the lease, queues, or records why
// there is nothing to do. Repeated, it has the same effect.
func (t Tasks) actAdmission(ctx context.Context, in AdmitInput, f admission, r Release) (Release, error) {
	r.ID, r.Execution, r.Started = f.release, in.Execution, f.now
	r.Application, r.Artifact, r.Event = f.artifact.Application, f.ref, keptEvent(in.Event)
	r.note(f.now, "Admit", r.Message)
	if r.Decision == ToPrepare {
		r.Message = "" // it is about how the release ends
	}
	if r.Decision == Ignore && f.mine() { // it was handed the lease while it waited: Settle hands it on
		r.Decision, r.Outcome = ToSettle, flink.Ignored
	}
	switch r.Decision {
	case ToSettle:
		return r, nil // a rejection: Settle records and tells it
	case Queue:
		return r, t.queue(ctx, &r)
	case ToPrepare:
		return r, t.start(ctx, &r)
	}
	return r, t.passOver(ctx, &r)
}

// errSeenSince: a duplicate of the event was admitted after this one had been looked at.
var errSeenSince = errors.New("seen since")

// seenSince makes the release one of an event that turned out to be a duplicate.
func (r *Release) seenSince() {
	r.Decision, r.Reason, r.Message = Ignore, flink.Duplicate, "this object version was admitted in this moment: its release is "+r.ID
}

// start takes the lease. Losing the race for it is a Conflict: the machine
// retries, and Admit then finds the winner and queues.
func (t Tasks) start(ctx context.Context, r *Release) error {
	_, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		heir := r.holds(d)
		if d.HasSeen(r.Artifact.Event) && !heir {
			return errSeenSince
		}
		fence, err := d.Take(r.Execution, r.ID, t.Clock.Now(), leaseTerm)
		if err != nil {
			return err
		}
		r.Fence = fence
		r.remember(d)
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
	if errors.Is(err, errSeenSince) {
		r.seenSince()
		return nil
	}
	return err
}

// overtake records a change that a newer one takes the place of. It is written
// before the ledger is: should the ledger's write be lost, the change goes on,
// and its own record takes this one's place.
func (t Tasks) overtake(ctx context.Context, r *Release, c ledger.Change) error {
	return t.Ledger.WriteRecord(ctx, ledger.Record{ID: c.ID, Application: r.Application, Event: c.Event, Jar: baseName(c.Key),
		Trigger: "s3://" + r.Artifact.Bucket + "/" + c.Key, Started: c.Since, Ended: t.Clock.Now(), Outcome: flink.FailedClean, Reason: flink.Overtaken,
		Message: "a newer change (" + r.ID + ") took its place while it waited for a release in flight"})
}

// remember marks the event as seen and its artifact as the newest.
func (r *Release) remember(d *ledger.Document) {
	if !d.HasSeen(r.Artifact.Event) {
		d.See(r.Artifact.Event)
	}
	newest, known := d.Newest[r.Artifact.Kind]
	if known && r.Artifact.Modified.Before(newest.Modified) {
		return
	}
	if d.Newest == nil {
		d.Newest = map[flink.ArtifactKind]ledger.Admitted{}
	}
	d.Newest[r.Artifact.Kind] = ledger.Admitted{Key: r.Artifact.Key, Version: r.Artifact.Version, Modified: r.Artifact.Modified}
}

// queue puts the change in the one waiting place. What waited there before is
// recorded as overtaken. A manifest never takes a jar's place: the jar is
// released with the manifest as it is by then.
func (t Tasks) queue(ctx context.Context, r *Release) error {
	_, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if d.Lease == nil {
			return flink.Errorf(flink.Conflict, "queue the change", "the release in flight has just ended")
		}
		p := d.Pending
		r.Decision = Queue // whatever a race that was lost had made of it
		if d.HasSeen(r.Artifact.Event) && (p == nil || p.ID != r.ID) {
			return errSeenSince
		}
		r.remember(d)
		if p != nil && p.ID != r.ID && p.Kind == flink.Jar && r.Artifact.Kind == flink.Manifest {
			r.Decision, r.Message = Ignore, "it goes out with "+p.Key+", which waits for the release in flight"
			return nil
		}
		if p != nil && p.ID != r.ID {
			if err := t.overtake(ctx, r, *p); err != nil {
				return err
			}
		}
		d.Pending = &ledger.Change{ID: r.ID, Kind: r.Artifact.Kind, Key: r.Artifact.Key, Event: r.Event, Since: t.Clock.Now()}
		return nil
	})
	switch {
	case errors.Is(err, errSeenSince):
		r.seenSince()
		return nil
	case err != nil:
		return err
	case r.Decision == Ignore:
		return t.passOver(ctx, r)
	}
	return nil
}

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
	return t.Ledger.WriteRecord(ctx, r.record(t.Clock.Now()))
}
