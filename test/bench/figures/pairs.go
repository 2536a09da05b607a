package figures

import (
	"time"

	"github.com/sluice-flink/sluice/test/bench/stats"
)

// of selects changes.
func of(all []Change, way Way, kind Kind, settings string) []Change {
	var some []Change
	for _, c := range all {
		if c.Way == way && c.Kind == kind && (settings == "" || c.Settings == settings) {
			some = append(some, c)
		}
	}
	return some
}

// seconds summarises a time of each change.
func seconds(all []Change, of func(Change) time.Duration) stats.Summary {
	values := make([]float64, len(all))
	for i, c := range all {
		values[i] = of(c).Seconds()
	}
	return stats.Of(values)
}

// ratio summarises, over the pairs, what a time was through Sluice divided by
// what it was by kubectl.
func ratio(all []Change, kind Kind, settings string, time func(Change) time.Duration) stats.Summary {
	by := map[int]Change{}
	for _, c := range of(all, Kubectl, kind, settings) {
		by[c.Pair] = c
	}
	var ratios []float64
	for _, c := range of(all, Sluice, kind, settings) {
		if other, ok := by[c.Pair]; ok && time(other) > 0 {
			ratios = append(ratios, time(c).Seconds()/time(other).Seconds())
		}
	}
	return stats.Of(ratios)
}
