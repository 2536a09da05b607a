package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// finish heals the world, lets the machine that recovers do what it will, and has
// one more good version released: then nothing may be left over.
func (w *world) finish() {
	w.heal()
	w.comeToRest()
	w.probe()
	w.comeToRest()
	w.check(finalRules(w))
}

func (w *world) heal() {
	w.healed = true
	clear(w.away)
	w.model.CutOff(app, "")
	w.model.BreakSavepoints(app, "")
	w.resume()
}

// ticksAtMost is how often the slow tick comes until all is at rest: for longer
// than the lease of a holder lasts of whom nothing is known.
const ticksAtMost = 12

// comeToRest has the slow tick come until it changes nothing any more: what was
// recovered once is not recovered again.
func (w *world) comeToRest() {
	for n := range ticksAtMost {
		if w.broken != nil {
			return
		}
		before, changes := w.journal.document.Token, len(w.journal.changes)
		w.tick(fmt.Sprintf("last tick %s.%d", since(w.line.now), n))
		w.line.run()
		if w.journal.document.Token == before && len(w.journal.changes) == changes && left(w.journal.document) == "" {
			w.check(restRules(w))
			return
		}
		w.pass(tick)
	}
	w.check(append(restRules(w), rule{"RecoveryComesToRest", func() string { return "recovery has something to do at every tick" }}))
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
