package figures

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/test/bench/stats"
)

// Alarm is how soon an alarm is acted on, over fake targets in process: by the
// real clock, while what long polls wait for passes on a virtual one.
type Alarm struct {
	Occasion
	Asked []time.Duration `json:"asked"` // from the alarm's event until its change is asked for, nanoseconds
	Acted []time.Duration `json:"acted"` // until the release of that change first writes to the target
}

const maxActed = 50 * time.Millisecond

func (a Alarm) goals() []Goal {
	if len(a.Acted) == 0 {
		return nil
	}
	acted, most := stats.Of(milliseconds(a.Acted)), float64(maxActed.Milliseconds())
	return []Goal{{"from an alarm's event to the first write to its target, in process, beside the long polls", interval(acted, "%.1f") + " ms",
		fmt.Sprintf("under %.0f ms", most), acted.Median < most, a.at()}}
}

func (r Results) alarmTable() string {
	a := r.Alarm
	if len(a.Acted) == 0 {
		return ""
	}
	row := func(what string, all []time.Duration) []string {
		return []string{what, interval(stats.Of(milliseconds(all)), "%.1f")}
	}
	about := fmt.Sprintf("The job of an application has ended for good, and its alarm goes off: %d times. %s", len(a.Acted), a.about())
	return table("From an alarm to the repair", about, []string{"from the alarm's event until", "ms"}, [][]string{
		row("the remediation asks for a restart", a.Asked), row("the release writes the resource", a.Acted)})
}
