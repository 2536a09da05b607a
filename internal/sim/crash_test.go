package sim

import (
	"cmp"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// story is a run without a fault: its last event is the one whose every call is cut.
type story struct {
	manifest string
	versions []string        // jars, two minutes apart; the last one is the event, unless something is asked for
	then     *flink.Change   // asked for after them
	after    *flink.Change   // likewise, before then
	together bool            // then, or the last jar, comes while the one before is in flight
	by       Fault           // what somebody does by hand before then
	tale     func() Schedule // instead of all that: an event is called "it"
	ends     flink.Reason
	or       flink.Reason // likewise, where one answer that is missing is reason enough
}

var stories = map[string]story{
	"an upgrade":                                    {versions: []string{"good", "good"}, ends: flink.Released},
	"a first version":                               {versions: []string{"good"}, ends: flink.Released},
	"a rollback to its own state":                   {versions: []string{"good", "restart-loop"}, ends: flink.RolledBack},
	"a rollback to the stop":                        {versions: []string{"good", "main-throws"}, ends: flink.RolledBack},
	"a rollback whose newest state does not do":     {manifest: "before", versions: []string{"good", "restart-loop"}, ends: flink.RolledBack},
	"a refused version":                             {versions: []string{"good", "refused"}, ends: flink.ManifestInvalid},
	"a first version that is taken away":            {versions: []string{"restart-loop"}, ends: flink.FirstVersionFailed},
	"an upgrade without state":                      {manifest: "stateless", versions: []string{"good", "good"}, ends: flink.Released},
	"an upgrade by last-state":                      {manifest: "last-state", versions: []string{"good", "good"}, ends: flink.Released},
	"a rollback by last-state":                      {manifest: "last-state", versions: []string{"good", "restart-loop"}, ends: flink.RolledBack},
	"an upgrade that waits and is handed the lease": {versions: []string{"good", "good", "good"}, together: true, ends: flink.Released},
	"a restart":                                     {versions: []string{"good"}, then: &flink.Change{Kind: flink.Restart}, ends: flink.Released},
	"a return to the version before":                {versions: []string{"good", "good"}, then: &flink.Change{Kind: flink.Rollback}, ends: flink.Released},
	"a suspension":                                  {versions: []string{"good"}, then: &flink.Change{Kind: flink.Suspend}, ends: flink.Stopped},
	"a resumption":                                  {versions: []string{"good"}, after: &flink.Change{Kind: flink.Suspend}, then: &flink.Change{Kind: flink.Resume}, ends: flink.Released},
	"a resumption that fails":                       {versions: []string{"fails-on-restore"}, after: &flink.Change{Kind: flink.Suspend}, then: &flink.Change{Kind: flink.Resume}, ends: flink.RolledBack},
	"an upgrade of what somebody suspended":         {versions: []string{"good", "good"}, by: Fault{Kind: SuspendOutside}, ends: flink.Released},
	"a deletion":                                    {versions: []string{"good"}, then: &flink.Change{Kind: flink.Delete}, ends: flink.Removed},
	"a redeployment":                                {versions: []string{"good", "good"}, then: &flink.Change{Kind: flink.Redeploy}, ends: flink.Released},
	"another parallelism":                           {versions: []string{"good"}, then: &flink.Change{Kind: flink.Scale, Parallelism: 3}, ends: flink.Released},
	"a cancellation":                                {versions: []string{"good", "good"}, then: &flink.Change{Kind: flink.Cancel}, together: true, ends: flink.CancelAsked},
	"a takeover":                                    {versions: []string{"good"}, by: Fault{Kind: RemadeOutside}, then: &flink.Change{Kind: flink.Adopt}, ends: flink.Adopted},
	"a dry run":                                     {versions: []string{"good"}, then: &flink.Change{Kind: flink.Restart, DryRun: true}, ends: flink.Planned},
	"a repair":                                      {tale: repaired, ends: flink.Reason(flink.IncidentHelped)},
	"a repair that somebody is called for":          {tale: beyondRepair, ends: flink.Reason(flink.IncidentEscalated)},
	"a rotation of savepoints":                      {tale: func() Schedule { return rotated(2) }, ends: flink.RotationSnapshot, or: skipped},
	"an upgrade that somebody agrees to":            {manifest: "approval", versions: []string{"good"}, ends: flink.Released},
}

// schedule tells the story; its last event is called "it".
func (s story) schedule() Schedule {
	if s.tale != nil {
		return s.tale()
	}
	tale := soon(cmp.Or(s.manifest, "plain"), s.versions...)
	at := tale.Events[len(tale.Events)-1].At
	for _, c := range []*flink.Change{s.after, s.then} {
		if c == nil {
			continue
		}
		asked := *c
		asked.By = "ann"
		at += 2 * time.Minute
		tale.Events = append(tale.Events, Event{ID: "asked", At: at, Arrive: []time.Duration{0}, Ask: &Ask{Change: asked}})
	}
	it := &tale.Events[len(tale.Events)-1]
	it.ID = "it"
	if s.together {
		it.At = tale.Events[len(tale.Events)-2].At + 10*time.Second
	}
	if s.by.Kind != "" {
		tale = tale.with(Fault{Kind: s.by.Kind, At: it.At - time.Minute})
	}
	if s.manifest == "approval" {
		tale = tale.with(Fault{Kind: Approve, Of: "it", At: it.At + time.Minute})
	}
	return tale
}

// cuts are what can happen at a call without changing how the release ends. An
// ordinary go test makes the first two in four of the stories; with SCHEDULES
// set all are made in all.
var cuts = []Kind{CrashBefore, CrashAfter, CrashBetween, LostAnswer, Throttled, Disconnect}

func ordinarily(name string) bool {
	return name == "an upgrade" || name == "a rollback to its own state" || name == "a repair" || name == "a rotation of savepoints"
}

// TestAFunctionMayDieAroundEveryCall lists all calls of a clean run, and
// repeats the run with each way to be cut at each of them: every rule holds,
// and the release ends as it did.
func TestAFunctionMayDieAroundEveryCall(t *testing.T) {
	parts := load(t)
	all := os.Getenv("SCHEDULES") != ""
	tried := 0
	for name, s := range stories {
		if !all && !ordinarily(name) {
			continue
		}
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			clean := Run(parts, s.schedule(), Mutant{}, false)
			if clean.Violation != nil || clean.Reasons["it"] != s.ends {
				t.Fatalf("the clean run ends %s, want %s; violation: %v", clean.Reasons["it"], s.ends, clean.Violation)
			}
			tries := points(clean.Calls, all)
			t.Logf("%d calls, %d points tried", clean.Calls["it"], len(tries))
			tried += len(tries)
			inParallel(len(tries), func(n int) {
				try := s.schedule().with(tries[n])
				cut(t, parts, try, s)
			})
		})
	}
	t.Logf("%d points tried", tried)
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

func cut(t *testing.T, parts Parts, s Schedule, of story) {
	o := Run(parts, s, Mutant{}, false)
	if r := o.Reasons["it"]; o.Violation == nil && r != "" && (r == of.ends || r == of.or) {
		return
	}
	o = Run(parts, s, Mutant{}, true)
	told := "no violation"
	if o.Violation != nil {
		told = o.Violation.String()
	}
	t.Errorf("%s: ends %s, want %s; %s\n%s", s.Faults[len(s.Faults)-1], o.Reasons["it"], of.ends, told, strings.Join(o.Trace, "\n"))
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
