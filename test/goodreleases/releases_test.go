//go:build e2e

package goodreleases

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// disturbed is a release, and what happens so long after it began to bake.
type disturbed struct {
	name  string
	after time.Duration
	by    func(*installation, *testing.T)
	seen  bool // it takes long enough that a look every two seconds has to see it
}

func TestGoodReleasesThatLosePods(t *testing.T) {
	run(t, "default", []disturbed{
		{"the TaskManager's pod is killed", 2 * time.Second, (*installation).killTaskManager, true},
		{"the TaskManager's node is drained", 9 * time.Second, (*installation).drainTaskManager, true},
		{"the JobManager's pod is killed", 4 * time.Second, (*installation).killJobManager, true},
		{"the TaskManager's pod is killed late", 24 * time.Second, (*installation).killTaskManager, true},
		{"JobManager and TaskManager are drained at once", 7 * time.Second, (*installation).drainAll, true},
	})
}

func TestGoodReleasesThatAreRescaled(t *testing.T) {
	i := run(t, "adaptive", []disturbed{
		{"Flink rescales the job in place", 3 * time.Second, (*installation).rescale, false},
		{"the TaskManager's node is drained", 16 * time.Second, (*installation).drainTaskManager, true},
		{"Flink rescales the job in place, late", 20 * time.Second, (*installation).rescale, false},
		{"the JobManager's node is drained", 12 * time.Second, (*installation).drainJobManager, true},
		{"it is rescaled, and then its TaskManager is killed", 2 * time.Second, (*installation).rescaleAndKill, true},
	})
	t.Run("batch jobs end by themselves", i.batchEnds)
}

// Each of the two tests wants a process of its own: a process can run one
// installation. make good sees to that.

// run releases one version after the other into one installation, and disturbs
// each. Only the adaptive scheduler can rescale a job in place.
func run(t *testing.T, scheduler string, releases []disturbed) *installation {
	i := start(t)
	const settings = "  flinkConfiguration:\n"
	manifest := i.Manifest(t, "bakeTime: 15s", "bakeTime: 30s", settings, settings+"    jobmanager.scheduler: "+scheduler+"\n")
	want(t, i.drop(t, flink.ManifestFile, manifest), flink.Ignored)
	want(t, i.drop(t, "counter-0.jar", i.Jar(t, "counter-v1.jar")), flink.Succeeded)
	for n, d := range releases {
		ok := t.Run(d.name, func(t *testing.T) {
			jar := fmt.Sprintf("counter-v%d.jar", 2-n%2)
			version := i.Upload(t, counter.String()+"/"+jar, i.Jar(t, jar))
			i.untilItBakes(t, version)
			pause(t, d.after)
			d.by(i, t)
			r := i.record(t, version)
			want(t, r, flink.Succeeded)
			if len(r.Rollback) > 0 {
				t.Errorf("a good release was rolled back: %+v", r.Rollback)
			}
			i.blamesNobody(t)
			if d.seen && !bakedAnew(r) {
				t.Errorf("what happened was not seen, or the bake went on over it: %s", notes(r))
			}
		})
		if !ok {
			t.Fatal("the later releases need this one")
		}
	}
	i.continuous(t)
	return i
}

// blamesNobody: nothing that happened here is the version's fault.
func (i *installation) blamesNobody(t *testing.T) {
	t.Helper()
	o, err := i.Target.Observe(t.Context(), counter)
	must(t, err)
	t.Logf("Flink counts %d restarts", o.Job.Restarts)
	for _, f := range o.Job.Failures {
		t.Logf("%s: %s", f.Cause, f.Message)
		if f.Cause == flink.UserCode {
			t.Errorf("this is not the version's fault: %s", f.Message)
		}
	}
}

// bakedAnew tells whether a check had to wait after the bake had begun, and the
// bake then began anew.
func bakedAnew(r ledger.Record) bool {
	began, waited := false, false
	for _, m := range r.Timeline {
		switch {
		case !strings.HasPrefix(m.Note, "new version: "):
		case strings.HasSuffix(m.Note, "baking"):
			if waited {
				return true
			}
			began = true
		case strings.Contains(m.Note, "waiting for"):
			waited = began
		}
	}
	return false
}

func notes(r ledger.Record) string {
	var all []string
	for _, m := range r.Timeline {
		all = append(all, m.At.Format("15:04:05 ")+m.Note)
	}
	return strings.Join(all, "\n")
}

func want(t *testing.T, r ledger.Record, o flink.Outcome) {
	t.Helper()
	if r.Outcome != o {
		t.Fatalf("it ended %s, %s: %s; want %s\n%s", r.Outcome, r.Reason, r.Message, o, notes(r))
	}
}

func (i *installation) continuous(t *testing.T) {
	r, err := continuity.Read(t.Context(), continuity.Bucket{Client: i.Objects, Name: i.Where.Data, Prefix: counter.String() + "/output/"},
		continuity.Patience{Within: 30 * time.Second, Every: time.Second})
	must(t, err)
	if !r.Whole() {
		t.Errorf("%v", r.Faults())
	}
	t.Logf("%d numbers, each committed once", r.Lines)
}
