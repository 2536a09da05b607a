package sim

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// usually is how many schedules an ordinary go test runs.
const usually = 300

// TestTheRulesHoldInEverySchedule runs SCHEDULES schedules (300), from seed
// SEED on (0); SEED alone runs that one.
func TestTheRulesHoldInEverySchedule(t *testing.T) {
	parts := load(t)
	seed, n := number(t, "SEED", 0), number(t, "SCHEDULES", usually)
	if os.Getenv("SEED") != "" && os.Getenv("SCHEDULES") == "" {
		n = 1
	}
	if testing.Short() {
		n = min(n, 50)
	}
	found := SearchFrom(parts, seed, int(n), Mutant{}, false)
	t.Log(found.Summary())
	told := map[string]bool{}
	for _, f := range found.Findings {
		if told[f.Violation.Rule] {
			t.Errorf("seed %d breaks %s", f.Seed, f.Violation)
			continue
		}
		told[f.Violation.Rule] = true
		t.Error(Explain(parts, f, Mutant{}))
	}
}

func TestARunIsTheSameEveryTime(t *testing.T) {
	parts := load(t)
	for seed := range uint64(20) {
		first, second := Run(parts, Generate(seed), Mutant{}, true), Run(parts, Generate(seed), Mutant{}, true)
		if len(first.Trace) != len(second.Trace) {
			t.Fatalf("seed %d: %d lines, then %d", seed, len(first.Trace), len(second.Trace))
		}
		for n := range first.Trace {
			if first.Trace[n] != second.Trace[n] {
				t.Fatalf("seed %d, line %d:\n%s\n%s", seed, n, first.Trace[n], second.Trace[n])
			}
		}
	}
}

// onceWrong are the shortest schedules of faults that were found and mended.
func onceWrong() map[string]Schedule {
	return map[string]Schedule{
		"a checkpoint of its own is not the state from before":             soon("stateless", "good", "restart-loop"),
		"a machine that stands still does not count against the version":   soon("plain", "good").with(Fault{Kind: Pause, Of: "u1", Call: "target.Apply", Nth: 1, For: 25 * time.Minute}),
		"what loses its waiting place is recorded though its witness dies": crowded().with(Fault{Kind: CrashBefore, Of: "u3", Call: "ledger.Put", Nth: 1}),
		"a key written twice before there is a manifest":                   overwritten(),
		"an apply that hung comes through when its release has gone back":  hung(),
		"a version that was applied and never promoted is known":           applied(),
		"a savepoint that somebody's edit brought about is known":          edited(),
		"what was supposed does not take the place of an outcome":          lateRecord(),
		"a rollback by the record asks how new the checkpoint is":          olderThanTheRecord(),
		"a delivery that only plans leaves the first one's place alone":    plannedTwice(),
		"who calls off what is all but settled hears that it is too late":  tooLate(),
		"alarms that go off together are of one incident":                  storm(),
		"a job that fails every ten minutes is not repaired for ever":      everyTenMinutes(),
		"a repair that fails calls somebody":                               beyondRepair(),
		"what is taken away meanwhile ends its incident":                   takenAway(),
		"an event told five times has the record of its incident":          toldFiveTimes(),
		"so many savepoints are kept as the policy says, however old":      paused(),
		"savepoints are taken and retired, but for what the job needs":     rotated(6),
		"a rotation waits for nobody's release":                            rotatedMeanwhile(),
		"a rollback that is repeated says what it costs":                   soon("before", "good", "restart-loop").with(Fault{Kind: CrashAfter, Of: "u2", Call: "target.Apply", Nth: 3}),
	}
}

func TestWhatOnceWentWrongHolds(t *testing.T) {
	parts := load(t)
	for name, schedule := range onceWrong() {
		if o := Run(parts, schedule, Mutant{}, false); o.Violation != nil {
			t.Errorf("%s: %v", name, o.Violation)
		}
	}
}

var loaded Parts

func load(t *testing.T) Parts {
	t.Helper()
	if loaded.JSONata == nil {
		parts, err := Load()
		if err != nil {
			t.Fatal(err)
		}
		loaded = parts
	}
	return loaded
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		t.Fatalf("%s is %q: give a whole number", name, text)
	}
	return n
}
