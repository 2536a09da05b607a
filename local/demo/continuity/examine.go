package continuity

import (
	"cmp"
	"fmt"
	"slices"
)

// Stretch is a run of numbers that one version committed without a break.
type Stretch struct {
	Version     string
	First, Last int64
}

// Gap is a run of numbers that nobody committed.
type Gap struct{ First, Last int64 }

// Report is what the output shows.
type Report struct {
	Lines     int
	First     int64     // the number that the output has to begin with
	Highest   int64     // the highest number committed; one less than First when there is no line
	Stretches []Stretch // by number
	Missing   []Gap
	Repeated  []Line // every line whose number stood in a line before
	Miscount  []Line // lines whose counts are not n + 1
}

// Whole tells whether every number from the first to the highest is there once,
// with the right counts, and there is any.
func (r Report) Whole() bool {
	return r.Lines > 0 && len(r.Missing) == 0 && len(r.Repeated) == 0 && len(r.Miscount) == 0
}

// Examine judges the lines of a job that began empty, in any order.
func Examine(lines []Line) Report { return examine(inOrder(lines), 0) }

// ExamineFork judges the lines of a job that began with another's state, in any
// order: what was counted before its lowest number stands in the other's output.
func ExamineFork(lines []Line) Report {
	sorted := inOrder(lines)
	if len(sorted) == 0 {
		return examine(sorted, 0)
	}
	return examine(sorted, sorted[0].N)
}

func inOrder(lines []Line) []Line {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b Line) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Version, b.Version)) })
	return sorted
}

func examine(sorted []Line, first int64) Report {
	r := Report{Lines: len(sorted), First: first, Highest: first - 1}
	for _, l := range sorted {
		r.add(l)
	}
	return r
}

// add takes the lines in the order of their numbers.
func (r *Report) add(l Line) {
	if !l.counted() {
		r.Miscount = append(r.Miscount, l)
	}
	if l.N == r.Highest {
		r.Repeated = append(r.Repeated, l)
		return
	}
	if l.N > r.Highest+1 {
		r.Missing = append(r.Missing, Gap{r.Highest + 1, l.N - 1})
	}
	if n := len(r.Stretches); n > 0 && r.Stretches[n-1].Version == l.Version && l.N == r.Highest+1 {
		r.Stretches[n-1].Last = l.N
	} else {
		r.Stretches = append(r.Stretches, Stretch{l.Version, l.N, l.N})
	}
	r.Highest = l.N
}

// shown bounds how many examples of one fault are told.
const shown = 5

// Faults says in sentences what is wrong; none when the output is whole.
func (r Report) Faults() []string {
	var faults []string
	if r.Lines == 0 {
		faults = append(faults, "nothing was committed at all")
	}
	faults = append(faults, tell(r.Missing, "missing", func(g Gap) string { return span(g.First, g.Last) })...)
	faults = append(faults, tell(r.Repeated, "committed more than once", func(l Line) string { return fmt.Sprintf("%d (again by %s)", l.N, l.Version) })...)
	return append(faults, tell(r.Miscount, "counted wrong", func(l Line) string {
		return fmt.Sprintf("%d (%s says keyed %d, operator %d; right is %d)", l.N, l.Version, l.Keyed, l.Operator, l.N+1)
	})...)
}

func tell[T any](all []T, what string, say func(T) string) []string {
	var faults []string
	for _, x := range all[:min(shown, len(all))] {
		faults = append(faults, what+": "+say(x))
	}
	if more := len(all) - shown; more > 0 {
		faults = append(faults, fmt.Sprintf("%s: and %d more", what, more))
	}
	return faults
}

func span(first, last int64) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}

// String is the stretch in words.
func (s Stretch) String() string {
	return fmt.Sprintf("%s committed %s", s.Version, span(s.First, s.Last))
}
