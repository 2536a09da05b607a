package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// finalRules are asked when all is quiet.
func finalRules(w *world) []rule {
	return []rule{
		{"EveryEventHasOneOutcome", func() string { return everyEventHasOneOutcome(w) }},
		{"EveryAlarmHasItsRecord", func() string { return everyAlarmHasItsRecord(w) }},
		{"NoStateIsLostSilently", func() string { return noStateIsLostSilently(w) }},
		{"SuccessWasSeen", func() string { return successWasSeen(w) }},
		{"WhatRunsIsKept", func() string { return whatRunsIsKept(w) }},
		{"GoodVersionsStay", func() string { return goodVersionsStay(w) }},
	}
}

// everyEventHasOneOutcome: each event that was delivered has a record, unless
// somebody stopped its execution before it was admitted, and word of that was lost:
// then the ledger has never heard of it.
func everyEventHasOneOutcome(w *world) string {
	for _, id := range slices.Sorted(maps.Keys(w.asked)) {
		u := w.asked[id]
		if u.Alarm != nil || u.Tick != nil || u.delivered == 0 || u.excused() && !w.admitted(u) {
			continue
		}
		if r := w.journal.record(u.release); r == nil || r.Outcome == "" {
			return "the event of " + u.ID + " was delivered and no outcome is recorded under " + u.release
		}
	}
	return ""
}

// admitted tells whether the ledger has heard of an event. A mark of what a
// cancellation came to is no more than a note beside it.
func (w *world) admitted(u *asked) bool {
	_, id, _ := strings.Cut(u.release, "-") // which the event's begins with
	return slices.ContainsFunc(w.journal.document.Seen, func(event string) bool {
		return strings.HasPrefix(event, id) && !strings.Contains(event, "/")
	})
}

// noStateIsLostSilently: a start that loses or repeats records is told of in
// the record of the release that brought it about.
func noStateIsLostSilently(w *world) string {
	var behind int64 // records that are processed again, as was told; until they are through, the sink does not say more
	for n, s := range w.model.Starts() {
		c := w.journal.governing(n)
		if s.Exact() || c == nil || s.Committed <= behind {
			continue
		}
		r := w.journal.record(c.Release)
		if c.Outside != "" || w.journal.begunByHand(*c) || w.lostByHand(s) || w.choseIt(*c, s) || r == nil || told(*r) || w.toldBefore(s.From) || w.startsEmpty(*c, *r) {
			behind = s.Committed
			continue
		}
		return fmt.Sprintf("release %s step %s started %s from %q, which had counted %d of %d records, and its record does not tell: %s", c.Release, c.Step, s.Revision, s.From, s.Counter, s.Committed, tell(r))
	}
	return ""
}

// lostByHand: somebody had made the resource anew, with empty state, or had
// taken it out of Sluice's hands.
func (w *world) lostByHand(s targettest.Start) bool {
	return s.From == "" && slices.ContainsFunc(w.journal.changes, func(c change) bool {
		return (c.Outside == RemadeOutside || c.Outside == StripOutside) && !c.At.After(s.At)
	})
}

// choseIt: somebody asked for exactly that state.
func (w *world) choseIt(c change, s targettest.Start) bool {
	return c.Desired.Restore.Kind == flink.RestoreSnapshot && flink.SamePath(s.From, c.Desired.Restore.Path) && w.kindOf(c.Release) == flink.Redeploy
}

// asksForNoState tells whether some manifest says stateless.
func (j *journal) asksForNoState() bool {
	return slices.ContainsFunc(j.schedule.Events, func(u Event) bool { return u.Version == "stateless" })
}

// startsEmpty: the plan in the record says that the job starts empty, because
// the manifest asks for that, or because a first version failed before and was
// removed, which its own record told.
func (w *world) startsEmpty(c change, r ledger.Record) bool {
	planned := r.Plan != nil && (r.Plan.Restore.Kind == flink.RestoreNothing || c.Step != "apply")
	if r.ToldBy != "" { // another wrote the record of this one
		planned = strings.Contains(r.Message, "starts empty")
	}
	if c.Desired.Restore.Kind != flink.RestoreNothing || !planned {
		return false
	}
	for _, id := range w.journal.order {
		first := w.journal.record(id)
		tookAway := slices.ContainsFunc(first.Rollback, func(d flink.RollbackDecision) bool { return d.Action == flink.TakeAway })
		if tookAway && first.Ended.Add(-w.skew).Before(c.At) {
			return true
		}
	}
	return w.journal.asksForNoState()
}

