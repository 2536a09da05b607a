package sim

import (
	"os"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
)

// TestAnExecutionMayBeStoppedAtEveryCall repeats each story with its execution
// stopped at each of its calls: every rule holds, whatever recovery makes of it.
// An ordinary go test does so with one story; with SCHEDULES set it is all of them.
func TestAnExecutionMayBeStoppedAtEveryCall(t *testing.T) {
	parts := load(t)
	all := os.Getenv("SCHEDULES") != ""
	for name, s := range stories {
		if !all && name != "an upgrade" {
			continue
		}
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			calls := Run(parts, s.schedule(), Mutant{}, false).Calls["it"]
			ends := make([]string, calls)
			inParallel(calls, func(n int) {
				s := s.schedule().with(Fault{Kind: StopAt, Of: "it", Nth: n + 1})
				o := held(t, parts, s)
				ends[n] = string(o.Reasons["it"])
			})
			count := map[string]int{}
			for _, why := range ends {
				count[why]++
			}
			t.Logf("%d calls, and it ended %v", calls, count)
		})
	}
}

// deaths are schedules of which an execution is stopped when it had come so far.
var deaths = map[string]Schedule{
	"after the stop":               stories["an upgrade"].schedule().with(Fault{Kind: StopAt, Of: "it", Call: "target.Apply", Nth: 2}),
	"after the apply":              stories["an upgrade"].schedule().with(Fault{Kind: StopAt, Of: "it", Call: "target.Observe", Nth: 12}),
	"while a first version starts": stories["a first version"].schedule().with(Fault{Kind: StopAt, Of: "it", Call: "target.Observe", Nth: 4}),
	"half-way back":                stories["a rollback to its own state"].schedule().with(Fault{Kind: StopAt, Of: "it", Call: "target.Apply", Nth: 4}),
	"while somebody is asked":      parkedForGood(),
	"before it takes up the lease": stories["an upgrade that waits and is handed the lease"].schedule().with(Fault{Kind: StopAt, Of: "it", Call: "artifacts.Head", Nth: 2}),
}

// parkedForGood has the execution stopped that waits for an approval, which comes later.
func parkedForGood() Schedule {
	s := stories["an upgrade that somebody agrees to"].schedule()
	at := s.Events[len(s.Events)-1].At
	s.Faults = []Fault{{Kind: Abort, Of: "it", At: at + 30e9}, {Kind: Approve, Of: "it", At: at + 600e9}}
	return s
}

// TestRecoveryMayDieAroundEveryCall repeats what recovery does about each death,
// with each way to be cut at each call of its own, and of the release that it
// asks for: every rule holds, and what died ends as it did, or as Died. With SCHEDULES
// set it does so for all deaths and every call.
func TestRecoveryMayDieAroundEveryCall(t *testing.T) {
	parts := load(t)
	kinds, all := []Kind{StopAt}, os.Getenv("SCHEDULES") != ""
	if all {
		kinds = []Kind{CrashBefore, CrashAfter, LostAnswer, Throttled, Disconnect, StopAt}
	}
	for name, s := range deaths {
		if !all && name != "after the stop" && name != "while somebody is asked" {
			continue
		}
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			clean := held(t, parts, s)
			if clean.Reasons["it"] == "" {
				t.Fatalf("what died has no outcome:\n%s", strings.Join(Run(parts, s, Mutant{}, true).Trace, "\n"))
			}
			var tries []Fault
			for _, of := range []string{string(functions.Recover), undo} {
				for nth := range clean.Calls[of] {
					for _, kind := range kinds {
						if all || nth%4 == 0 || of != undo {
							tries = append(tries, Fault{Kind: kind, Of: of, Nth: nth + 1})
						}
					}
				}
			}
			t.Logf("it ends %s; %d and %d calls, %d points tried", clean.Reasons["it"], clean.Calls[string(functions.Recover)], clean.Calls[undo], len(tries))
			inParallel(len(tries), func(n int) {
				try := s.with(tries[n])
				// Started again or not is a matter of moments: its last function may take the lease up first.
				if got := held(t, parts, try).Reasons["it"]; got != clean.Reasons["it"] && got != flink.Died {
					t.Errorf("%s: what died ends %s, want %s", tries[n], got, clean.Reasons["it"])
				}
			})
		})
	}
}

// held runs a schedule of which every rule is to hold.
func held(t *testing.T, parts Parts, s Schedule) Outcome {
	t.Helper()
	o := Run(parts, s, Mutant{}, false)
	if o.Violation != nil {
		o = Run(parts, s, Mutant{}, true)
		t.Errorf("%s: %s\n%s", s.Faults[len(s.Faults)-1], o.Violation, strings.Join(o.Trace, "\n"))
	}
	return o
}
