package figures

import (
	"fmt"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/test/bench/stats"
)

// Goal is one figure beside what is asked of it.
type Goal struct {
	Figure   string
	Measured string
	Asked    string
	Met      bool
	At       string // which commit, and under which load where that matters
}

// What is asked.
const (
	maxDowntimeRatio = 1.05
	maxRecoveryRatio = 0.7
	maxTransitions   = 40
	maxCost          = 0.003 // dollars
	maxSpeed         = 60 * time.Millisecond
	maxZip           = 12_000_000 // bytes
)

// Goals lists the figures that were measured.
func (r Results) Goals() []Goal {
	var all []Goal
	if s := ratio(r.Downtime.Changes, Upgrade, "", Change.Downtime); s.N > 0 {
		all = append(all, atMost("downtime of a stateful upgrade ÷ the same by `kubectl apply`, operator's defaults", s, maxDowntimeRatio, r.Downtime))
	}
	if s := ratio(r.Rollback.Changes, Unrestorable, "", Change.Recovery); s.N > 0 {
		all = append(all, atMost("a version that fails while restoring: until the old one works again ÷ the same by the operator's rollback", s, maxRecoveryRatio, r.Rollback))
	}
	if r.Release.Transitions > 0 {
		cost, speed := r.Release.Cost().Total(), stats.Of(milliseconds(r.Release.Speed))
		all = append(all,
			Goal{"state transitions of a release that bakes ten minutes", fmt.Sprint(r.Release.Transitions), fmt.Sprintf("at most %d", maxTransitions), r.Release.Transitions <= maxTransitions, r.Release.counted()},
			Goal{"its cost at list prices", fmt.Sprintf("$%.5f", cost), fmt.Sprintf("at most $%.3f", maxCost), cost <= maxCost, r.Release.counted()},
			Goal{"one release over fake targets in process", interval(speed, "%.1f") + " ms", fmt.Sprintf("under %d ms", maxSpeed.Milliseconds()), speed.Median < float64(maxSpeed.Milliseconds()), r.Release.at()},
			standingGoal())
	}
	if len(r.Functions.List) > 0 {
		largest := slices.MaxFunc(r.Functions.List, func(a, b Function) int { return int(a.Zip - b.Zip) })
		all = append(all, Goal{"largest function, zipped", fmt.Sprintf("%.1f MB (%s)", megabytes(largest.Zip), largest.Name), "each under 12 MB", largest.Zip < maxZip, r.Functions.Commit})
	}
	return slices.Concat(all, r.Alarm.goals(), r.Rotations.goals())
}

func atMost(figure string, s stats.Summary, most float64, of Session) Goal {
	return Goal{figure, interval(s, "%.3f") + fmt.Sprintf(", %d pairs", s.N), fmt.Sprintf("median at most %.2f", most), s.Median <= most, of.at()}
}

// interval is a median with what bounds it.
func interval(s stats.Summary, format string) string {
	if s.N == 0 {
		return "—"
	}
	text := fmt.Sprintf(format+" ["+format+", "+format+"]", s.Median, s.Low, s.High)
	if !s.Bounded {
		text += "*"
	}
	return text
}

func milliseconds(all []time.Duration) []float64 {
	values := make([]float64, len(all))
	for i, d := range all {
		values[i] = float64(d) / float64(time.Millisecond)
	}
	return values
}

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
