package statemachines_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/task"
)

// What may happen to a good version while it bakes.
var disturbances = []struct {
	name string
	do   func(*targettest.Model, flink.Application)
}{
	{"its TaskManager is lost", (*targettest.Model).KillTaskManager},
	{"its node is drained", (*targettest.Model).DrainNode},
	{"the autoscaler rescales it", (*targettest.Model).Rescale},
	{"its JobManager is lost", (*targettest.Model).RestartJobManager},
}

// disturbed is a target whose jobs are disturbed some seconds after a new
// version has been seen with all its tasks running.
type disturbed struct {
	*targettest.Model
	clock func() time.Time
	plan  []disturbance
	ran   time.Time // since when the version runs
	last  time.Time // when something happened last
	did   []string
}

type disturbance struct {
	after time.Duration
	kind  int
}

// Observe implements flink.Target.
func (d *disturbed) Observe(ctx context.Context, a flink.Application) (flink.Observation, error) {
	o, err := d.Model.Observe(ctx, a)
	if err != nil {
		return o, err
	}
	if d.ran.IsZero() && o.Spec.Step == "apply" && o.Status.ObservedGeneration >= o.Spec.Generation && o.Job.Tasks > 0 && o.Job.TasksRunning == o.Job.Tasks {
		d.ran = d.clock()
	}
	for len(d.plan) > 0 && !d.ran.IsZero() && d.clock().Sub(d.ran) >= d.plan[0].after {
		disturbances[d.plan[0].kind].do(d.Model, a)
		d.did = append(d.did, fmt.Sprintf("%s after %s", disturbances[d.plan[0].kind].name, d.clock().Sub(d.ran)))
		d.last, d.plan = d.clock(), d.plan[1:]
		return d.Model.Observe(ctx, a)
	}
	return o, nil
}

const bakeOfGood = time.Minute

// TestAHundredGoodReleasesAreNotRolledBack releases one good version after the
// other, and lets one to three things happen to each while it bakes.
func TestAHundredGoodReleasesAreNotRolledBack(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 4))
			w := newWorld(t)
			target := &disturbed{Model: w.target, clock: w.clock.Now}
			w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: w.artifacts, Target: target, Sender: w, Clock: w.clock,
				Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, LongPoll: functions.LongPoll, Poll: 2 * time.Second}}}.Handlers()
			w.run(w.put(app.ManifestKey(), []byte(strings.Replace(manifestYAML, "bakeTime: 20s", "bakeTime: "+bakeOfGood.String(), 1))))
			w.run(w.put(app.String()+"/first.jar", w.jar("first", targettest.Behaviour{})))
			for n := range 10 {
				target.ran, target.last, target.did, target.plan = time.Time{}, time.Time{}, nil, planned(random)
				name := fmt.Sprintf("good-%d.jar", n)
				w.run(w.put(app.String()+"/"+name, w.jar(name, targettest.Behaviour{})))
				r := w.newestRecord()
				if r.Reason != flink.Released || len(r.Rollback) > 0 {
					t.Fatalf("%s: %s, %s: %s", name, strings.Join(target.did, ", "), r.Reason, r.Message)
				}
				if len(target.did) == 0 || len(target.plan) > 0 {
					t.Errorf("%s: %d of what was to happen did not: the test proves nothing", name, len(target.plan))
				}
				if baked := r.Ended.Sub(target.last); baked < bakeOfGood {
					t.Errorf("%s: %s, and it was promoted %s later, before it had baked anew", name, strings.Join(target.did, ", "), baked)
				}
			}
			for _, s := range w.target.Starts() {
				if s.From != "" && !s.Exact() {
					t.Errorf("a version began with %d of %d committed records", s.Counter, s.Committed)
				}
			}
		})
	}
}

// planned draws one to three things; each comes before the bake that the one
// before it began anew could end.
func planned(random *rand.Rand) (plan []disturbance) {
	after := time.Duration(0)
	for range 1 + random.IntN(3) {
		after += time.Duration(1+random.IntN(int(bakeOfGood/time.Second)-5)) * time.Second
		plan = append(plan, disturbance{after, random.IntN(len(disturbances))})
	}
	return plan
}