// toldBefore: a rollback chose that state, said what it costs, and its version
// did not come to run with it; the next one goes on from there.
func (w *world) toldBefore(path string) bool {
	for _, id := range w.journal.order {
		for _, d := range w.journal.record(id).Rollback {
			if path != "" && flink.SamePath(d.Restore.Path, path) && told(ledger.Record{Message: d.Message}) {
				return true
			}
		}
	}
	return false
}

// told looks for the words with which a record says that something is processed again.
func told(r ledger.Record) bool {
	text := r.Message
	for _, d := range r.Rollback {
		text += d.Message
	}
	return strings.Contains(text, "processed a second time")
}

// governing is the write to the cluster that was the newest when a start happened.
func (j *journal) governing(start int) *change {
	for n := len(j.changes) - 1; n >= 0; n-- {
		if j.changes[n].Starts <= start {
			return &j.changes[n]
		}
	}
	return nil
}

// begunByHand: somebody's change had the operator begin a restart, which was under
// way when a release wrote the next: what it was to begin with is what that goes on from.
func (j *journal) begunByHand(c change) bool {
	i := slices.IndexFunc(j.changes, func(o change) bool {
		return o.Outside == "" && o.Release == c.Release && o.Step == c.Step && o.At.Equal(c.At)
	})
	if i <= 0 || j.changes[i-1].Outside == "" {
		return false
	}
	starting := c.Before.Status.Lifecycle == "DEPLOYED" && !c.Before.Job.Reachable && j.changes[i-1].Starts == c.Starts
	return starting || c.Before.Status.Lifecycle == "UPGRADING"
}

// successWasSeen: what was promoted is no version that is known to be bad, it
// restored the state that the release named, and it ran for the bake time.
func successWasSeen(w *world) string {
	for _, id := range w.journal.order {
		r := w.journal.record(id)
		u := w.askedBy(id)
		if r.Reason != flink.Released || u == nil {
			continue
		}
		restores := r.Plan != nil && r.Plan.Restore.Kind != flink.RestoreNothing
		if u.isJar() && bad(u.Version, restores) {
			return fmt.Sprintf("a jar that is %s was promoted by release %s", u.Version, id)
		}
		if fault := w.wasNotSeen(r, restores); fault != "" {
			return "release " + id + " ended well, and " + fault
		}
	}
	return ""
}

// wasNotSeen holds what a record claims against what happened.
func (w *world) wasNotSeen(r *ledger.Record, restores bool) string {
	s, c := w.firstStart(r.ID)
	named := ""
	if c != nil {
		named = c.Desired.Restore.Path
	}
	switch {
	case s == nil && w.journal.meddled.Before(r.Started):
		return "nothing of it ever started"
	case s == nil:
		return ""
	case s.Revision != r.Revision:
		return fmt.Sprintf("revision %s had started, not %s", s.Revision, r.Revision)
	case r.Ended.Add(w.skew).Sub(s.At) < bakeTime:
		return fmt.Sprintf("it had run for %s, and the bake time is %s", r.Ended.Sub(s.At), bakeTime)
	case restores && c.Desired.Restore.Kind == flink.RestoreSnapshot && !flink.SamePath(s.From, named):
		return fmt.Sprintf("the state that it named is %s, and it had started from %q", named, s.From)
	}
	return ""
}

// firstStart is the first that a release's apply brought about.
func (w *world) firstStart(release string) (*targettest.Start, *change) {
	for n, s := range w.model.Starts() {
		if c := w.journal.governing(n); c != nil && c.Release == release && c.Step == "apply" {
			return &s, c
		}
	}
	return nil, nil
}

func (w *world) askedBy(release string) *asked {
	for _, u := range w.asked {
		if u.release == release {
			return u
		}
	}
	return nil
}

// kindOf is what kind of change a release is.
func (w *world) kindOf(release string) flink.ChangeKind {
	switch u := w.askedBy(release); {
	case u == nil, u.Alarm != nil, u.Tick != nil:
		return ""
	case u.Ask == nil:
		return flink.Upgrade
	default:
		return u.Ask.Kind
	}
}

