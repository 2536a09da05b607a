package figures

import (
	"fmt"
	"time"
)

// Rotation is one tick of the rotate machine with so many applications due.
type Rotation struct {
	Applications int           `json:"applications"`
	Proven       int           `json:"proven"`  // savepoints that were taken and proven
	Skipped      int           `json:"skipped"` // applications of which none was
	Took         time.Duration `json:"took"`    // by the machine's clock, nanoseconds
	Bound        time.Duration `json:"bound"`   // what the savepoints take by themselves, divided by the executions that may run at once
	Listing      time.Duration `json:"listing"` // what ListDue took by the real clock, with nothing to wait for
	Transitions  int           `json:"transitions"`
	Invocations  int           `json:"invocations"`
	Requests
	GB                 float64 `json:"gb"`                 // memory of all invocations together
	GBSeconds          float64 `json:"gbSeconds"`          // of what they waited
	LargestDocument    int     `json:"largestDocument"`    // bytes that went from state to state
	HeapPerApplication int64   `json:"heapPerApplication"` // bytes that ledger, files and machine have left
}

// Ratio is the makespan over its bound.
func (r Rotation) Ratio() float64 {
	if r.Bound == 0 {
		return 0
	}
	return float64(r.Took) / float64(r.Bound)
}

// PerApplication is what one costs, in transitions and dollars, for Step
// Functions, Lambda and S3 at the list prices of us-east-1.
func (r Rotation) PerApplication() (transitions, dollars float64) {
	n := float64(r.Applications)
	cost := float64(r.Transitions)*pricePerTransition + float64(r.Invocations)*pricePerInvocation + (r.GBSeconds+r.GB*workPerInvocation.Seconds())*pricePerGBSecond + r.cost()
	return float64(r.Transitions) / n, cost / n
}

func (r Rotation) row() []string {
	transitions, cost := r.PerApplication()
	each := func(all int) string { return fmt.Sprintf("%.1f", float64(all)/float64(r.Applications)) }
	return []string{fmt.Sprint(r.Applications), r.Took.Round(time.Second).String(), fmt.Sprintf("%.3f", r.Ratio()), fmt.Sprintf("%.1f", transitions),
		each(r.Reads) + ", " + each(r.Writes), dollars(cost), fmt.Sprint(r.LargestDocument), fmt.Sprint(r.HeapPerApplication), fmt.Sprintf("%.1f", r.Listing.Seconds())}
}

// Rotations are ticks with more and more applications.
type Rotations struct {
	Occasion
	List []Rotation `json:"list"` // fewest applications first
}

// goals are about the large ticks, and how the largest compares with the smallest.
func (r Rotations) goals() []Goal {
	var all []Goal
	for _, one := range r.List {
		if one.Applications >= manyApplications { // of fewer, the last one to begin decides
			all = append(all, Goal{fmt.Sprintf("rotation of %d applications: makespan ÷ what the concurrency limit allows", one.Applications),
				fmt.Sprintf("%.3f", one.Ratio()), fmt.Sprintf("at most %.2f", maxMakespanRatio), one.Ratio() <= maxMakespanRatio, r.counted()})
		}
	}
	if len(r.List) < 2 {
		return all
	}
	first, last := r.List[0], r.List[len(r.List)-1]
	steps, cost := first.PerApplication()
	moreSteps, moreCost := last.PerApplication()
	growth := func(what string, x float64) Goal {
		return Goal{fmt.Sprintf("%s of one application's rotation: %d ÷ %d applications", what, last.Applications, first.Applications), fmt.Sprintf("%.3f", x), fmt.Sprintf("at most %.2f", maxGrowth), x <= maxGrowth, r.counted()}
	}
	return append(all,
		growth("transitions", moreSteps/steps),
		growth("cost", moreCost/cost),
		growth("what is left in memory", float64(last.HeapPerApplication)/float64(first.HeapPerApplication)))
}

const (
	manyApplications = 1000
	maxMakespanRatio = 1.1
	maxGrowth        = 1.1
)

func (r Results) rotationsTable() string {
	var rows [][]string
	for _, one := range r.Rotations.List {
		rows = append(rows, one.row())
	}
	about := "One tick with every application due, by the real machine and the real handlers over targets in memory whose savepoints take 10 to 70 seconds of a virtual clock" +
		". The bound is what these savepoints take together, divided by the executions that may run at once. The price is that of transitions, functions, which are billed while they wait for Flink, and S3. " + r.Rotations.about()
	return table("Savepoints on schedule", about, []string{"applications", "makespan", "÷ bound", "transitions an application", "S3 requests: reads, writes and lists", "list price an application",
		"largest document, bytes", "heap an application, bytes", "ListDue without waiting, s"}, rows)
}
