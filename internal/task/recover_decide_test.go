package task

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var (
	sweptAt = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	old     = "aaaaaaaaaaaa"
	brought = "bbbbbbbbbbbb"
)

// dead is what is left of a release r2 that was to bring another version and
// whose execution has ended ten minutes ago, changed by what the case says.
func dead(change func(*remains)) remains {
	f := remains{now: sweptAt, lastWord: 4 * time.Minute, holder: ended, died: deceased{status: "ABORTED", input: []byte(`{}`), change: flink.Change{Kind: flink.Upgrade}}}
	f.document = ledger.Document{Current: old, LastGood: old, Fence: 7, History: []ledger.Deployed{{Revision: old, Release: "r1"}},
		Lease: &ledger.Lease{Holder: "arn:aws:states:::execution:release:x", Release: "r2", Fence: 7, Taken: sweptAt.Add(-15 * time.Minute), Expires: sweptAt.Add(10 * time.Minute)}}
	o := flink.Observation{Exists: true, Spec: flink.SpecFacts{Release: "r1", Step: applyStep, Revision: old, Run: flink.Running, Generation: 3},
		Status: flink.StatusFacts{ObservedGeneration: 3, Lifecycle: "STABLE"},
		Job:    flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Tasks: 2, TasksRunning: 2, Checkpoints: flink.Checkpoints{Completed: 4}}}
	f.seen = &o
	if change != nil {
		change(&f)
	}
	return f
}

func stoppedBy(release string) *ledger.Down {
	return &ledger.Down{Release: release, Snapshot: flink.Snapshot{Path: "s3://data/sp/savepoint-1", Revision: old, Kind: flink.StopSnapshot}}
}

func (f *remains) wrote(step, revision string, run flink.RunState) {
	f.seen.Spec.Release, f.seen.Spec.Step, f.seen.Spec.Revision, f.seen.Spec.Run = "r2", step, revision, run
}

