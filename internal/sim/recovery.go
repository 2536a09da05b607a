package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

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
		if w.broken == nil && w.sendAll() {
			w.line.run()
		}
	}
	if l := w.journal.document.Lease; l != nil && w.broken == nil {
		w.check([]rule{{"LeaseHasADeadHolder", func() string { return leaseHasADeadHolder(w, l) }}})
		w.pass(l.Expires.Add(time.Second).Sub(w.line.now))
	}
}

// sendAll sends what the outbox holds, as recovery and the commands do; false
// when it holds nothing.
func (w *world) sendAll() bool {
	waiting := w.journal.document.Outbox
	for _, m := range waiting {
		w.sent(m)
		w.amend(func(d *ledger.Document) { d.Sent(m.Name) })
	}
	return len(waiting) > 0
}

// leaseHasADeadHolder: when nothing runs any more, only what was stopped may
// still hold the lease.
func leaseHasADeadHolder(w *world, l *ledger.Lease) string {
	for _, u := range w.asked {
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
	w.reread()
}

// reread looks at a document that was written past the functions.
func (w *world) reread() {
	d, _, err := w.store.Document(context.Background(), app)
	must(err)
	w.journal.step, w.journal.document = &documentStep{from: w.journal.document, to: d}, d
	w.check(w.stepRules())
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
	w.line.spawn("probe", w.line.now, func(*strand) {
		w.happen(Event{ID: "probe", Key: app.String() + "/probe.jar", Version: "good", Arrive: []time.Duration{0}})
	})
	if w.manifestIs("approval") {
		w.line.spawn("approver", w.line.now.Add(time.Minute), func(*strand) { w.respond("probe", true) })
	}
	w.line.run()
	w.check([]rule{{"NextEventProceeds", func() string { return nextEventProceeds(w, before) }}})
}

// nextEventProceeds: whatever went wrong before, a job that runs is upgraded by
// the next good version.
func nextEventProceeds(w *world, before flink.Observation) string {
	j := before.Job
	well := before.Exists && before.Spec.Release != "" && j.State == "RUNNING" && j.Tasks > 0 && j.TasksRunning == j.Tasks && before.Spec.Run == flink.Running && len(j.Failures) == 0 &&
		j.Checkpoints.Completed > 0
	if !well || w.manifestIs("broken", "manual") {
		return ""
	}
	r := w.journal.record(w.asked["probe"].release)
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
	for _, u := range w.asked {
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
