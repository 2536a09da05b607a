package sim

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Generate makes the schedule of a seed.
func Generate(seed uint64) Schedule {
	g := generator{rand.New(rand.NewPCG(seed, 20261121)), Schedule{Seed: seed}, 0}
	g.manifest(pick(g.Rand, "plain", "plain", "plain", "plain", "plain", "plain", "before", "manual", "last-state", "stateless"))
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
	return g.Schedule
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
	switch g.IntN(12) {
	case 0:
		g.manifest(pick(g.Rand, "plain", "other", "other", "before", "broken", "last-state", "stateless"))
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
	file := fmt.Sprintf("v%d.jar", len(g.Uploads))
	if g.IntN(4) == 0 {
		file = "job.jar"
	}
	g.upload(app.String()+"/"+file, version)
}

// again uploads the same bytes under the same key.
func (g *generator) again() {
	last := g.Uploads[len(g.Uploads)-1]
	g.upload(last.Key, last.Version)
}

func (g *generator) upload(key, version string) {
	u := Upload{ID: fmt.Sprintf("u%d", len(g.Uploads)), At: g.at, Key: key, Version: version, Arrive: []time.Duration{g.delay()}}
	if g.IntN(3) == 0 {
		for range 1 + g.IntN(4) {
			u.Arrive = append(u.Arrive, g.delay())
		}
	}
	g.Uploads = append(g.Uploads, u)
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
	f := Fault{Upload: g.someUpload(), Call: operations[g.IntN(len(operations))],
		Kind: pick(g.Rand, CrashBefore, CrashBefore, CrashAfter, CrashAfter, CrashBetween, LostAnswer, LostAnswer, Throttled, Disconnect, Disconnect, StaleRead)}
	f.Nth = 1 + g.IntN(4)
	if f.Call == "" {
		f.Nth = 1 + g.IntN(60)
	}
	switch f.Kind {
	case CrashBetween:
		f.Call = "target.Apply"
	case StaleRead:
		f.Call, f.Nth = "target.Observe", 1+g.IntN(20)
	}
	return f
}

// zombie freezes somebody before a write for longer than a lease lasts.
func (g *generator) zombie() Fault {
	f := Fault{Kind: pick(g.Rand, Stall, Stall, Pause), Upload: g.someUpload(), Call: pick(g.Rand, "target.Apply", "target.Apply", "target.StartSnapshot", "ledger.PutIf", "ledger.Put"),
		Nth: 1 + g.IntN(3), For: g.between(20*time.Minute, 26*time.Minute)}
	if g.IntN(4) == 0 {
		f.For = g.between(time.Second, 5*time.Minute)
	}
	return f
}

func (g *generator) someUpload() string { return g.Uploads[1+g.IntN(len(g.Uploads)-1)].ID }

// moment is soon after an upload, mostly: then a release is in flight.
func (g *generator) moment() time.Duration {
	if g.IntN(4) == 0 {
		return g.between(10*time.Second, g.at+3*time.Minute)
	}
	u := g.Uploads[1+g.IntN(len(g.Uploads)-1)]
	return u.At + u.Arrive[0] + g.between(0, pick(g.Rand, 5*time.Second, 90*time.Second))
}

func (g *generator) atTime() Fault {
	f := Fault{At: g.moment(), For: g.between(5*time.Second, pick(g.Rand, time.Minute, 4*time.Minute, 8*time.Minute)),
		Kind: pick(g.Rand, Abort, LostNode, LostNode, LostJobManager, LostJobManager, DeleteOutside, FlinkAway, ClusterAway, LedgerAway, OperatorAway, SavepointsFail, SavepointsFail, SavepointsHang, Resume)}
	switch f.Kind {
	case Abort:
		f.Upload = g.someUpload()
		fallthrough
	case LostNode, LostJobManager, DeleteOutside, Resume:
		f.For = 0
	case SavepointsFail:
		if u := g.Uploads[len(g.Uploads)-1]; g.IntN(2) == 0 { // between the insurance savepoint and the stop's
			f.At, f.For = u.At+u.Arrive[0]+g.between(1500*time.Millisecond, 4*time.Second), g.between(4*time.Minute, 8*time.Minute)
		}
	}
	return f
}
