package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// endRules are asked when an execution has ended.
func endRules(e *execution) []rule {
	return []rule{
		{"EndsAsDefined", func() string { return endsAsDefined(e) }},
		{"RecordSaysTheEnd", func() string { return recordSaysTheEnd(e) }},
		{"WhatWasSentIsGone", func() string { return whatWasSentIsGone(e) }},
	}
}

// endsAsDefined: Succeeded, FailedClean and FailedDirty are the only ends,
// unless somebody stopped it.
func endsAsDefined(e *execution) string {
	r := e.result
	switch {
	case r.Status == asl.StatusSucceeded, r.Status == asl.StatusAborted:
		return ""
	case r.Status == asl.StatusFailed && (r.Error == string(flink.FailedClean) || r.Error == string(flink.FailedDirty)):
		return ""
	}
	return fmt.Sprintf("execution %s ended %s with %s: %s", e.name, r.Status, r.Error, r.Cause)
}

// recordSaysTheEnd: the record's outcome is the machine's end.
func recordSaysTheEnd(e *execution) string {
	if e.excused() || e.release.Decision == task.Queue || e.release.Reason == flink.Duplicate || e.release.Reason == flink.NotForUs {
		return ""
	}
	r := e.journal.record(e.upload.release)
	if r == nil {
		return fmt.Sprintf("execution %s ended %s %s and there is no record %s", e.name, e.result.Status, e.result.Error, e.upload.release)
	}
	want := e.result.Error
	if e.result.Status == asl.StatusSucceeded {
		want = string(flink.Succeeded)
	}
	if r.Outcome == flink.Ignored {
		r = &ledger.Record{Outcome: flink.Succeeded}
	}
	if want != string(r.Outcome) {
		return fmt.Sprintf("execution %s ended %s and record %s says %s", e.name, want, e.upload.release, r.Outcome)
	}
	return ""
}

// whatWasSentIsGone: who has come to its end has told of it, and no longer means to.
func whatWasSentIsGone(e *execution) string {
	name := "ended-" + e.upload.release
	for _, m := range e.journal.document.Outbox {
		if m.Name == name && !e.excused() && e.release.ID == e.upload.release && e.release.Decision == task.ToSettle {
			return "execution " + e.name + " has ended and the message that tells of it is still in the outbox"
		}
	}
	return ""
}

// excused executions end without a record of their own, until a machine that
// recovers writes it for them: somebody stopped them.
func (e *execution) excused() bool { return e.result.Status == asl.StatusAborted }

func (u *uploaded) excused() bool {
	for _, e := range u.executions {
		if e.excused() {
			return true
		}
	}
	return false
}

// finish heals the world, does what the machine that recovers will do, and has
// one more good version released: then nothing may be left over.
func (w *world) finish() {
	w.heal()
	w.tick()
	w.probe()
	w.tick()
	w.check(finalRules(w))
}

func (w *world) heal() {
	w.healed = true
	clear(w.away)
	w.model.CutOff(app, "")
	w.model.BreakSavepoints(app, "")
	w.resume()
}

// tick is the slow tick of recovery: what the outbox holds is sent, and the
// lease of a dead holder runs out.
func (w *world) tick() {
	for range 4 {
		if w.broken != nil || len(w.journal.document.Outbox) == 0 {
			break
		}
		for _, m := range w.journal.document.Outbox {
			w.sent(m)
			w.amend(func(d *ledger.Document) { d.Sent(m.Name) })
		}
		w.line.run()
	}
	if l := w.journal.document.Lease; l != nil && w.broken == nil {
		w.check([]rule{{"LeaseHasADeadHolder", func() string { return leaseHasADeadHolder(w, l) }}})
		w.pass(l.Expires.Add(time.Second).Sub(w.line.now))
	}
}

// leaseHasADeadHolder: when nothing runs any more, only what was stopped may
// still hold the lease.
func leaseHasADeadHolder(w *world, l *ledger.Lease) string {
	for _, u := range w.uploads {
		if u.release == l.Release && u.excused() {
			return ""
		}
	}
	return "nothing runs any more and release " + l.Release + " still holds the lease"
}

// amend changes the document as a person's command does.
func (w *world) amend(change func(*ledger.Document)) {
	_, err := ledger.Update(context.Background(), w.store, app, func(d *ledger.Document) error { change(d); return nil })
	must(err)
	w.journal.document, _, err = w.store.Document(context.Background(), app)
	must(err)
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.line.spawn("time", w.line.now.Add(max(d, 0)), func(*strand) {})
	w.line.run()
}

// probe releases a good version.
func (w *world) probe() {
	if w.broken != nil {
		return
	}
	w.pass(time.Minute)
	w.amend(func(d *ledger.Document) { d.Circuit = nil })
	before := w.look()
	w.line.spawn("probe", w.line.now, func(s *strand) {
		w.upload(Upload{ID: "probe", Key: app.String() + "/probe.jar", Version: "good", Arrive: []time.Duration{0}}, s)
	})
	w.line.run()
	w.check([]rule{{"NextEventProceeds", func() string { return nextEventProceeds(w, before) }}})
}

// nextEventProceeds: whatever went wrong before, a job that runs is upgraded by
// the next good version.
func nextEventProceeds(w *world, before flink.Observation) string {
	j := before.Job
	well := before.Exists && j.State == "RUNNING" && j.Tasks > 0 && j.TasksRunning == j.Tasks && before.Spec.Run == flink.Running
	if !well || w.manifestIs("broken", "manual") {
		return ""
	}
	r := w.journal.record(w.uploads["probe"].release)
	if r == nil || r.Reason != flink.Released {
		return fmt.Sprintf("a job ran well, and the next good version was not released: %s", tell(r))
	}
	return ""
}

