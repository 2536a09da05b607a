package sim

import (
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
			return w.schedule.has(LostJobManager) && rule == "NoStateIsLostSilently" && strings.Contains(message, `from "", which`)
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
	{Name: "OwnCheckpointTakenForTheBase", Missing: "a version that starts empty and restarts before it is looked at shows a checkpoint of its own as restored: that is taken for the state from before the upgrade, which a rollback then restores, and the record of one that succeeds says it came from there",
		excuses: func(w *world, rule, message string) bool {
			return w.journal.asksForNoState() && (rule == "StateBeforeStop" && strings.Contains(message, "/chk-") || rule == "NoStateIsLostSilently" && strings.Contains(message, "runs, from chk-"))
		}},
	{Name: "StandstillCountsAgainstTheVersion", Missing: "the time within which a version has to settle is counted from its apply, not from when it was first looked at: when the machine itself stands still in between, a good version is rolled back at the first look",
		excuses: func(w *world, rule, message string) bool {
			return rule == "GoodVersionsStay" && strings.Contains(message, "Settled: ") && w.schedule.has(Pause)
		}},
	{Name: "OvertakenDiesWithItsWitness", Missing: "a change that loses its waiting place is recorded after the ledger was written: a function that dies in between leaves it without an outcome, because its repeat finds nothing to overtake",
		excuses: func(w *world, rule, _ string) bool {
			return rule == "EveryEventHasOneOutcome" && len(w.uploads) > 3 && w.schedule.has(CrashBefore, CrashAfter, Stall, Abort)
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
