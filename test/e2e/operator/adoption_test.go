//go:build e2e

package operator

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
)

var deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}

// byHand makes the application as somebody would with kubectl who has the jar in S3.
func (a *application) byHand(t *testing.T) {
	t.Helper()
	r := a.revision(t, v1, nil)
	rendered, err := eks.Render(flink.Desired{Application: a.Application, Revision: r, Run: flink.Running, Restore: nothing}, eks.Situation{Operator: eks.Apache})
	must(t, err)
	o := &unstructured.Unstructured{Object: rendered.Object}
	o.SetAnnotations(nil)
	o.SetLabels(map[string]string{"team": "a"})
	_, err = a.kube.Resource(deployments).Namespace(a.Namespace).Create(t.Context(), o, metav1.CreateOptions{FieldManager: "kubectl-create"})
	must(t, err)
}

// The job that runs when it is adopted goes on; a release then stops it with a
// savepoint and the next version restores that; and what was adopted can be had again.
func TestAnApplicationIsAdoptedWithoutARestartReleasedAndRolledBack(t *testing.T) {
	a := start(t).application("adopted")
	a.byHand(t)
	before := a.until(t, "running", running)
	found, err := flink.NewRevision(before.Spec.Manifest, flink.PinnedJar{})
	must(t, err)
	a.apply(t, found, flink.Running, flink.Restore{}, func(d *flink.Desired) { d.Adopt = true })
	more := before.Job.Checkpoints.Completed + checkpointsAFew
	adopted := a.until(t, "adopted, and some checkpoints later", func(o flink.Observation) bool {
		return running(o) && o.Spec.Revision == found.ID && o.Job.Checkpoints.Completed >= more
	})
	if adopted.Job.ID != before.Job.ID || !adopted.Job.Started.Equal(before.Job.Started) || adopted.Spec.Generation != before.Spec.Generation || adopted.Spec.UID != before.Spec.UID {
		t.Errorf("something restarted: %+v\nbefore: %+v", adopted.Job, before.Job)
	}
	for _, to := range []struct{ from, to flink.Revision }{{found, a.revision(t, v2, nil)}, {a.revision(t, v2, nil), found}} {
		a.apply(t, to.from, flink.Suspended, held, nil)
		stopped := a.until(t, "stopped with a savepoint", func(o flink.Observation) bool { return suspended(o) && o.Status.SavepointTrigger == "UPGRADE" })
		a.apply(t, to.to, flink.Running, flink.Restore{Kind: flink.RestoreSnapshot, Path: stopped.Status.Savepoint.Path}, nil)
		after := a.until(t, "running from it", running)
		if !flink.SamePath(after.Job.Checkpoints.RestoredFrom, stopped.Status.Savepoint.Path) || after.Spec.Manifest != nil {
			t.Errorf("restored %s, and the savepoint is %s", after.Job.Checkpoints.RestoredFrom, stopped.Status.Savepoint.Path)
		}
	}
}
