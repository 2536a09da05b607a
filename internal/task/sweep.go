package task

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// How much one call of Sweep takes on: so many applications at most, and no
// further one after that time.
const (
	sweepAtMost = 1000
	sweepUntil  = 2 * time.Minute
)

// Sweep looks at one application, whose execution an event says has died, or at
// all of them, and mends what dead executions left. An application that cannot
// be looked at, or mended, holds up no other: the next tick tries it again.
func (t Tasks) Sweep(ctx context.Context, r Recovery) (Recovery, error) {
	event := r.Event
	silent, err := t.heed(ctx, &r)
	if err != nil || r.Decision == ToSucceeded {
		return r, err
	}
	began := t.Clock.Now()
	apps, err := t.toSweep(ctx, r)
	if err != nil {
		return r, err
	}
	r.Decision = ToSucceeded
	for n, listed := range apps {
		if n >= sweepAtMost || t.Clock.Now().Sub(began) >= sweepUntil {
			r.Decision = ToSweep
			break
		}
		r.After = listed.Application.String()
		r.Looked++
		if !t.atRest.knows(listed) {
			t.recover(ctx, &r, listed.Application)
		}
	}
	if r.Only == nil {
		t.clearRehearsals(ctx, &r, apps[:min(len(apps), sweepAtMost)])
	}
	if !silent.IsZero() { // what the event is about is looked at once more
		r.Decision, r.Until, r.After, r.Event = ToAwaitSilence, latest(r.Until, silent), "", event
	}
	return r, nil
}

