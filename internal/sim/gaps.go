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
	machine func(definition []byte) []byte            // runs the machine as it will be
	excuses func(w *world, rule, message string) bool // lets this one violation pass
}

// knownGaps lists them all.
var knownGaps = []Gap{
	{Name: "ModelForgetsWhatItWasDeployedFrom", Missing: "not of what is tested but of the model: a JobManager that is lost after its job ended for good, and with it the high-availability record, starts empty; Flink would restore the savepoint of its deployment again",
		excuses: func(w *world, rule, message string) bool {
			lost := slices.ContainsFunc(w.schedule.Faults, func(f Fault) bool { return f.Kind == LostJobManager })
			return lost && rule == "NoStateIsLostSilently" && strings.Contains(message, `from "", which`)
		}},
	{Name: "HeirDropsWhoWaits", Missing: "a change that was handed the lease takes it up and drops what has come to wait behind it since as overtaken, though that is the newer one; only who takes a lease that ran out may do that",
		excuses: func(_ *world, rule, _ string) bool { return rule == "PendingIsNotDropped" }},
	{Name: "UnseenVersionIsRepeated", Missing: "a release that finds its resource gone restores the savepoint of the last stop; when a version ran after that stop and was never seen running, its records are processed again and the release's own record does not say that this may be",
		excuses: func(w *world, rule, _ string) bool {
			return rule == "NoStateIsLostSilently" && !w.journal.meddled.IsZero()
		}},
	{Name: "QueueDoesNotAskAgain", Missing: "Admit decides from the document it gathered that a change has to wait, and does not ask again when it writes: a duplicate of an older change takes the place of a newer one that has come to wait since, and then neither is released",
		excuses: func(_ *world, rule, message string) bool {
			return rule == "OneOutcome" && strings.Contains(message, string(flink.Overtaken))
		}},
	{Name: "UnseenIsNotNothing", Missing: "a new version that Flink's REST API never showed is taken for one that made nothing durable: the record calls the savepoint of the stop exact, and what that version committed is processed again",
		excuses: func(_ *world, rule, message string) bool {
			return rule == "NoStateIsLostSilently" && strings.Contains(message, "made nothing durable")
		}},
}

func (w *world) excusedByGap(rule, message string) bool {
	for _, g := range knownGaps {
		if g.excuses(w, rule, message) {
			return true
		}
	}
	return false
}
