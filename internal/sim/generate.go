package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Generate makes the schedule of a seed.
func Generate(seed uint64) Schedule {
	g := generator{Rand: rand.New(rand.NewPCG(seed, 20261121)), Schedule: Schedule{Seed: seed}}
	g.manifest(pick(g.Rand, g.beginnings()...))
	g.at += 5 * time.Second
	g.jar(g.quality(9))
	for range 1 + g.IntN(4) {
		g.at += g.gap()
		g.one()
	}
	for range pick(g.Rand, 0, 1, 1, 1, 2, 2, 3, 4) {
		g.Faults = append(g.Faults, g.fault())
	}
	if g.IntN(2) == 0 {
		g.Faults = append(g.Faults, Fault{Kind: OperatorLies})
	}
	if g.asksForApproval() {
		g.answers()
	}
	g.deaths()
	return g.Schedule.troubled()
}

// beginnings are what the first manifest says.
func (g *generator) beginnings() []string {
	words := []string{"plain", "plain", "plain", "plain", "plain", "plain", "before", "manual", "last-state", "stateless"}
	if changesAreUnderstood {
		words = append(words, "approval", "approval", "window", "refuse")
	}
	return words
}

type generator struct {
	*rand.Rand
	Schedule
	at time.Duration
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// between is a duration in whole milliseconds.
func (g *generator) between(least, most time.Duration) time.Duration {
	return least + time.Duration(g.Int64N(int64((most-least)/time.Millisecond)))*time.Millisecond
}

// gap is the time to the next upload: at once, during the release, after it, or
// after its lease.
func (g *generator) gap() time.Duration {
	switch g.IntN(10) {
	case 0:
		return g.between(0, time.Second)
	case 1, 2:
		return g.between(time.Second, 90*time.Second)
	case 3:
		return g.between(21*time.Minute, 24*time.Minute)
	}
	return g.between(2*time.Minute, 5*time.Minute)
}

// one is a jar, mostly.
func (g *generator) one() {
	if changesAreUnderstood && g.IntN(3) == 0 {
		g.asks()
		return
	}
	switch g.IntN(12) {
	case 0:
		g.manifest(pick(g.Rand, append(g.beginnings(), "other", "other", "broken")...))
	case 1:
		g.again()
	case 2:
		g.upload("team-a/counter/notes/readme.txt", "good")
	default:
		g.jar(g.quality(6))
	}
}

// quality is good so many times of ten.
func (g *generator) quality(good int) string {
	if g.IntN(10) < good {
		return "good"
	}
	return pick(g.Rand, "fails-on-restore", "unmappable", "restart-loop", "restart-loop", "main-throws", "never-checkpoints", "refused", noEntryClass)
}

func (g *generator) manifest(version string) { g.upload(app.ManifestKey(), version) }

func (g *generator) jar(version string) {
	file := fmt.Sprintf("v%d.jar", len(g.Events))
	if g.IntN(4) == 0 {
		file = "job.jar"
	}
	g.upload(app.String()+"/"+file, version)
}

// again uploads the same bytes under the same key.
func (g *generator) again() {
	for _, last := range slices.Backward(g.Events) {
		if last.Ask == nil {
			g.upload(last.Key, last.Version)
			return
		}
	}
}

func (g *generator) upload(key, version string) {
	g.event(Event{Key: key, Version: version})
}

// event gives an event its name and its deliveries.
func (g *generator) event(u Event) {
	u.ID, u.At, u.Arrive = fmt.Sprintf("u%d", len(g.Events)), g.at, []time.Duration{g.delay()}
	if g.IntN(3) == 0 {
		for range 1 + g.IntN(4) {
			u.Arrive = append(u.Arrive, g.delay())
		}
	}
	if g.IntN(12) == 0 {
		u.Arrive = append(u.Arrive, g.between(20*time.Minute, 26*time.Hour)) // redelivered, long after
	}
	g.Events = append(g.Events, u)
}

// delay is how late an event arrives.
func (g *generator) delay() time.Duration {
	switch g.IntN(10) {
	case 0:
		return g.between(0, 5*time.Minute)
	case 1, 2:
		return g.between(0, 10*time.Second)
	}
	return g.between(0, 200*time.Millisecond)
}

// Operations at which something can go wrong, the more interesting ones more often.
var operations = []string{"", "", "", "target.Apply", "target.Apply", "target.Apply", "target.Observe", "target.StartSnapshot", "target.Snapshot",
	"target.DryRun", "ledger.PutIf", "ledger.PutIf", "ledger.PutIf", "ledger.Put", "ledger.Get", "artifacts.Download", "artifacts.Pin", "artifacts.Head", "send", "target.Remove"}

func (g *generator) fault() Fault {
	switch g.IntN(10) {
	case 0, 1, 2, 3, 4:
		return g.atCall()
	case 5:
		return g.zombie()
	}
	return g.atTime()
}

func (g *generator) atCall() Fault {
	f := Fault{Of: g.someEvent(), Call: operations[g.IntN(len(operations))],
		Kind: pick(g.Rand, CrashBefore, CrashBefore, CrashBefore, CrashAfter, CrashAfter, CrashAfter, CrashBetween, LostAnswer, LostAnswer, LostAnswer,
			Throttled, Disconnect, Disconnect, LateAnswer, StopAt, StaleRead, StaleCluster, StaleFlink)}
	f.Nth = 1 + g.IntN(4)
	if f.Call == "" {
		f.Nth = 1 + g.IntN(60)
	}
	switch f.Kind {
	case CrashBetween:
		f.Call = "target.Apply"
	case StaleRead, StaleCluster, StaleFlink:
		f.Call, f.Nth, f.For = "target.Observe", 1+g.IntN(20), g.between(time.Second, 20*time.Second)
	case LateAnswer:
		f.For = g.between(time.Second, pick(g.Rand, 20*time.Second, 5*time.Minute))
	}
	return f
}

// zombie freezes somebody before a write: for longer than a lease lasts, or
// until the function is dead and the release is somewhere else.
func (g *generator) zombie() Fault {
	f := Fault{Kind: pick(g.Rand, Stall, Stall, Pause), Of: g.someEvent(), Call: pick(g.Rand, "target.Apply", "target.Apply", "target.StartSnapshot", "ledger.PutIf", "ledger.Put"),
		Nth: 1 + g.IntN(3), For: g.between(20*time.Minute, 26*time.Minute)}
	if g.IntN(2) == 0 {
		f.For = g.between(time.Second, 12*time.Minute)
	}
	return f
}

func (g *generator) someEvent() string { return g.Events[1+g.IntN(len(g.Events)-1)].ID }

// moment is soon after an upload, mostly: then a release is in flight.
func (g *generator) moment() time.Duration {
	if g.IntN(4) == 0 {
		return g.between(10*time.Second, g.at+3*time.Minute)
	}
	u := g.Events[1+g.IntN(len(g.Events)-1)]
	return u.At + u.Arrive[0] + g.between(0, pick(g.Rand, 5*time.Second, 90*time.Second))
}

// absences are what can be away, each by itself and together.
var absences = []Kind{FlinkAway, ClusterAway, LedgerAway, OperatorAway, SavepointsHang}

// meddlings are what people do by hand.
var meddlings = []Kind{DeleteOutside, DeleteOutside, SuspendOutside, ResumeOutside, EditOutside, EditOutside, RemadeOutside, StripOutside}

func (g *generator) atTime() Fault {
	f := Fault{At: g.moment(), For: g.between(5*time.Second, pick(g.Rand, time.Minute, 4*time.Minute, 8*time.Minute)),
		Kind: pick(g.Rand, Abort, Abort, LostNode, LostNode, LostNode, LostJobManager, LostJobManager, LostJobManager, SavepointsFail, SavepointsFail, SavepointsFail, Resume, Skew, "away", "away", "away", "away", "by hand", "by hand")}
	switch f.Kind {
	case Abort:
		f.Of, f.For = g.someEvent(), 0
	case "by hand":
		f.Kind, f.For = pick(g.Rand, meddlings...), 0
	case "away":
		f.Kind = pick(g.Rand, absences...)
		if g.IntN(3) == 0 { // together with another
			g.Faults = append(g.Faults, Fault{Kind: pick(g.Rand, absences...), At: f.At, For: f.For})
		}
	case LostNode, LostJobManager, Resume:
		f.For = 0
	case Skew:
		f.At, f.For = 0, g.between(time.Second, 20*time.Second)
	case SavepointsFail:
		if u := g.Events[len(g.Events)-1]; g.IntN(2) == 0 { // between the insurance savepoint and the stop's
			f.At, f.For = u.At+u.Arrive[0]+g.between(1500*time.Millisecond, 4*time.Second), g.between(4*time.Minute, 8*time.Minute)
		}
	}
	return f
}
