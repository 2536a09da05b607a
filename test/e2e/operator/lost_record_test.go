//go:build e2e

package operator

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// loseRecord has all pods killed and the high-availability record deleted, as
// by a cleaning script, or with the cluster. (A TaskManager that survives throws
// at every try: "references a different set of library BLOBs". Then the job
// restarts for ever instead; the way back is the same.)
func (a *application) loseRecord(t *testing.T) {
	t.Helper()
	now := int64(0)
	for _, what := range []struct{ resource, labels string }{{"pods", "component in (jobmanager,taskmanager)"}, {"configmaps", "configmap-type=high-availability"}} {
		must(t, a.kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: what.resource}).Namespace(a.Namespace).
			DeleteCollection(t.Context(), metav1.DeleteOptions{GracePeriodSeconds: &now}, metav1.ListOptions{LabelSelector: "app=" + a.Name + "," + what.labels}))
	}
}

// Without its record the job begins anew under its old name, and operator and
// Flink call it well. Its last checkpoint from before is found and restored.
func TestAJobWhoseRecordIsLostGoesOnFromItsLastCheckpoint(t *testing.T) {
	a := start(t).application("loses")
	r := a.revision(t, v1, nil)
	deployed := time.Now().Add(-time.Minute)
	a.apply(t, r, flink.Running, nothing, nil)
	before := a.until(t, "running for a while", func(o flink.Observation) bool { return running(o) && o.Job.Checkpoints.LatestID >= 20 })
	a.loseRecord(t)
	anew := a.until(t, "running without its state", func(o flink.Observation) bool {
		return running(o) && o.Job.Started.After(before.Job.Started)
	})
	if c := anew.Job.Checkpoints; c.RestoredFrom != "" || c.LatestID >= before.Job.Checkpoints.LatestID {
		t.Errorf("it goes on from %q with checkpoint %d", c.RestoredFrom, c.LatestID)
	}
	from := a.wayBack(t, deployed)
	if from.Number < before.Job.Checkpoints.LatestID || from.Fault != "" {
		t.Errorf("the way back is %+v, and checkpoint %d was seen", from, before.Job.Checkpoints.LatestID)
	}
	a.apply(t, r, flink.Running, flink.Restore{Kind: flink.RestoreSnapshot, Path: from.Path}, nil)
	a.until(t, "running from it", func(o flink.Observation) bool {
		return running(o) && flink.SamePath(o.Job.Checkpoints.RestoredFrom, from.Path) && o.Job.Checkpoints.LatestID > from.Number
	})
	must(t, a.target.Remove(t.Context(), a.Application, a.fence))
}

func (a *application) wayBack(t *testing.T, deployed time.Time) flink.FoundState {
	t.Helper()
	states := savepoint.Store{Objects: savepoint.S3{Client: a.objects}}
	kept, err := states.Checkpoints(t.Context(), "s3://"+data+"/"+team+"/"+a.Name+"/checkpoints")
	must(t, err)
	var found []flink.FoundState
	for _, c := range kept {
		fault, err := states.Whole(t.Context(), c.Path)
		must(t, err)
		found = append(found, flink.FoundState{Path: c.Path, At: c.Complete, JobID: c.JobID, Number: c.Number, Fault: fault})
	}
	back, err := flink.DecideWayBack(found, deployed)
	must(t, err)
	t.Logf("%d were kept; %s: %s; passed over: %+v", len(found), back.From.Path, back.Message, back.Passed)
	return back.From
}
