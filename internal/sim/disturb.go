package sim

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// disturb does what happens at a time.
func (w *world) disturb(f Fault, s *strand) {
	if w.broken != nil {
		return
	}
	w.journal.say("", "! %s", f)
	switch f.Kind {
	case Abort:
		w.abort(f.Of)
	case LostNode:
		w.model.KillTaskManager(app)
	case JobFails:
		w.model.FailJob(app)
		w.journal.meddled = w.line.now
	case LostJobManager:
		w.model.RestartJobManager(app)
	case DeleteOutside, SuspendOutside, ResumeOutside, EditOutside, RemadeOutside, StripOutside:
		w.meddle(f.Kind)
	case OperatorLies:
		w.lies = true
	case Resume:
		w.resume()
	case FileLost, Stray:
		w.meddleWithStates(f.Kind)
	case Approve, Deny:
		w.respond(f.Of, f.Kind == Approve)
	default:
		w.takeAway(f, s)
	}
	w.check(w.stepRules())
}

// takeAway has something not answer, or not work, for a while.
func (w *world) takeAway(f Fault, s *strand) {
	until := w.line.now.Add(f.For)
	switch f.Kind {
	case FlinkAway:
		w.model.CutOff(app, "connection refused")
		s.sleepUntil(until)
		w.model.CutOff(app, "")
	case SavepointsFail:
		w.model.BreakSavepoints(app, "java.io.IOException: disk full")
		s.sleepUntil(until)
		w.model.BreakSavepoints(app, "")
	case OperatorAway:
		if w.frozen.IsZero() {
			w.frozen = w.line.now
			s.sleepUntil(until)
			w.frozen = time.Time{}
		}
	case ClusterAway, LedgerAway, SavepointsHang, AlarmsAway, StatesAway, StatesRefused, StatesMissing:
		w.away[f.Kind] = until
	}
}

// meddle changes the resource as somebody with kubectl does.
func (w *world) meddle(how Kind) {
	c := change{Outside: how, Before: w.look()}
	map[Kind]func(flink.Application){DeleteOutside: w.model.DeleteOutside, SuspendOutside: w.model.SuspendOutside, ResumeOutside: w.model.ResumeOutside,
		EditOutside: w.model.EditOutside, RemadeOutside: w.model.RemakeOutside, StripOutside: w.model.StripOutside}[how](app)
	c.After = w.look()
	w.journal.meddled = w.line.now
	w.journal.changed(c)
}

// abort stops the executions of an event, as StopExecution does.
func (w *world) abort(event string) {
	u := w.asked[event]
	if u == nil {
		return
	}
	for _, e := range u.executions {
		e.stop()
	}
}

// resume closes the circuit, as the command does.
func (w *world) resume() {
	w.amend(func(d *ledger.Document) { d.Circuit = nil })
}

// respond answers for a change that waits for approval, as the command does:
// too early, too late and twice, too. Then it sends what that put into the outbox.
func (w *world) respond(event string, approved bool) {
	u := w.asked[event]
	if u == nil {
		return
	}
	answer := ledger.Answer{Approved: approved, By: "somebody", Why: "because", At: w.line.now}
	_, err := ledger.Update(context.Background(), w.store, app, func(d *ledger.Document) error { return d.Respond(u.release, answer) })
	if err != nil {
		w.journal.say("", "the answer for %s comes to nothing: %v", event, err)
		return
	}
	w.journal.approved[u.release] = w.journal.approved[u.release] || approved
	w.reread()
	w.sendAll()
}

// sendAll sends what the outbox holds, as the commands do.
func (w *world) sendAll() {
	for _, m := range w.journal.document.Outbox {
		w.sent(m)
		w.amend(func(d *ledger.Document) { d.Sent(m.Name) })
	}
}