func tell(r *ledger.Record) string {
	if r == nil {
		return "there is no record"
	}
	text := fmt.Sprintf("%s %s: %s", r.Outcome, r.Reason, r.Message)
	for _, d := range r.Rollback {
		text += "; rollback: " + d.Message
	}
	return text
}

// manifestIs tells whether the newest manifest is one of those.
func (w *world) manifestIs(words ...string) bool {
	newest := ""
	var at time.Time
	for _, u := range w.uploads {
		if !u.isJar() && u.Key == app.ManifestKey() && !u.at.Before(at) {
			newest, at = u.Version, u.at
		}
	}
	for _, word := range words {
		if newest == word {
			return true
		}
	}
	return newest == ""
}

// finalRules are asked when all is quiet.
func finalRules(w *world) []rule {
	return []rule{
		{"NothingIsLeftOver", func() string { return nothingIsLeftOver(w) }},
		{"EveryEventHasOneOutcome", func() string { return everyEventHasOneOutcome(w) }},
		{"NoStateIsLostSilently", func() string { return noStateIsLostSilently(w) }},
		{"SuccessWasSeen", func() string { return successWasSeen(w) }},
		{"LedgerSaysWhatRuns", func() string { return ledgerSaysWhatRuns(w) }},
		{"WhatRunsIsKept", func() string { return whatRunsIsKept(w) }},
		{"GoodVersionsStay", func() string { return goodVersionsStay(w) }},
	}
}

// nothingIsLeftOver: no message, no waiting change.
func nothingIsLeftOver(w *world) string {
	d := w.journal.document
	if len(d.Outbox) > 0 {
		return "message " + d.Outbox[0].Name + " is still in the outbox"
	}
	if d.Pending != nil {
		return "change " + d.Pending.ID + " still waits"
	}
	return ""
}

// everyEventHasOneOutcome: each event that was delivered has a record.
func everyEventHasOneOutcome(w *world) string {
	for _, s := range append(w.schedule.Uploads, Upload{ID: "probe"}) {
		u := w.uploads[s.ID]
		if u == nil || u.delivered == 0 || u.excused() {
			continue
		}
		if r := w.journal.record(u.release); r == nil || r.Outcome == "" {
			return "the event of " + u.ID + " was delivered and no outcome is recorded under " + u.release
		}
	}
	return ""
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
		if r == nil || told(*r) || w.toldBefore(s.From) || w.startsEmpty(*c, *r) {
			behind = s.Committed
			continue
		}
		return fmt.Sprintf("release %s step %s started %s from %q, which had counted %d of %d records, and its record does not tell: %s", c.Release, c.Step, s.Revision, s.From, s.Counter, s.Committed, tell(r))
	}
	return ""
}

// asksForNoState tells whether some manifest says stateless.
func (j *journal) asksForNoState() bool {
	return slices.ContainsFunc(j.schedule.Uploads, func(u Upload) bool { return u.Version == "stateless" })
}

// startsEmpty: the plan in the record says that the job starts empty, because
// the manifest asks for that, or because a first version failed before and was
// removed, which its own record told.
func (w *world) startsEmpty(c change, r ledger.Record) bool {
	if c.Desired.Restore.Kind != flink.RestoreNothing || r.Plan == nil || r.Plan.Restore.Kind != flink.RestoreNothing && c.Step == "apply" {
		return false
	}
	for _, id := range w.journal.order {
		first := w.journal.record(id)
		if first.Reason == flink.FirstVersionFailed && first.Ended.Before(c.At) {
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

// successWasSeen: what was promoted is no version that is known to be bad, and
// it restored the state that the release named.
func successWasSeen(w *world) string {
	for _, id := range w.journal.order {
		r := w.journal.record(id)
		u := w.uploadOf(id)
		if r.Reason != flink.Released || u == nil {
			continue
		}
		restores := r.Plan != nil && r.Plan.Restore.Kind != flink.RestoreNothing
		if u.isJar() && bad(u.Version, restores) {
			return fmt.Sprintf("a jar that is %s was promoted by release %s", u.Version, id)
		}
		if !restores {
			continue
		}
		if s, c := w.firstStart(id); s != nil && c.Desired.Restore.Kind == flink.RestoreSnapshot && !flink.SamePath(s.From, c.Desired.Restore.Path) {
			return fmt.Sprintf("release %s named the state %s, ended well, and had started from %q", id, c.Desired.Restore.Path, s.From)
		}
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

func (w *world) uploadOf(release string) *uploaded {
	for _, u := range w.uploads {
		if u.release == release {
			return u
		}
	}
	return nil
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
	if w.journal.meddled.After(r.Started) || o.Spec.Revision == d.Current && o.Spec.Run == flink.Running {
		return ""
	}
	return fmt.Sprintf("release %s ended %s, the ledger says that %q runs, and it is %q (%s)", r.ID, r.Reason, d.Current, o.Spec.Revision, o.Spec.Run)
}

// whatRunsIsKept: the revision that runs and its jar are there.
func whatRunsIsKept(w *world) string {
	o := w.look()
	if !o.Exists {
		return ""
	}
	r, err := w.store.Revision(context.Background(), app, o.Spec.Revision)
	if err != nil {
		return "revision " + o.Spec.Revision + " runs and is not kept: " + err.Error()
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
		r, u := w.journal.record(id), w.uploadOf(id)
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
var harmless = map[Kind]bool{LostNode: true, LostJobManager: true, Throttled: true, LostAnswer: true, Resume: true,
	OperatorLies: true, Pause: true, CrashBefore: true, CrashAfter: true, CrashBetween: true, Disconnect: true}

func (w *world) serious() bool {
	for _, f := range w.schedule.Faults {
		if !harmless[f.Kind] {
			return true
		}
	}
	return false
}