func TestWhatBecomesOfWhoHoldsTheLease(t *testing.T) {
	for name, c := range map[string]struct {
		of      func(*remains)
		action  RemedyAction
		outcome flink.Outcome
		change  flink.ChangeKind
	}{
		"nobody holds it":                             {of: func(f *remains) { f.document.Lease = nil }},
		"nobody holds it, and a change waits":         {of: func(f *remains) { f.document.Lease, f.document.Pending = nil, &ledger.Change{ID: "r3"} }, action: HandOn},
		"the holder lives":                            {of: func(f *remains) { f.holder = runs }},
		"the holder lives past its lease":             {of: func(f *remains) { f.holder, f.now = runs, f.document.Lease.Expires.Add(time.Hour) }},
		"nobody knows the holder":                     {of: func(f *remains) { f.holder = notKnown }},
		"nobody knows the holder, and its lease ends": {of: func(f *remains) { f.holder, f.now = notKnown, f.document.Lease.Expires }, action: GiveBack, outcome: flink.FailedClean},
		"its last function may still act":             {of: func(f *remains) { f.document.Lease.Expires = f.now.Add(leaseTerm - 3*time.Minute) }, action: Await},
		"its last function has ended just now":        {of: func(f *remains) { f.document.Lease.Expires = f.now.Add(leaseTerm - 4*time.Minute) }, action: GiveBack, outcome: flink.FailedClean},
		"the cluster cannot be looked at":             {of: func(f *remains) { f.seen = nil }},
		"nothing was touched":                         {action: GiveBack, outcome: flink.FailedClean},
		"nothing was touched, and it was about to be": {of: func(f *remains) { f.document.Applied = brought }, action: GiveBack, outcome: flink.FailedClean},
		"a rotation":                                  {of: func(f *remains) { f.document.Lease.For = ledger.ForRotation; f.seen = nil }, action: GiveBack},

		"handed over, its message still to be sent": {of: func(f *remains) {
			f.document.Lease.Holder = ""
			f.document.Post(ledger.Message{Name: "r2-7", Kind: ledger.StartRelease})
		}},
		"handed over and never taken up":           {of: func(f *remains) { f.document.Lease.Holder = "" }, action: StartAgain},
		"handed over and never taken up, for long": {of: func(f *remains) { f.document.Lease.Holder, f.document.Lease.Taken = "", f.now.Add(-leaseTerm) }, action: GiveBack, outcome: flink.FailedClean},
		"handed over, and nobody knows to whom":    {of: func(f *remains) { f.document.Lease.Holder, f.holder, f.died = "", notKnown, deceased{} }},
		"handed over, and nobody knows to whom, and its lease ends": {of: func(f *remains) {
			f.document.Lease.Holder, f.holder, f.died, f.now = "", notKnown, deceased{}, f.document.Lease.Expires
		}, action: GiveBack, outcome: flink.FailedClean},

		"the job was stopped": {of: func(f *remains) {
			f.wrote(stopStep, old, flink.Suspended)
			f.document.Down = stoppedBy("r2")
			f.seen.Status.Lifecycle = "SUSPENDED"
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"the job was stopped, and nothing recorded": {of: func(f *remains) { f.wrote(stopStep, old, flink.Suspended); f.seen.Status.Lifecycle = "SUSPENDED" }, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"the job is being stopped":                  {of: func(f *remains) { f.wrote(stopStep, old, flink.Suspended) }},
		"the job is being stopped for ever":         {of: func(f *remains) { f.wrote(stopStep, old, flink.Suspended); f.now = f.document.Lease.Expires }, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"the resource is being deleted":             {of: func(f *remains) { f.wrote(stopStep, old, flink.Suspended); f.seen.Spec.Deleting = true }},
		"the resource is gone between two writes": {of: func(f *remains) {
			f.seen, f.document.Applied, f.document.Down = &flink.Observation{}, brought, stoppedBy("r2")
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"another version was applied": {of: func(f *remains) { f.wrote(applyStep, brought, flink.Running); f.document.Applied = brought }, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"another version was applied, and the circuit was open": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Applied, f.document.Circuit = brought, &ledger.Circuit{Release: "r0"}
		}, action: Report, outcome: flink.FailedDirty},
		"what undoes has died three times": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Applied, f.died.depth = brought, undoLimit
		}, action: Report, outcome: flink.FailedDirty},
		"what undoes has died before it touched anything": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.seen.Spec.Release = "r1"
			f.document.Applied, f.died.depth = brought, 1
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
		"a person has let another version be, and the next release died early": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.seen.Spec.Release, f.document.Applied = "r1", brought
		}, action: GiveBack, outcome: flink.FailedClean},
		"an earlier release's stop was never undone": {of: func(f *remains) {
			f.seen.Spec.Run, f.seen.Status.Lifecycle, f.document.Down = flink.Suspended, "SUSPENDED", stoppedBy("r1")
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},

		"it was promoted": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Promote(ledger.Deployed{Revision: brought, Release: "r2"}, flink.Upgrade)
		}, action: Conclude, outcome: flink.Succeeded},
		"it was promoted and recorded": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Promote(ledger.Deployed{Revision: brought, Release: "r2"}, flink.Upgrade)
			f.recorded = &ledger.Record{Outcome: flink.Succeeded}
		}, action: Conclude, outcome: flink.Succeeded},
		"it had ended dirty and was recorded": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.recorded = &ledger.Record{Outcome: flink.FailedDirty, Reason: flink.HeldForSomebody}
		}, action: Report, outcome: flink.FailedDirty},
		"what ran before was brought back and is well": {of: func(f *remains) {
			f.wrote("rollback-1-Snapshot", old, flink.Running)
			f.document.Applied, f.document.Down = brought, stoppedBy("r2")
		}, action: Conclude, outcome: flink.FailedClean},
		"what ran before was brought back and is not well yet": {of: func(f *remains) {
			f.wrote("rollback-1-Snapshot", old, flink.Running)
			f.seen.Job.TasksRunning = 0
		}},
		"what ran before was brought back and does not become well": {of: func(f *remains) {
			f.wrote("rollback-1-Snapshot", old, flink.Running)
			f.seen.Job.TasksRunning, f.now = 0, f.document.Lease.Expires
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Restart},
		"the first version was applied": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Current, f.document.History, f.document.Applied = "", nil, brought
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Restart},
		"the first version was never there": {of: func(f *remains) {
			f.seen = &flink.Observation{}
			f.document.Current, f.document.History, f.document.Applied = "", nil, brought
		}, action: GiveBack, outcome: flink.FailedClean},
		"an adoption half-way": {of: func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.document.Current, f.document.History, f.document.Applied, f.died.change.Kind = "", nil, brought, flink.Adopt
		}, action: GiveBack, outcome: flink.FailedClean},
		"a suspension that was done": {of: func(f *remains) {
			f.wrote(stopStep, old, flink.Suspended)
			f.seen.Status.Lifecycle, f.document.Down, f.document.Suspended = "SUSPENDED", stoppedBy("r2"), stoppedBy("r2")
		}, action: Conclude, outcome: flink.Succeeded},
		"a deletion that was done": {of: func(f *remains) {
			f.seen, f.document.Deleted = &flink.Observation{}, &ledger.Tombstone{Release: "r2"}
		}, action: Conclude, outcome: flink.Succeeded},
		"a deletion that was not done": {of: func(f *remains) {
			f.wrote(stopStep, old, flink.Suspended)
			f.seen.Status.Lifecycle, f.document.Deleted, f.document.Down = "SUSPENDED", &ledger.Tombstone{Release: "r2"}, stoppedBy("r2")
		}, action: Undo, outcome: flink.FailedDirty, change: flink.Rollback},
	} {
		t.Run(name, func(t *testing.T) {
			m := decideLease(dead(c.of))
			if m.action != c.action || m.outcome != c.outcome || m.change != c.change {
				t.Errorf("it is %q, %s, %s: %s; want %q, %s, %s", m.action, m.outcome, m.change, m.message, c.action, c.outcome, c.change)
			}
			if m.action == Undo && m.change == flink.Rollback && m.to != old {
				t.Errorf("it goes back to %q", m.to)
			}
			if (m.action != LeaveAlone) != (m.message != "") {
				t.Errorf("it is said: %q", m.message)
			}
		})
	}
}

