package sim

import (
	"fmt"
	"strings"
	"time"
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
	{Name: "OwnCheckpointTakenForTheBase", Missing: "a version that starts empty and restarts before it is looked at shows a checkpoint of its own as restored: that is taken for the state from before the upgrade, which a rollback then restores, and the record of one that succeeds says it came from there",
		shown: soon("stateless", "good", "restart-loop"),
		excuses: func(w *world, rule, message string) bool {
			return w.journal.asksForNoState() && (rule == "StateBeforeStop" && strings.Contains(message, "/chk-") || rule == "NoStateIsLostSilently" && strings.Contains(message, "runs, from chk-"))
		}},
	{Name: "StandstillCountsAgainstTheVersion", Missing: "the time within which a version has to settle is counted from its apply, not from when it was first looked at: when the machine itself stands still in between, a good version is rolled back at the first look",
		shown: soon("plain", "good").with(Fault{Kind: Pause, Upload: "u1", Call: "target.Apply", Nth: 1, For: 25 * time.Minute}),
		excuses: func(w *world, rule, message string) bool {
			return rule == "GoodVersionsStay" && strings.Contains(message, "Settled: ") && w.schedule.has(Pause)
		}},
	{Name: "OvertakenDiesWithItsWitness", Missing: "a change that loses its waiting place is recorded after the ledger was written: a function that dies in between leaves it without an outcome, because its repeat finds nothing to overtake",
		shown: crowded().with(Fault{Kind: CrashBefore, Upload: "u3", Call: "ledger.Put", Nth: 1}),
		excuses: func(w *world, rule, _ string) bool {
			return rule == "EveryEventHasOneOutcome" && w.schedule.has(CrashBefore, CrashAfter, Stall, Abort)
		}},
	{Name: "RollbackThatDiedForgetsItsCost", Missing: "a RollBack that dies after its apply is repeated, and the repeat knows what was restored but no longer says what that costs",
		shown: soon("before", "good", "restart-loop").with(Fault{Kind: CrashAfter, Upload: "u2", Call: "target.Apply", Nth: 3}),
		excuses: func(_ *world, rule, message string) bool {
			return rule == "NoStateIsLostSilently" && strings.Contains(message, "a call of RollBack before this one")
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

// soon uploads a manifest, and jars that do so, two minutes apart.
func soon(manifest string, versions ...string) Schedule {
	s := Schedule{Seed: 1, Uploads: []Upload{{ID: "u0", Key: app.ManifestKey(), Version: manifest, Arrive: []time.Duration{0}}}}
	for n, version := range versions {
		s.Uploads = append(s.Uploads, Upload{ID: fmt.Sprintf("u%d", n+1), At: 5*time.Second + time.Duration(n)*2*time.Minute,
			Key: fmt.Sprintf("%s/v%d.jar", app, n+1), Version: version, Arrive: []time.Duration{0}})
	}
	return s
}

// crowded has a manifest and then a jar come while a release is in flight.
func crowded() Schedule {
	s := soon("plain", "good", "good", "good")
	s.Uploads[2].At, s.Uploads[2].Key, s.Uploads[2].Version = 12*time.Second, app.ManifestKey(), "other"
	s.Uploads[3].At = 20 * time.Second
	return s
}

func (s Schedule) with(f Fault) Schedule {
	s.Faults = append(s.Faults, f)
	return s
}
