package figures

import (
	"fmt"
	"time"
)

// Rotation is one tick of the rotate machine with so many applications due.
type Rotation struct {
	Applications       int           `json:"applications"`
	Proven             int           `json:"proven"`  // savepoints that were taken and proven
	Skipped            int           `json:"skipped"` // applications of which none was
	Took               time.Duration `json:"took"`    // by the machine's clock
	Bound              time.Duration `json:"bound"`   // no less is possible under the limit of concurrent executions
	Waited             time.Duration `json:"waited"`  // of all functions together
	Transitions        int           `json:"transitions"`
	Invocations        int           `json:"invocations"`
	GB                 float64       `json:"gb"`                 // memory of all invocations together
	GBSeconds          float64       `json:"gbSeconds"`          // of what they waited
	LargestDocument    int           `json:"largestDocument"`    // bytes that went from state to state
	HeapPerApplication int64         `json:"heapPerApplication"` // bytes that ledger, files and machine have left
}

// Ratio is the makespan over its bound.
func (r Rotation) Ratio() float64 {
	if r.Bound == 0 {
		return 0
	}
	return float64(r.Took) / float64(r.Bound)
}

// PerApplication is what one costs, in transitions and dollars, for Step
// Functions and Lambda at the list prices of us-east-1.
func (r Rotation) PerApplication() (transitions, dollars float64) {
	n := float64(r.Applications)
	cost := float64(r.Transitions)*pricePerTransition + float64(r.Invocations)*pricePerInvocation + (r.GBSeconds+r.GB*workPerInvocation.Seconds())*pricePerGBSecond
	return float64(r.Transitions) / n, cost / n
}

func (r Rotation) row() []string {
	transitions, cost := r.PerApplication()
	return []string{fmt.Sprint(r.Applications), r.Took.Round(time.Second).String(), fmt.Sprintf("%.3f", r.Ratio()), fmt.Sprintf("%.1f", transitions), dollars(cost),
		fmt.Sprintf("%d", r.LargestDocument), fmt.Sprintf("%d", r.HeapPerApplication)}
}

// Rotations are ticks with more and more applications.
type Rotations struct {
	Commit string     `json:"commit"`
	List   []Rotation `json:"list"` // fewest applications first
}

// goals are about the largest tick, and how it compares with the smallest.
func (r Rotations) goals() []Goal {
	if len(r.List) == 0 {
		return nil
	}
	first, last := r.List[0], r.List[len(r.List)-1]
	steps, cost := first.PerApplication()
	moreSteps, moreCost := last.PerApplication()
	flat := max(moreSteps/steps, moreCost/cost)
	return []Goal{
		{fmt.Sprintf("rotation of %d applications: makespan ÷ what the concurrency limit allows", last.Applications), fmt.Sprintf("%.3f", last.Ratio()), "at most 1.10", last.Ratio() <= maxMakespanRatio},
		{fmt.Sprintf("transitions and cost an application, %d ÷ %d applications", last.Applications, first.Applications), fmt.Sprintf("%.3f", flat), "at most 1.10", flat <= maxGrowth},
		{"memory an application, the same", fmt.Sprintf("%.3f", float64(last.HeapPerApplication)/float64(first.HeapPerApplication)), "at most 1.10", float64(last.HeapPerApplication) <= maxGrowth*float64(first.HeapPerApplication)},
	}
}

const (
	maxMakespanRatio = 1.1
	maxGrowth        = 1.1
)

func (r Results) rotationsTable() string {
	var rows [][]string
	for _, one := range r.Rotations.List {
		rows = append(rows, one.row())
	}
	about := "One tick with every application due, by the real machine and the real handlers over targets in memory whose savepoints take 10 to 70 seconds of a virtual clock, at commit " + r.Rotations.Commit +
		". The bound is the functions' time together, divided by the executions that may run at once. Compute is billed while a function waits for Flink."
	return table("Savepoints on schedule", about, []string{"applications", "makespan", "÷ bound", "transitions an application", "list price an application", "largest document, bytes", "heap an application, bytes"}, rows)
}
