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
	{Name: "EditedWhileItFailed", shown: edited(),
		Missing: "somebody's edit makes the operator restart a new version that completes no checkpoint, with a savepoint that commits; the rollback does not know of that savepoint, and calls the state from before exact",
		excuses: func(w *world, rule, _ string) bool {
			return rule == "NoStateIsLostSilently" && slices.ContainsFunc(w.journal.changes, func(c change) bool { return c.Outside == EditOutside })
		}},
	{Name: "LateRecord", shown: lateRecord(),
		Missing: "a record is written without looking whether there is one: a write that hung says of a release that has ended since that it was overtaken",
		excuses: func(w *world, rule, message string) bool {
			return rule == "OneOutcome" && strings.HasSuffix(message, string(flink.FailedClean)+" "+string(flink.Overtaken))
		}},
	{Name: "OlderThanTheRecord", shown: olderThanTheRecord(),
		Missing: "a rollback by the high-availability record does not ask how new the checkpoint has to be, and takes a redeployment's old savepoint for it",
		excuses: func(w *world, rule, message string) bool {
			return rule == "NoStateIsLostSilently" && strings.Contains(message, "-"+string(flink.RestoreLatest)+" started")
		}},
	{Name: "PlannedTwice", shown: plannedTwice(),
		Missing: "a second delivery, which only plans because the first waits for approval, records an end of its own when the first goes on",
		excuses: func(w *world, rule, message string) bool {
			return rule == "OneOutcome" && strings.Contains(message, string(flink.Superseded))
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