func TestWhatBecomesOfWhatIsParked(t *testing.T) {
	const arn = "arn:aws:states:eu-west-1:1:execution:release:"
	parked := func(holder string, stands stance, since time.Duration) remains {
		f := remains{now: sweptAt, parked: stands}
		f.document.Parked = &ledger.Parked{Change: ledger.Change{ID: "r2", Since: sweptAt.Add(-since)}, Holder: arn + holder}
		return f
	}
	posted := parked("r2-again-1", notKnown, time.Hour)
	posted.document.Post(ledger.Message{Name: "r2-again-1", Kind: ledger.StartRelease})
	for name, c := range map[string]struct {
		of   remains
		want RemedyAction
	}{
		"nothing is":                                    {remains{now: sweptAt}, LeaveAlone},
		"its execution sleeps":                          {parked("x", runs, time.Hour), LeaveAlone},
		"its execution has ended":                       {parked("x", ended, time.Minute), Rejoin},
		"nobody knows its execution, yet":               {parked("x", notKnown, time.Minute), LeaveAlone},
		"nobody knows its execution any more":           {parked("x", notKnown, time.Hour), Rejoin},
		"its next execution is still to be started":     {posted, LeaveAlone},
		"its next execution has ended, too":             {parked("r2-again-1", ended, time.Hour), Rejoin},
		"its executions end again and again":            {parked("r2-again-3", ended, time.Hour), GiveUp},
		"its last execution sleeps":                     {parked("r2-again-3", runs, time.Hour), LeaveAlone},
		"its execution has a name that means no number": {parked("r2-again-x", ended, time.Hour), Rejoin},
	} {
		t.Run(name, func(t *testing.T) {
			if m := decideParked(c.of); m.action != c.want {
				t.Errorf("it is %q, want %q: %s", m.action, c.want, m.message)
			}
		})
	}
}

func TestAnIncidentIsTakenOverOnceItsHolderHasEndedAndItsTimeIsOver(t *testing.T) {
	incident := func(expires time.Duration, stands stance, event string) remains {
		f := remains{now: sweptAt, incident: stands}
		f.document.Incident = &ledger.Incident{ID: "i1", Holder: "arn:aws:states:eu-west-1:1:execution:s-remediate:x", Expires: sweptAt.Add(expires), Event: []byte(event)}
		return f
	}
	for name, c := range map[string]struct {
		of   remains
		want RemedyAction
	}{
		"there is none":                    {remains{now: sweptAt}, LeaveAlone},
		"its time is not over":             {incident(time.Minute, ended, `{}`), LeaveAlone},
		"its holder lives":                 {incident(-time.Minute, runs, `{}`), LeaveAlone},
		"its holder has ended":             {incident(0, ended, `{}`), Reopen},
		"nobody knows its holder":          {incident(0, notKnown, `{}`), Reopen},
		"nobody knows what had started it": {incident(0, ended, ``), LeaveAlone},
	} {
		t.Run(name, func(t *testing.T) {
			if m := decideIncident(c.of); m.action != c.want {
				t.Errorf("it is %q, want %q", m.action, c.want)
			}
		})
	}
	if got, want := machineOf("arn:aws:states:eu-west-1:1:execution:s-remediate:x"), "arn:aws:states:eu-west-1:1:stateMachine:s-remediate"; got != want {
		t.Errorf("its machine is %s", got)
	}
	if got := machineOf("nobody"); got != "" {
		t.Errorf("nobody's machine is %s", got)
	}
}

func TestTheRecordOfAReleaseThatWasPromotedNamesWhatRunsAndWhatRanBefore(t *testing.T) {
	for change, want := range map[flink.ChangeKind]flink.Reason{flink.Upgrade: flink.Released, flink.Adopt: flink.Adopted} {
		f := dead(func(f *remains) {
			f.wrote(applyStep, brought, flink.Running)
			f.died.change.Kind = change
			f.document.Promote(ledger.Deployed{Revision: brought, Release: "r2"}, change)
		})
		r := f.recordOfDead(decideLease(f), sweptAt)
		if r.Outcome != flink.Succeeded || r.Reason != want || r.Revision != brought || r.Previous != old {
			t.Errorf("%s: it is %s %s, revision %q after %q", change, r.Outcome, r.Reason, r.Revision, r.Previous)
		}
	}
}

func TestAFirstVersionOfWhichNothingIsThereStaysKnown(t *testing.T) {
	f := dead(func(f *remains) {
		f.seen = &flink.Observation{}
		f.document.Current, f.document.History, f.document.Applied = "", nil, brought
	})
	m, d := decideLease(f), f.document
	f.tidy(m, &d, sweptAt)
	if m.action != GiveBack || d.Applied != brought {
		t.Errorf("it is %s, and the ledger says that %q was applied: the next upload would start empty and nobody would know", m.action, d.Applied)
	}
}
