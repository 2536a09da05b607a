package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// troubled adds alarms, or savepoints by timer, or both, to three schedules of
// four. They are drawn apart: the rest of a schedule is what it is without them.
func (s Schedule) troubled() Schedule {
	g := generator{Rand: rand.New(rand.NewPCG(s.Seed, 20261122)), Schedule: s}
	g.at = s.Events[len(s.Events)-1].At + 6*time.Minute
	which := g.IntN(4)
	if which == 1 || which == 3 {
		g.Repairs = pick(g.Rand, policies...)
		for range 1 + g.IntN(2) {
			g.outage()
		}
	}
	if which == 2 || which == 3 {
		g.Rotates = true
		g.rotations()
	}
	return g.Schedule
}

// policies are what may be done about alarms.
var policies = [][]flink.RemediationStep{
	{flink.StepRestart, flink.StepEscalate},
	{flink.StepRestart, flink.StepRollback, flink.StepEscalate},
	{flink.StepRollback, flink.StepRestart, flink.StepEscalate},
	{flink.StepRestart, flink.StepScale, flink.StepSuspend},
}

// outage has a job fail, perhaps, and some alarms go off at about the same time.
func (g *generator) outage() {
	at := g.between(2*time.Minute, g.at)
	if g.IntN(3) > 0 {
		g.Faults = append(g.Faults, Fault{Kind: JobFails, At: at})
	}
	for range pick(g.Rand, 1, 1, 2, 3, 5) {
		at += g.between(0, pick(g.Rand, time.Second, 40*time.Second))
		id := g.trouble(Event{Alarm: g.alarm()}, at)
		g.mayGoWrong(id, "ledger.PutIf", "ledger.Put", "ledger.Get", "send", "alarms.Alarms", "target.Observe", "artifacts.Read")
		g.mayGoWrong(id+"+1", operations...)
	}
	if g.IntN(4) == 0 {
		g.Faults = append(g.Faults, Fault{Kind: AlarmsAway, At: at + g.between(0, time.Minute), For: g.between(10*time.Second, 6*time.Minute)})
	}
}

func (g *generator) alarm() *Alarm {
	return &Alarm{
		Name:  pick(g.Rand, app.Name+"-lag", app.Name+"-restarts", app.Name+"-age", "someone-elses"),
		State: pick(g.Rand, events.AlarmRaised, events.AlarmRaised, events.AlarmRaised, events.AlarmRaised, events.AlarmRaised, string(flink.AlarmNoData), string(flink.AlarmOK)),
		Of:    pick(g.Rand, ByDimensions, ByDimensions, ByDimensions, ByDimensions, ByTag, ByName, OfNobody, OfAnother),
		For:   pick(g.Rand, 0, 0, 0, g.between(20*time.Second, 4*time.Minute), 24*time.Hour),
	}
}

// rotations has the timer tick: twice, late, or by a clock that is minutes off.
func (g *generator) rotations() {
	at := g.between(30*time.Second, 5*time.Minute)
	for range 3 + g.IntN(4) {
		id := g.trouble(Event{Tick: &Tick{Off: pick(g.Rand, 0, 0, 0, g.between(-6*time.Minute, 6*time.Minute))}}, at)
		g.mayGoWrong(id, "", "target.StartSnapshot", "target.Snapshot", "states.List", "states.Open", "states.Delete", "states.Delete", "ledger.PutIf", "ledger.Put", "send")
		at += 5*time.Minute + g.between(-5*time.Second, 5*time.Second)
	}
	for range g.IntN(3) {
		f := Fault{Kind: pick(g.Rand, StatesAway, StatesRefused, StatesMissing, FileLost, Stray, SavepointsFail, SavepointsHang), At: g.between(time.Minute, at), For: g.between(5*time.Second, 6*time.Minute)}
		if f.Kind == FileLost || f.Kind == Stray {
			f.For = 0
		}
		g.Faults = append(g.Faults, f)
	}
}

// trouble adds an event, wherever its time is among the others.
func (g *generator) trouble(e Event, at time.Duration) string {
	last := g.at
	g.at = at
	g.event(e)
	g.at = last
	if u := &g.Events[len(g.Events)-1]; e.Tick != nil {
		u.Arrive = slices.DeleteFunc(u.Arrive, func(after time.Duration) bool { return after > time.Hour }) // a timer's tick is not kept for long
	}
	return g.Events[len(g.Events)-1].ID
}

// mayGoWrong has something go wrong at a call of an event's, one time in four.
func (g *generator) mayGoWrong(id string, calls ...string) {
	if g.IntN(4) > 0 {
		return
	}
	f := Fault{Of: id, Call: pick(g.Rand, calls...), Nth: 1 + g.IntN(4),
		Kind: pick(g.Rand, CrashBefore, CrashBefore, CrashAfter, CrashAfter, LostAnswer, LostAnswer, Throttled, Disconnect, LateAnswer, Stall, Pause, StopAt)}
	if f.Call == "" {
		f.Nth = 1 + g.IntN(60)
	}
	switch f.Kind {
	case LateAnswer, Stall, Pause:
		f.For = g.between(time.Second, pick(g.Rand, 20*time.Second, 5*time.Minute, 25*time.Minute))
	}
	g.Faults = append(g.Faults, f)
}
