//go:build e2e

package operator

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/internal/flink"
)

var stateSnapshots = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkstatesnapshots"}

// resources counts the application's FlinkStateSnapshots of Sluice; -1 where the operator has none.
func (a *application) resources(t *testing.T) int {
	t.Helper()
	list, err := a.kube.Resource(stateSnapshots).Namespace(a.Namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "sluice/snapshot-of=" + a.Name})
	if err != nil {
		return -1
	}
	return len(list.Items)
}

// saved asks for a savepoint twice and waits for it.
func (a *application) saved(t *testing.T, o flink.Observation) string {
	t.Helper()
	r := flink.SnapshotRequest{Application: a.Application, JobID: o.Job.ID, ID: "insurance", Directory: "s3://" + data + "/" + team + "/" + a.Name + "/insurance", Fence: a.fence}
	for range 2 {
		must(t, a.target.StartSnapshot(t.Context(), r))
	}
	deadline := time.After(within)
	for {
		s, err := a.target.Snapshot(t.Context(), r)
		must(t, err)
		if s.Phase == flink.SnapshotCompleted {
			return s.Path
		}
		select {
		case <-deadline:
			t.Fatalf("the savepoint is %+v", s)
		case <-time.After(pause):
		}
	}
}

// An insurance savepoint of a running job, restored by a chosen path: in place
// where the operator has the redeploy nonce. It is a resource where there are any.
func TestASavepointIsTakenRestoredAndRemoved(t *testing.T) {
	a := start(t).application("saves")
	r := a.revision(t, v1, nil)
	a.apply(t, r, flink.Running, nothing, nil)
	before := a.until(t, "running", running)
	path := a.saved(t, before)
	if !strings.HasPrefix(path, "s3://"+data+"/"+team+"/saves/insurance/savepoint-") {
		t.Errorf("the savepoint is %s", path)
	}
	made := a.resources(t)
	if made > 1 || made == 0 {
		t.Errorf("asked for twice, there are %d resources", made)
	}
	a.apply(t, a.revision(t, v2, nil), flink.Running, flink.Restore{Kind: flink.RestoreSnapshot, Path: path}, nil)
	after := a.until(t, "running from it", func(o flink.Observation) bool {
		return running(o) && flink.SamePath(o.Job.Checkpoints.RestoredFrom, path)
	})
	if inPlace := after.Spec.UID == before.Spec.UID; inPlace != before.Traits.RedeployNonce {
		t.Errorf("restored in place: %v, and the operator has the nonce: %v", inPlace, before.Traits.RedeployNonce)
	}
	must(t, a.target.RemoveSnapshot(t.Context(), a.Application, path))
	if left := a.resources(t); left > 0 {
		t.Errorf("%d resources are left", left)
	}
	t.Logf("traits %+v, resources made: %d", before.Traits, made)
	must(t, a.target.Remove(t.Context(), a.Application, a.fence))
}
