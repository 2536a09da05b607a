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
	Highest   int64     // the highest number committed; -1 when there is no line
	Stretches []Stretch // by number
	Missing   []Gap
	Repeated  []Line // every line whose number stood in a line before
	Miscount  []Line // lines whose counts are not n + 1
}

// Whole tells whether every number from 0 to the highest is there once, with
// the right counts, and there is any.
func (r Report) Whole() bool {
	return r.Lines > 0 && len(r.Missing) == 0 && len(r.Repeated) == 0 && len(r.Miscount) == 0
}

// Examine judges the lines, in any order.
func Examine(lines []Line) Report {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b Line) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Version, b.Version)) })
	r := Report{Lines: len(sorted), Highest: -1}
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
