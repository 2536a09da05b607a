package sim

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Finding is a seed whose schedule breaks a rule.
type Finding struct {
	Seed      uint64
	Violation Violation
}

// Search is what many schedules showed.
type Search struct {
	Findings []Finding // by seed
	Endings  map[string]int
	Ran      int
}

// SearchFrom runs the schedules of n seeds, several at once. With first set it
// stops soon after the first violation.
func SearchFrom(parts Parts, seed uint64, n int, m Mutant, first bool) Search {
	var (
		mu     sync.Mutex
		group  sync.WaitGroup
		next   atomic.Uint64
		stop   atomic.Bool
		result = Search{Endings: map[string]int{}}
	)
	one := func(at uint64) {
		o := Run(parts, Generate(at), m, false)
		mu.Lock()
		defer mu.Unlock()
		result.Ran++
		for ending, times := range o.Endings {
			result.Endings[ending] += times
		}
		if o.Violation != nil {
			result.Findings = append(result.Findings, Finding{at, *o.Violation})
			stop.Store(first)
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // worlds are short-lived and small
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < uint64(n) && !stop.Load(); i = next.Add(1) - 1 {
				one(seed + i)
			}
		})
	}
	group.Wait()
	slices.SortFunc(result.Findings, func(a, b Finding) int { return int(int64(a.Seed - b.Seed)) })
	return result
}

// Explain tells of a violation: the seed, the shortest schedule that shows it, and its trace.
func Explain(parts Parts, f Finding, m Mutant) string {
	s := Shrink(parts, Generate(f.Seed), m)
	o := Run(parts, s, m, true)
	return fmt.Sprintf("seed %d breaks %s\n\nshortest schedule:\n%s\ntrace:\n%s", f.Seed, o.Violation, s, strings.Join(o.Trace, "\n"))
}

// Summary lists the endings of the releases.
func (s Search) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d schedules", s.Ran)
	for _, ending := range slices.Sorted(maps.Keys(s.Endings)) {
		fmt.Fprintf(&b, "\n%7d %s", s.Endings[ending], ending)
	}
	return b.String()
}
