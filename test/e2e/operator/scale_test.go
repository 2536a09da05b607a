//go:build e2e

package operator

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// scalable is the sample with the adaptive scheduler.
func (a *application) scalable(t *testing.T, parallelism int) flink.Revision {
	return a.revision(t, v1, func(spec map[string]any) {
		spec["flinkConfiguration"].(map[string]any)["jobmanager.scheduler"] = "adaptive"
		spec["job"].(map[string]any)["parallelism"] = parallelism
	})
}

func inPlace(d *flink.Desired) { d.InPlace = true }

// The same job, by its start, goes on with more subtasks, and with fewer again.
// With operator 1.7.0 that takes a Flink before 1.20.
func TestAJobIsScaledInPlace(t *testing.T) {
	a := start(t).application("scales")
	a.apply(t, a.scalable(t, 1), flink.Running, nothing, nil)
	before := a.until(t, "running", running)
	if !before.Traits.ScaleInPlace {
		d := flink.Desired{Application: a.Application, Revision: a.scalable(t, 2), Run: flink.Running, Restore: latest, InPlace: true, Fence: a.fence, Release: t.Name(), Step: "scale"}
		if err := a.target.Apply(t.Context(), d); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "NotSupported") {
			t.Errorf("it cannot be scaled in place, and trying it says %v", err)
		}
		t.Skip("this operator would not see that this Flink has been scaled: set " + flinkHome + " and " + s3Plugin + " to a Flink 1.19")
	}
	for _, parallelism := range []int{2, 1} {
		a.apply(t, a.scalable(t, parallelism), flink.Running, latest, inPlace)
		after := a.until(t, "scaled", func(o flink.Observation) bool {
			for _, v := range o.Job.Vertices {
				if v.Parallelism != parallelism {
					return false
				}
			}
			return running(o) && len(o.Job.Vertices) > 0 && o.Status.Reconciliation == "DEPLOYED" && o.Status.Error == ""
		})
		if after.Job.ID != before.Job.ID || !after.Job.Started.Equal(before.Job.Started) || after.Spec.UID != before.Spec.UID {
			t.Errorf("another job runs: %+v\nbefore: %+v", after.Job, before.Job)
		}
	}
}