// heed does what the event itself asks for, and says what is to be swept beside
// that, if anything. Where the event is to be heeded once more, it says when.
func (t Tasks) heed(ctx context.Context, r *Recovery) (time.Time, error) {
	event := r.Event
	if event == nil {
		r.Decision = ToSweep
		return time.Time{}, nil
	}
	about, died := t.readRecovery(event)
	r.Event, r.Only, r.Decision = nil, about.Only, about.Decision
	switch {
	case r.Decision == ToSucceeded:
		return time.Time{}, t.hearAgain(ctx, r, died.ExecutionChangedDetail)
	case r.Only == nil:
		return time.Time{}, nil
	}
	return t.tellUnheard(ctx, r, died)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// death is an execution that an event says has died.
type death struct {
	events.ExecutionChangedDetail
	at time.Time
	of started // what it was started for
}

// readRecovery says what an event is about. One that names no application, as
// an alarm's execution does not, is left to the tick, which looks at every
// ledger; whatever is no change of an execution's status is a tick.
func (t Tasks) readRecovery(raw json.RawMessage) (Recovery, death) {
	event, err := events.Parse(raw)
	if err != nil {
		return Recovery{}, death{}
	}
	detail, ok, err := events.ExecutionChanged(event)
	if !ok {
		return Recovery{}, death{}
	}
	died := death{detail, event.Time, t.startedFor([]byte(detail.Input))}
	if err != nil || died.of.application == (flink.Application{}) {
		return Recovery{Decision: ToSucceeded}, died
	}
	return Recovery{Only: &died.of.application}, died
}

// toSweep lists the applications that are still to be looked at, by name.
func (t Tasks) toSweep(ctx context.Context, r Recovery) ([]ledger.Listed, error) {
	if r.Only != nil {
		return []ledger.Listed{{Application: *r.Only}}, nil
	}
	all, err := t.Ledger.Documents(ctx)
	slices.SortFunc(all, func(a, b ledger.Listed) int { return cmp.Compare(a.Application.String(), b.Application.String()) })
	return slices.DeleteFunc(all, func(l ledger.Listed) bool { return l.Application.String() <= r.After }), err
}

// recover mends one application: what is to be sent first, then who waits and
// who holds. Each decision is about the document as the one before it left it:
// most applications need nothing, and are read once.
func (t Tasks) recover(ctx context.Context, r *Recovery, app flink.Application) {
	var f remains
	fresh := false
	for _, decide := range []func(remains) remedy{decideOutbox, decideParked, decideIncident, decideLease} {
		if !fresh {
			var err error
			if f, err = t.gatherRemains(ctx, app); err != nil {
				r.did(app, remedy{}, err)
				return
			}
			t.atRest.learn(f)
		}
		m := decide(f)
		fresh = m.action == LeaveAlone || m.action == Await
		switch {
		case m.action == Await && r.Only != nil: // the tick comes again anyway
			r.Decision, r.Until, r.After = ToAwaitSilence, m.until, ""
		case !fresh:
			r.did(app, m, t.remedy(ctx, f, m))
		}
	}
}

// gatherRemains reads the document and, only where somebody was at work, what
// became of that one.
func (t Tasks) gatherRemains(ctx context.Context, app flink.Application) (remains, error) {
	f := remains{now: t.Clock.Now(), lastWord: t.Config.LastWord}
	var err error
	if f.document, f.version, err = t.Ledger.Document(ctx, app); err != nil {
		return f, err
	}
	if p := f.document.Parked; p != nil {
		if f.parked, _, err = t.stands(ctx, p.Holder); err != nil {
			return f, err
		}
	}
	if i := f.document.Incident; i != nil && !i.Open(f.now) {
		if f.incident, _, err = t.stands(ctx, i.Holder); err != nil {
			return f, err
		}
	}
	if f.document.Lease == nil {
		return f, nil
	}
	return f, t.gatherHolder(ctx, &f)
}

// gatherHolder finds out what became of who holds the lease, and what it has left.
func (t Tasks) gatherHolder(ctx context.Context, f *remains) error {
	l := f.document.Lease
	holder := l.Holder
	if holder == "" {
		holder = executionARN(t.Config.ReleaseMachine, l.StartName())
	}
	stands, e, err := t.stands(ctx, holder)
	if f.holder = stands; err != nil || stands == runs || l.For != ledger.ForRelease {
		return err
	}
	started := t.startedFor(e.Input)
	f.died = deceased{status: e.Status, input: e.Input, change: started.change, ref: started.ref, depth: started.depth}
	record, err := t.Ledger.Record(ctx, f.document.Application, l.Release)
	switch {
	case err == nil && record.ToldBy == "":
		f.recorded = &record
	case err == nil: // what somebody supposed of it
	case flink.CodeOf(err) != flink.NotFound:
		return err
	}
	if l.Holder == "" {
		return nil
	}
	o, err := t.Target.Observe(ctx, f.document.Application)
	if err == nil {
		f.seen = &o
	}
	return err
}

// stands asks how it stands with an execution.
func (t Tasks) stands(ctx context.Context, arn string) (stance, Execution, error) {
	e, err := t.Executions.Describe(ctx, arn)
	switch {
	case err != nil:
		return notKnown, e, unless(flink.NotFound, err)
	case e.Runs:
		return runs, e, nil
	}
	return ended, e, nil
}

// executionARN is the ARN of a machine's execution
// (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-statemachines.html).
func executionARN(machine, name string) string {
	return strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name
}

// started is what an execution was started for.
type started struct {
	application flink.Application
	release     string
	change      flink.Change
	ref         ArtifactRef
	depth       int
}

// startedFor reads the event that an execution was started with. One that
// cannot be read, or is of no application, yields nothing.
func (t Tasks) startedFor(input []byte) started {
	event, err := events.Parse(input)
	if err != nil {
		return started{}
	}
	a := admission{bucket: t.Config.ArtifactBucket}
	if err := a.read(event); err != nil || !a.known || a.outside != nil {
		return started{}
	}
	return started{a.artifact.Application, a.release, a.change, a.ref, undoDepth(event)}
}

var undoRequestForm = regexp.MustCompile(`^recovery-([1-9])-`)

func undoRequest(depth int, dead string) string { return fmt.Sprintf("recovery-%d-%s", depth, dead) }

// undoDepth is how many releases in a row, this one the last, were to undo what
// the one before them had left; 0 for an ordinary one. Only what is asked for by
// recovery counts.
func undoDepth(e events.Event) int {
	asked, ok, err := events.ChangeRequested(e)
	m := undoRequestForm.FindStringSubmatch(asked.Request)
	if !ok || err != nil || m == nil || asked.By != RecoveredBy {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // a digit
	return n
}
