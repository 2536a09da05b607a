package sim

import (
	"fmt"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/statemachines"
)

// Load makes the parts that all worlds share.
func Load() (Parts, error) {
	path, err := jsonata.Find()
	if err != nil {
		return Parts{}, err
	}
	engine, err := jsonata.Load(path)
	if err != nil {
		return Parts{}, err
	}
	parts := Parts{Machines: map[functions.Machine]*asl.Machine{}, JSONata: engine}
	for name, definition := range statemachines.Definitions() {
		if parts.Machines[name], err = asl.Parse(definition); err != nil {
			return Parts{}, err
		}
	}
	return parts, nil
}

// Outcome is what a run showed.
type Outcome struct {
	Violation *Violation // nil: every rule held
	Trace     []string
	Calls     map[string]int          // by event, and by event and operation: for crash points
	Reasons   map[string]flink.Reason // of the newest record, by event; of an alarm the outcome, of a tick what was taken
	Endings   map[string]int          // records by outcome and reason
}

// Run plays a schedule to its end and asks every rule on the way.
func Run(parts Parts, s Schedule, m Mutant, traced bool) Outcome {
	w := newWorld(parts, s, m, traced)
	for _, u := range s.Events {
		w.line.spawn(u.ID, begin.Add(u.At), func(*strand) { w.happen(u) })
	}
	for n, f := range s.Faults {
		if f.Nth == 0 && f.Kind != Skew {
			w.line.spawn(fmt.Sprintf("fault %d", n), begin.Add(f.At), func(st *strand) { w.disturb(f, st) })
		}
	}
	w.line.spawn("ticks", begin, w.ticks)
	w.line.run()
	w.finish()
	for n, line := range w.journal.lines {
		w.journal.lines[n] = w.readable(line)
	}
	return Outcome{Violation: w.broken, Trace: w.journal.lines, Calls: w.calls, Reasons: w.reasons(), Endings: w.endings()}
}

// skipped is how a rotation ended that took no savepoint, and said why.
const skipped flink.Reason = "Skipped"

func (w *world) endings() map[string]int {
	count := map[string]int{}
	for _, id := range w.journal.order {
		r := w.journal.record(id)
		count[string(r.Outcome)+" "+string(r.Reason)]++
	}
	for id := range w.journal.incidents {
		r := w.journal.incident(id)
		count["incident "+string(r.Outcome)+" "+string(r.Check)]++
	}
	for _, r := range w.journal.rotations {
		count[fmt.Sprintf("rotation, a savepoint: %v, retired: %d", r.Snapshot != nil, len(r.Retired))]++
	}
	return count
}

func (w *world) reasons() map[string]flink.Reason {
	all := map[string]flink.Reason{}
	for id, u := range w.asked {
		if r := w.journal.record(u.release); r != nil {
			all[id] = r.Reason
		} else if i := w.journal.incident(u.release); i != nil {
			all[id] = flink.Reason(i.Outcome)
		} else if r, ok := w.journal.rotations[u.release]; ok {
			all[id] = skipped
			if r.Snapshot != nil {
				all[id] = flink.RotationSnapshot
			}
		}
	}
	return all
}
