//go:build e2e

package operator

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// The same job, by its start, goes on with more subtasks, and with fewer again.
func TestAJobIsScaledInPlace(t *testing.T) {
	a := start(t).application("scales")
	of := func(parallelism int) flink.Revision {
		return a.revision(t, v1, func(spec map[string]any) {
			spec["flinkConfiguration"].(map[string]any)["jobmanager.scheduler"] = "adaptive"
			spec["job"].(map[string]any)["parallelism"] = parallelism
		})
	}
	a.apply(t, of(1), flink.Running, nothing, nil)
	before := a.until(t, "running", running)
	if !before.Traits.ScaleInPlace || len(before.Job.Vertices) == 0 {
		t.Fatalf("traits %+v, vertices %+v", before.Traits, before.Job.Vertices)
	}
	for _, parallelism := range []int{2, 1} {
		a.apply(t, of(parallelism), flink.Running, latest, func(d *flink.Desired) { d.InPlace = true })
		after := a.until(t, "scaled", func(o flink.Observation) bool {
			for _, v := range o.Job.Vertices {
				if v.Parallelism != parallelism {
					return false
				}
			}
			return running(o) && len(o.Job.Vertices) > 0
		})
		if after.Job.ID != before.Job.ID || !after.Job.Started.Equal(before.Job.Started) || after.Spec.UID != before.Spec.UID {
			t.Errorf("another job runs: %+v\nbefore: %+v", after.Job, before.Job)
		}
	}
}