// ledgerSaysWhatRuns: after a release that ended well the ledger's current
// revision is the one that runs, unless somebody interfered.
func ledgerSaysWhatRuns(w *world) string {
	d := w.journal.document
	r := w.journal.record(d.LastRelease)
	if r == nil || d.Lease != nil || r.Reason != flink.Released && r.Reason != flink.RolledBack {
		return ""
	}
	o := w.look()
	if n := len(r.Rollback); n > 0 && r.Rollback[n-1].Action == flink.Rest {
		return restsAsBefore(r, d, o, w.journal.meddled.After(r.Started))
	}
	if w.journal.meddled.After(r.Started) || o.Spec.Revision == d.Current && o.Spec.Run == flink.Running && (o.Job.State == "RUNNING" || w.mayNotRestart()) {
		return ""
	}
	return fmt.Sprintf("release %s ended %s, the ledger says that %q runs, and it is %q (%s), whose job is %s", r.ID, r.Reason, d.Current, o.Spec.Revision, o.Spec.Run, o.Job.State)
}

// restsAsBefore: a job that had been suspended, and whose start failed, does not
// run, and the ledger says from where it can go on, unless the release wrote
// nothing and somebody else had suspended it.
func restsAsBefore(r *ledger.Record, d ledger.Document, o flink.Observation, meddled bool) string {
	untouched := o.Exists && o.Spec.Release != r.ID
	if meddled || (o.Spec.Run == flink.Suspended || !o.Exists) && (d.Suspended != nil || untouched) {
		return ""
	}
	return fmt.Sprintf("release %s left the job suspended as it was, and it is %q (%s); the ledger says suspended: %v", r.ID, o.Spec.Revision, o.Spec.Run, d.Suspended != nil)
}

// mayNotRestart: some version runs only until it has to restore state.
func (w *world) mayNotRestart() bool {
	return slices.ContainsFunc(w.schedule.Events, func(e Event) bool { return bad(e.Version, true) && !bad(e.Version, false) })
}

// whatRunsIsKept: the revision that runs and its jar are there.
func whatRunsIsKept(w *world) string {
	o := w.look()
	if !o.Exists || o.Spec.Release == "" {
		return ""
	}
	r, err := w.store.Revision(context.Background(), app, o.Spec.Revision)
	if err != nil {
		return "revision " + o.Spec.Revision + " runs and is not kept: " + err.Error()
	}
	if r.Jar.Bucket == "" {
		return "" // taken over as it was, with a jar of its own
	}
	if _, err := w.objects.Head(context.Background(), r.Jar.Bucket, r.Jar.Key); err != nil {
		return "revision " + o.Spec.Revision + " runs and its jar is not pinned: " + err.Error()
	}
	return ""
}

// goodVersionsStay: a good version is not rolled back for what is not its
// fault, unless what it needs to be judged by is away.
func goodVersionsStay(w *world) string {
	if w.serious() {
		return ""
	}
	for _, id := range w.journal.order {
		r, u := w.journal.record(id), w.askedBy(id)
		if u == nil || !u.isJar() || u.Version != "good" {
			continue
		}
		switch r.Reason {
		case flink.RolledBack, flink.FirstVersionFailed, flink.Broken, flink.StepFailed:
			return "a good version was not released, and nothing was wrong with it: " + tell(r)
		}
	}
	return ""
}

// harmless is what must not change how a release ends.
var harmless = map[Kind]bool{AlarmsAway: true, StatesAway: true, StatesRefused: true, StatesMissing: true, FileLost: true, Stray: true, LostNode: true, LostJobManager: true, Throttled: true, LostAnswer: true, Resume: true,
	OperatorLies: true, Pause: true, CrashBefore: true, CrashAfter: true, CrashBetween: true, Disconnect: true}

// goesWrong tells whether the schedule has a fault of that kind.
func (w *world) goesWrong(kind Kind) bool {
	return slices.ContainsFunc(w.schedule.Faults, func(f Fault) bool { return f.Kind == kind })
}

func (w *world) serious() bool {
	for _, f := range w.schedule.Faults {
		if !harmless[f.Kind] {
			return true
		}
	}
	return false
}
