package sim

import (
	"slices"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
)

// changesAreUnderstood: the release machine makes other changes than upgrades.
var changesAreUnderstood = slices.ContainsFunc(functions.Catalogue(), func(f functions.Function) bool { return f.Name == "remove" })

// asks has a change asked for; now and then two people and an alarm at once,
// and now and then one that needs another before it.
func (g *generator) asks() {
	switch g.IntN(6) {
	case 0:
		for range 2 {
			g.ask(g.wish("ann", "bob"))
			g.at += g.between(0, 3*time.Second)
		}
		alarm := g.wish("alarm")
		alarm.Automatic = true
		g.ask(alarm)
	case 1:
		g.ask(flink.Change{Kind: pick(g.Rand, flink.Suspend, flink.Suspend, flink.Delete), By: "ann"})
		g.at += g.gap()
		g.ask(flink.Change{Kind: pick(g.Rand, flink.Resume, flink.Resume, flink.Redeploy), By: "bob"})
	case 2:
		g.Faults = append(g.Faults, Fault{Kind: pick(g.Rand, StripOutside, RemadeOutside), At: g.at})
		g.at += g.between(time.Second, time.Minute)
		g.ask(flink.Change{Kind: flink.Adopt, By: "ann"})
	default:
		g.ask(g.wish("ann", "bob", "alarm"))
	}
}

// wish is any change.
func (g *generator) wish(people ...string) flink.Change {
	kinds := slices.DeleteFunc(flink.ChangeKinds(), func(k flink.ChangeKind) bool { return k == flink.Upgrade || k == flink.Fork })
	c := flink.Change{Kind: pick(g.Rand, append(kinds, flink.Restart, flink.Cancel, flink.Cancel, flink.Rollback)...), By: pick(g.Rand, people...)}
	c.Automatic = c.By == "alarm"
	c.DryRun = g.IntN(8) == 0 && c.Kind != flink.Cancel
	switch c.Kind {
	case flink.Scale:
		c.Parallelism = 1 + g.IntN(4)
	case flink.Suspend, flink.Delete:
		c.AbandonState = g.IntN(4) == 0
	}
	return c
}

func (g *generator) ask(c flink.Change) {
	g.event(Event{Ask: &Ask{Change: c, Aged: g.IntN(3)}})
}

// answers has people agree or not to what waits for that: soon, late, twice,
// each other's opposite, and after it was overtaken.
func (g *generator) answers() {
	for _, e := range g.Events[1:] {
		for range pick(g.Rand, 0, 1, 1, 1, 2, 3) {
			g.Faults = append(g.Faults, Fault{Kind: pick(g.Rand, Approve, Approve, Approve, Deny), Of: e.ID,
				At: e.At + e.Arrive[0] + g.between(time.Second, pick(g.Rand, 20*time.Second, 5*time.Minute, 2*time.Hour))})
		}
	}
}

// asksForApproval tells whether some manifest wants somebody to agree.
func (s Schedule) asksForApproval() bool {
	return slices.ContainsFunc(s.Events, func(e Event) bool { return e.Version == "approval" })
}
