package task

import (
	"fmt"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// RemedyAction is what recovery does about one thing that was left.
type RemedyAction string

// The remedies, a closed set.
const (
	LeaveAlone RemedyAction = ""           // nothing was left, or somebody is about it
	Await      RemedyAction = "Await"      // the execution has ended and its last function may still act
	GiveBack   RemedyAction = "GiveBack"   // nothing was touched: the lease goes to what waits
	Conclude   RemedyAction = "Conclude"   // what was asked for, or what ran before, is there: the ledger is told
	Undo       RemedyAction = "Undo"       // a release of the last good revision takes the lease
	Report     RemedyAction = "Report"     // nothing more is done by itself: the circuit opens
	StartAgain RemedyAction = "StartAgain" // the lease was handed over and nobody took it up
	HandOn     RemedyAction = "HandOn"     // what waits is handed the lease that nobody holds
	SendOutbox RemedyAction = "SendOutbox" // what was to be sent is sent
	Rejoin     RemedyAction = "Rejoin"     // what is parked gets an execution that wakes it
	GiveUp     RemedyAction = "GiveUp"     // what is parked has died too often
)

// remedy is a decision about one thing that was left.
type remedy struct {
	action  RemedyAction
	message string           // for the person on call
	until   time.Time        // Await
	outcome flink.Outcome    // of the record of the release that died
	reason  flink.Reason     //
	change  flink.ChangeKind // Undo: what is asked for
	to      string           // Undo: the revision
}

// stance is how it stands with an execution.
type stance string

const (
	notKnown stance = ""      // there is none of that name, none any more, or nobody could say
	runs     stance = "Runs"  // somebody is about it
	ended    stance = "Ended" //
)

// remains is what recovery decides from: one application's document, and how it
// stands with those who were at work on it.
type remains struct {
	now      time.Time
	lastWord time.Duration // see Config
	document ledger.Document
	version  ledger.Version     // of the document
	holder   stance             // of the lease; where it was handed over, of the execution that was to take it up
	died     deceased           // what is known of the holder's execution
	recorded *ledger.Record     // the release's own: it had come as far as that
	seen     *flink.Observation // of a dead release's application; nil where it was not needed, or could not be read
	parked   stance             // of what is parked
	incident stance             // of the incident's
}

// undoLimit is how often in a row releases that undo may die before somebody is called.
const undoLimit = 3

// decideLease says what becomes of who holds the lease.
func decideLease(f remains) remedy {
	d, l := f.document, f.document.Lease
	switch {
	case l == nil && d.Pending != nil:
		return remedy{action: HandOn, message: "release " + d.Pending.ID + " waits and nobody holds the lease: it is handed over"}
	case l == nil, f.holder == runs, f.holder == notKnown && d.Held(f.now):
		return remedy{}
	case l.Holder == "":
		return f.neverTakenUp()
	}
	if silent := l.Expires.Add(f.lastWord - leaseTerm); f.now.Before(silent) {
		return remedy{action: Await, until: silent, message: "the execution of release " + l.Release + " has ended, and its last function may act until " + silent.UTC().Format(time.RFC3339)}
	}
	if l.For == ledger.ForRotation {
		return remedy{action: GiveBack, message: "the execution of rotation " + l.Release + " ended before it did: the lease is given back, a savepoint that it asked for is found among the strays"}
	}
	if f.seen == nil {
		return remedy{} // whoever could not look does not decide
	}
	return f.decideDead(*f.seen)
}

// neverTakenUp is about a lease that was handed to a change: its message has been
// sent, and whoever it started has not lived to take the lease up.
func (f remains) neverTakenUp() remedy {
	l := f.document.Lease
	if f.toBeSent(l.StartName()) {
		return remedy{} // it is sent first
	}
	if f.now.Sub(l.Taken) < leaseTerm && len(f.died.input) > 0 {
		return remedy{action: StartAgain, message: "release " + l.Release + " was handed the lease and its execution ended before it took it up (" + f.died.status + "): it is started again"}
	}
	return remedy{action: GiveBack, outcome: flink.FailedClean, reason: flink.Died,
		message: "it was handed the lease, and no execution lived to take it up: look at the executions whose names begin with " + l.Release + ". Nothing was touched: ask for it again"}
}

// toBeSent tells whether the outbox holds a message of that name.
func (f remains) toBeSent(name string) bool {
	return slices.ContainsFunc(f.document.Outbox, func(m ledger.Message) bool { return m.Name == name })
}

// decideDead is about a release whose execution has ended and whose functions
// are silent. What it touched is told by the ledger, which names what it stopped
// and what it was about to apply, and by the resource, which names who wrote it.
func (f remains) decideDead(o flink.Observation) remedy {
	d, id := f.document, f.document.Lease.Release
	wrote := o.Spec.Release == id
	switch {
	case f.recorded != nil && f.recorded.Outcome == flink.FailedDirty:
		return f.report("release " + id + " had ended so and died before the ledger was told")
	case d.Deleted != nil && d.Deleted.Release == id && !o.Exists:
		return f.conclude(flink.Succeeded, flink.Removed, "the application is deleted; its execution ended before it could say so")
	case d.Suspended != nil && d.Suspended.Release == id && d.Applied == "" && o.Spec.Run == flink.Suspended:
		return f.conclude(flink.Succeeded, flink.Stopped, "the job is suspended ("+baseName(d.Suspended.Snapshot.Path)+"); its execution ended before it could say so: sluice resume "+d.Application.String()+" runs it again")
	case f.promoted():
		return f.conclude(flink.Succeeded, f.promotedAs(), "revision "+d.Current+" runs and was promoted; "+f.how()+" before it could say so")
	case f.firstIsGone(o):
		return f.neverSeen()
	case !wrote && !f.leftovers(o):
		return remedy{action: GiveBack, outcome: flink.FailedClean, reason: flink.Died, message: f.how() + " before anything was touched: ask for it again"}
	case f.died.change.Kind == flink.Adopt:
		return remedy{action: GiveBack, outcome: flink.FailedClean, reason: flink.Died, message: f.how() + " while it took over what runs, which was not touched: run sluice adopt again"}
	}
	return f.decideTouched(o)
}

// decideTouched: something was stopped or applied.
func (f remains) decideTouched(o flink.Observation) remedy {
	d, waits := f.document, f.document.Held(f.now)
	back := o.Exists && o.Spec.Run == flink.Running && o.Spec.Revision == d.Current
	switch {
	case back && isWell(o):
		return f.conclude(flink.FailedClean, flink.Died, f.how()+". The revision that ran before, "+d.Current+", runs and completes checkpoints"+f.chosenState())
	case waits && (back || stillEnds(o)):
		return remedy{} // it may come about by itself
	case d.Circuit != nil:
		return f.report(f.how() + ", and the circuit was open: what it left is as it is")
	case f.died.depth >= undoLimit:
		return f.report(fmt.Sprintf("%s. It was release number %d that was to undo the same and died: what was left is as it is", f.how(), f.died.depth))
	case d.Current == "", back:
		return remedy{action: Undo, change: flink.Restart, outcome: flink.FailedDirty, reason: flink.Died, message: f.how() + " before it was seen that what it applied is well"}
	}
	return remedy{action: Undo, change: flink.Rollback, to: d.Current, outcome: flink.FailedDirty, reason: flink.Died, message: f.how() + " after it had touched the job"}
}

// firstIsGone: of a first version that was about to be applied nothing is there.
// Either the cluster never heard of it, or it ran and somebody deleted it.
func (f remains) firstIsGone(o flink.Observation) bool {
	return f.document.Current == "" && f.document.Applied != "" && !o.Exists && f.died.change.Kind != flink.Adopt
}

// neverSeen leaves it to a person whether the application is to start empty.
func (f remains) neverSeen() remedy {
	return remedy{action: GiveBack, outcome: flink.FailedClean, reason: flink.Died, message: f.how() +
		", and nothing is there: whether the first version has run is not known. To start empty, run sluice forget " + f.document.Application.String() +
		", then upload it again; to start with a state, run sluice redeploy with --from and its path"}
}

// how it ended, in words, and what it was about to write: that may have run
// since, and nobody else tells of it.
func (f remains) how() string {
	who := "its execution"
	if writes := f.document.Lease.Writes; writes != "" {
		who += ", which was to write " + writes + ","
	}
	if f.died.status == "" {
		return "nothing was heard any more of " + who
	}
	return who + " ended (" + f.died.status + ")"
}

// chosenState says of a redeployment that it is not what ran before in one way.
func (f remains) chosenState() string {
	if f.died.change.Kind != flink.Redeploy {
		return ""
	}
	return ", from the state that was chosen"
}

// leftovers tells whether the ledger names something that was stopped or
// applied and that nobody has seen the end of. It may be an earlier release's
// that this one was to undo, or that died before recovery came to it; what a
// person has looked at and left so is none, nor is what was about to be applied
// and the cluster never heard of.
func (f remains) leftovers(o flink.Observation) bool {
	d, undoes := f.document, f.died.depth > 0
	down := d.Down != nil && (undoes || d.Down.Release == d.Lease.Release || !o.Exists || o.Spec.Run == flink.Suspended)
	applied := d.Applied != "" && (undoes && o.Spec.Revision == d.Applied && d.Applied != d.Current || !o.Exists && d.Current != "")
	return down || applied
}

// promoted tells whether the release had come as far as to have its revision promoted.
func (f remains) promoted() bool {
	h := f.document.History
	return len(h) > 0 && h[len(h)-1].Release == f.document.Lease.Release && h[len(h)-1].Revision == f.document.Current && f.document.Applied == "" && f.document.Down == nil
}

// promotedAs is the reason with which its release would have ended.
func (f remains) promotedAs() flink.Reason {
	if f.died.change.Kind == flink.Adopt {
		return flink.Adopted
	}
	return flink.Released
}

func (f remains) conclude(o flink.Outcome, why flink.Reason, message string) remedy {
	return remedy{action: Conclude, outcome: o, reason: why, message: message}
}

func (f remains) report(message string) remedy {
	return remedy{action: Report, outcome: flink.FailedDirty, reason: flink.Died, message: message + ". Look at the job, then run sluice resume " + f.document.Application.String()}
}

// isWell: it runs, all of it, has completed checkpoints, and nothing has failed.
func isWell(o flink.Observation) bool {
	j := o.Job
	return j.Reachable && j.State == "RUNNING" && j.Tasks > 0 && j.TasksRunning == j.Tasks && j.Checkpoints.Completed > 0 &&
		len(j.Failures) == 0 && o.Status.ObservedGeneration >= o.Spec.Generation
}

// stillEnds: a stop or a deletion was asked for and has not come to its end.
func stillEnds(o flink.Observation) bool {
	return o.Exists && (o.Spec.Deleting || o.Spec.Run == flink.Suspended && o.Status.Lifecycle != "SUSPENDED")
}

// deceased is what is known of the execution that held the lease, and of what
// it was started for.
type deceased struct {
	status string // in Step Functions' words; empty when nobody knows
	input  []byte // the event
	change flink.Change
	ref    ArtifactRef
	depth  int // how many releases in a row were to undo what the one before them had left
}
