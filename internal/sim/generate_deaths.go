package sim

import "time"

// deaths has executions stopped while they hold something, and what recovery does
// about it go wrong in turn.
func (g *generator) deaths() {
	if g.IntN(4) != 0 {
		return
	}
	stop := Fault{Kind: StopAt, Of: g.someEvent(), Call: pick(g.Rand, "", "", "target.Apply", "target.Apply", "target.Observe", "target.Snapshot", "ledger.PutIf", "ledger.Put", "send"), Nth: 1 + g.IntN(4)}
	if stop.Call == "" || stop.Call == "target.Observe" {
		stop.Nth = 1 + g.IntN(40)
	}
	g.Faults = append(g.Faults, stop)
	for range g.IntN(4) {
		g.Faults = append(g.Faults, g.whileRecovering())
	}
}

// whileRecovering goes wrong with the machine that recovers, or with a release
// that it asked for.
func (g *generator) whileRecovering() Fault {
	f := Fault{Of: pick(g.Rand, "recover", undo), Nth: 1 + g.IntN(5), Call: pick(g.Rand, "", "ledger.PutIf", "ledger.PutIf", "send"),
		Kind: pick(g.Rand, CrashBefore, CrashBefore, CrashAfter, CrashAfter, LostAnswer, Throttled, Disconnect, LateAnswer, StopAt, StopAt, Stall)}
	if f.Of == undo {
		f.Call = pick(g.Rand, f.Call, "target.Apply", "target.Observe")
	}
	if f.Call == "" {
		f.Nth = 1 + g.IntN(40)
	}
	switch f.Kind {
	case LateAnswer:
		f.For = g.between(time.Second, 5*time.Minute)
	case Stall:
		f.For = g.between(time.Second, 26*time.Minute)
	}
	return f
}
