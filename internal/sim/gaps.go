package sim

import (
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Gap is something that is known not to hold yet. Each is named, says what is
// missing, and is allowed for as narrowly as it can be: everything else is held
// as strictly as if it were not there. An entry goes when the gap is closed.
type Gap struct {
	Name    string
	Missing string
	shown   Schedule                                  // the shortest that shows it
	excuses func(w *world, rule, message string) bool // lets this one violation pass
}

// knownGaps lists them all.
var knownGaps = []Gap{
	{Name: "HungApply", Missing: "all steps of a release write with one fence, so that a call of its own that hung lands over what it has written since", shown: hung(),
		excuses: func(w *world, rule, _ string) bool {
			return rule == "EndedIsEnded" || slices.Contains(w.excused, "HungApply")
		}},
	{Name: "AppliedAndDeleted", Missing: "a version that was applied, and whose execution was stopped before it was promoted, leaves no trace in the ledger", shown: applied(),
		excuses: func(w *world, rule, message string) bool {
			return rule == "NoStateIsLostSilently" && w.journal.meddled.After(begin)
		}},
	{Name: "ManualHold", Missing: "a record that holds a failed version does not say what is to be done", shown: soon("manual", "good", "restart-loop"),
		excuses: func(_ *world, rule, message string) bool {
			return rule == "RecordSaysWhy" && strings.Contains(message, string(flink.HeldForSomebody))
		}},
}

func (w *world) excusedByGap(rule, message string) bool {
	for _, g := range knownGaps {
		if g.excuses(w, rule, message) {
			w.excused = append(w.excused, g.Name)
			return true
		}
	}
	return false
}
