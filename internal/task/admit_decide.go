package task

import (
	"errors"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// decideAdmission says what becomes of an event: Decision, Reason and Message of a Release.
func decideAdmission(f admission) Release {
	switch {
	case !f.known:
		return ignored(flink.NotForUs, "no reader for this event: it is of another type, of another bucket, of a policy, or of a file for a dry run")
	case f.outside != nil && f.change.Kind != "":
		return rejected(flink.RequestInvalid, f.outside)
	case f.outside != nil:
		return rejected(flink.KeyOutsideLayout, f.outside)
	case f.request != nil:
		return rejected(flink.RequestInvalid, f.request)
	case f.document.HasSeen(f.ref.Event) && !f.mine() && f.parked() == nil:
		return ignored(flink.Duplicate, "this event was admitted before: its release is "+f.release)
	case f.change.DryRun:
		return Release{Decision: ToPrepare, Message: "a dry run: nothing is changed"}
	case f.change.Kind == flink.Cancel:
		return Release{Decision: ToSettle} // what it comes to is decided where it is written: cancel
	case f.change.Kind == flink.Upgrade:
		return f.decideUpgrade()
	}
	return f.decideRequest()
}

// decideUpgrade is about an upload.
func (f admission) decideUpgrade() Release {
	parked := f.parked()
	pin := f.policy.Artifact
	switch {
	case f.object == nil:
		return ignored(flink.Stale, "the object is gone")
	case f.replaced():
		return ignored(flink.Stale, "the object was replaced since: its newest version has an event of its own")
	case f.overtaken():
		return ignored(flink.Stale, "a newer artifact was admitted already: "+f.document.Newest[f.ref.Kind].Key)
	case f.document.Circuit != nil:
		return f.heldBack()
	case f.manifest != nil:
		return rejected(flink.ManifestInvalid, f.manifest)
	case f.inImage && f.artifact.Kind == flink.Jar:
		return ignored(flink.NotPinned, "the manifest takes its jar from the image (spec.job.jarURI is local://): a jar beside it is released by nobody")
	case f.artifact.Kind == flink.Jar && pin != nil && pin.Key != "" && pin.Key != f.artifact.File:
		return ignored(flink.NotPinned, "the manifest pins the jar "+pin.Key+": this one is released when the manifest names it")
	case f.noJar:
		return ignored(flink.NoJarYet, "the manifest is good, and there is no jar beside it yet: upload one")
	case parked != nil && parked.Answer != nil && !parked.Answer.Approved:
		return rejected(flink.Denied, fmt.Errorf("%s said no: %s", orSomebody(parked.Answer.By), orNoReason(parked.Answer.Why)))
	case parked != nil && parked.Why == ledger.ForApproval && parked.Answer == nil && !f.now.Before(parked.Until):
		return rejected(flink.ApprovalExpired, errors.New("nobody approved it until "+parked.Until.UTC().Format(time.RFC3339)+": upload again to ask again"))
	case f.policy.Approval.Required && f.approval() == nil:
		return f.ask()
	}
	if open, until, why := flink.DecideWindow(f.policy.SyncWindows, f.now); !open {
		r := Release{Decision: ToAwaitWindow, Reason: flink.AwaitsTime, Message: why + ": it waits until " + until.UTC().Format(time.RFC3339)}
		r.Wait = waitFor(ledger.ForWindow, f.now, until)
		return r
	}
	return f.startOrQueue()
}

// ask parks the change until somebody has answered. What would be done is
// planned first, so that there is something to agree to.
func (f admission) ask() Release {
	until := f.now.Add(f.policy.Approval.Expires)
	r := Release{Decision: ToPrepare, Reason: flink.AwaitsYes, Message: "the policy asks for approval: it is planned, and waits for an answer"}
	if p := f.parked(); p != nil && p.Why == ledger.ForApproval {
		until = p.Until
		if p.Revision != "" {
			r.Decision = ToAwaitApproval // it was planned before, and something else woke it
		}
	}
	r.Wait = waitFor(ledger.ForApproval, f.now, until)
	return r
}

func waitFor(what ledger.ParkedFor, now, until time.Time) *Wait {
	until = until.UTC().Truncate(time.Second).Add(time.Second) // a Wait state reads whole seconds
	return &Wait{For: what, Until: until, Seconds: max(1, int64(until.Sub(now)/time.Second)+1)}
}

// decideRequest is about a change that somebody, or an alarm, asks for.
func (f admission) decideRequest() Release {
	if f.document.Circuit != nil && f.change.Automatic && !f.undoesSince() {
		return f.heldBack()
	}
	return f.startOrQueue()
}

// undoesSince: recovery had decided to undo what a dead release left, and handed
// over the lease for that, before the circuit opened, as it does when the incident
// hears of that very release. The job may stand still meanwhile: it is gone through with.
func (f admission) undoesSince() bool {
	return f.change.By == RecoveredBy && f.mine() && f.document.Lease.Taken.Before(f.document.Circuit.Since)
}

func (f admission) heldBack() Release {
	c := f.document.Circuit
	return rejected(flink.CircuitOpen, errors.New("an earlier release ("+c.Release+") needs somebody to look: "+c.Message+". When that is done, run: sluice resume "+f.artifact.Application.String()+", then upload again"))
}

func (f admission) startOrQueue() Release {
	if !f.document.Held(f.now) || f.mine() {
		return Release{Decision: ToPrepare, Message: "admitted"}
	}
	if r, behind := behind(f.document.Pending, f.release, f.change, f.ref.Kind); behind {
		return r
	}
	if l := f.document.Lease; l.For == ledger.ForRotation {
		return Release{Decision: Queue, Reason: flink.AfterOthers, Message: "a savepoint is being taken on schedule (" + l.Release + "), which gives way: this change comes next"}
	}
	return Release{Decision: Queue, Reason: flink.AfterOthers, Message: "release " + f.document.Lease.Release + " is in flight: this change waits for its end"}
}

// behind says what becomes of a change that finds another one waiting whose
// place it cannot take: it is done by that one, too, or has to be asked for anew.
func behind(p *ledger.Change, release string, c flink.Change, kind flink.ArtifactKind) (Release, bool) {
	switch {
	case p == nil || p.ID == release:
		return Release{}, false
	case goesWith(kind, *p):
		return ignored(flink.GoesAlong, "it goes out with "+p.Key+", which waits for the release in flight"), true
	case c.Kind == flink.Upgrade && (p.Change.Kind == flink.Suspend || p.Change.Kind == flink.Delete):
		return rejected(flink.Busy, fmt.Errorf("%s %s, which %s asked for, waits for the release in flight, and an upload does not undo it: upload again when the application is to run", p.Change.Kind, p.ID, orSomebody(p.Change.By))), true
	case c.Replaces() || !p.Change.Replaces():
		return Release{}, false
	case c.Kind == flink.Restart && p.Change.Kind != flink.Delete && p.Change.Kind != flink.Suspend:
		return ignored(flink.GoesAlong, "the job is restarted anyway by the change that waits ("+p.ID+")"), true
	}
	return rejected(flink.Busy, fmt.Errorf("%s %s waits for the release in flight, and %s does not go with it: ask again when it has ended", p.Change.Kind, p.ID, c.Kind)), true
}

// goesWith: a manifest never takes the place of a jar that waits, since that is
// released with the manifest as it is by then.
func goesWith(kind flink.ArtifactKind, waiting ledger.Change) bool {
	return waiting.Kind == flink.Jar && kind == flink.Manifest
}

// mine tells whether this execution holds the lease already (Admit was retried), or was handed it.
func (f admission) mine() bool { return f.document.Lease.Of(f.execution, f.release) }

// parked is this change's own place among those that wait; nil when it has none.
func (f admission) parked() *ledger.Parked {
	if f.document.IsParked(f.release) && f.document.Parked.Holder == f.execution {
		return f.document.Parked
	}
	return nil
}

// approval is what somebody agreed to; nil when nobody did, yet.
func (f admission) approval() *ledger.Approval {
	p := f.parked()
	switch {
	case f.mine() && f.document.Lease.Approval != nil:
		return f.document.Lease.Approval
	case p != nil && p.Approval != nil:
		return p.Approval
	case p != nil && p.Answer != nil && p.Answer.Approved:
		return &ledger.Approval{Answer: *p.Answer, Revision: p.Revision}
	}
	return nil
}

func (f admission) replaced() bool {
	if f.ref.Version != "" && f.object.Version != "" {
		return f.ref.Version != f.object.Version
	}
	return f.etag != "" && f.object.ETag != "" && f.etag != f.object.ETag
}

// overtaken: jars are ordered among jars, manifests among manifests. Of two
// that were written in the same second, which is all that S3 tells, the one
// whose key sorts last counts as the newer, whatever the order of their events.
func (f admission) overtaken() bool {
	n, known := f.document.Newest[f.ref.Kind]
	if !known || n.Key == f.ref.Key {
		return false
	}
	return f.object.Modified.Before(n.Modified) || f.object.Modified.Equal(n.Modified) && f.ref.Key < n.Key
}

func ignored(why flink.Reason, message string) Release {
	return Release{Decision: Ignore, Reason: why, Message: message}
}

func rejected(why flink.Reason, err error) Release {
	r := Release{}
	r.end(flink.FailedClean, why, err.Error())
	return r
}

func orSomebody(name string) string {
	if name == "" {
		return "somebody"
	}
	return name
}

func orNoReason(why string) string {
	if why == "" {
		return "no reason was given"
	}
	return why
}
