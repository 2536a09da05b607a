package sim

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// stories are runs without a fault: the last upload is the one whose every call is cut.
var stories = map[string]struct {
	version string
	first   bool // there is no version before it
	ends    flink.Reason
}{
	"an upgrade":                         {version: "good", ends: flink.Released},
	"a first version":                    {version: "good", first: true, ends: flink.Released},
	"a rollback to its own state":        {version: "restart-loop", ends: flink.RolledBack},
	"a rollback to the stop":             {version: "main-throws", ends: flink.RolledBack},
	"a refused version":                  {version: "refused", ends: flink.ManifestInvalid},
	"a first version that is taken away": {version: "restart-loop", first: true, ends: flink.FirstVersionFailed},
}

func story(version string, first bool) Schedule {
	at := func(id string, after time.Duration, key, word string) Event {
		return Event{ID: id, At: after, Key: key, Version: word, Arrive: []time.Duration{0}}
	}
	s := Schedule{Seed: 1, Events: []Event{at("u0", 0, app.ManifestKey(), "plain")}}
	if !first {
		s.Events = append(s.Events, at("u1", 5*time.Second, app.String()+"/v1.jar", "good"))
	}
	s.Events = append(s.Events, at("it", 2*time.Minute, app.String()+"/v2.jar", version))
	return s
}

// cuts are what can happen at a call without changing how the release ends. An
// ordinary go test makes the first two in two of the stories; with SCHEDULES
// set all are made in all.
var cuts = []Kind{CrashBefore, CrashAfter, CrashBetween, LostAnswer, Throttled, Disconnect}

func ordinarily(name string) bool {
	return name == "an upgrade" || name == "a rollback to its own state"
}

// TestAFunctionMayDieAroundEveryCall lists all calls of a clean run, and
// repeats the run with each way to be cut at each of them: every rule holds,
// and the release ends as it did.
func TestAFunctionMayDieAroundEveryCall(t *testing.T) {
	parts := load(t)
	all := os.Getenv("SCHEDULES") != ""
	for name, s := range stories {
		if !all && !ordinarily(name) {
			continue
		}
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			clean := Run(parts, story(s.version, s.first), Mutant{}, false)
			if clean.Violation != nil || clean.Reasons["it"] != s.ends {
				t.Fatalf("the clean run ends %s, want %s; violation: %v", clean.Reasons["it"], s.ends, clean.Violation)
			}
			tries := points(clean.Calls, all)
			t.Logf("%d calls, %d runs", clean.Calls["it"], len(tries))
			inParallel(len(tries), func(n int) {
				try := story(s.version, s.first)
				try.Faults = []Fault{tries[n]}
				cut(t, parts, try, s.ends)
			})
		})
	}
}

// points are the ways to cut a run with these calls.
func points(calls map[string]int, every bool) []Fault {
	kinds := cuts
	if !every {
		kinds = cuts[:2]
	}
	var all []Fault
	for _, kind := range kinds {
		op := ""
		if kind == CrashBetween {
			op = "target.Apply"
		}
		n := calls[strings.TrimSpace("it "+op)]
		for nth := range n {
			all = append(all, Fault{Kind: kind, Of: "it", Call: op, Nth: nth + 1})
		}
	}
	return all
}

func cut(t *testing.T, parts Parts, s Schedule, ends flink.Reason) {
	o := Run(parts, s, Mutant{}, false)
	if o.Violation == nil && o.Reasons["it"] == ends {
		return
	}
	o = Run(parts, s, Mutant{}, true)
	told := "no violation"
	if o.Violation != nil {
		told = o.Violation.String()
	}
	t.Errorf("%s: ends %s, want %s; %s\n%s", s.Faults[0], o.Reasons["it"], ends, told, strings.Join(o.Trace, "\n"))
}

func inParallel(n int, do func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}
