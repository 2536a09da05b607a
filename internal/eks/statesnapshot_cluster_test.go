//go:build cluster

package eks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// newerTarget is for an API server that serves the definitions of operator 1.10
// or later:
//
//	SLUICE_TEST_NEWER_CRDS  their folder (META-INF/fabric8 of flink-kubernetes-operator-api 1.10.0)
//
// They are installed over the older ones, so these tests want an API server of
// their own.
func newerTarget(t *testing.T) (*Target, flink.Application) {
	t.Helper()
	config, crds := os.Getenv("KUBECONFIG"), os.Getenv("SLUICE_TEST_NEWER_CRDS")
	if config == "" || crds == "" {
		t.Skip("set KUBECONFIG and SLUICE_TEST_NEWER_CRDS to run this against a real API server with newer definitions")
	}
	target, err := Connect(Config{Operator: Apache, Kubeconfig: config})
	if err != nil {
		t.Fatal(err)
	}
	target.poll, target.patience = 50*time.Millisecond, 3*time.Second
	for _, kind := range []string{"flinkdeployments", "flinkstatesnapshots"} {
		installCRD(t, target, filepath.Join(crds, kind+".flink.apache.org-v1.yml"))
	}
	installPolicy(t, target)
	until(t, "the schema of the newer definitions is published", func() bool {
		found, err := target.schema(t.Context())
		c := capabilitiesIn(found)
		return err == nil && c.nonce && c.snapshots
	})
	return target, flink.Application{Namespace: newNamespace(t, target), Name: "fraud"}
}

// operatorSays writes a status as the operator would.
func operatorSays(t *testing.T, target *Target, of string, app flink.Application, name, status string) {
	t.Helper()
	kind := deployments
	if of == stateSnapshots.Resource {
		kind = stateSnapshots
	}
	if _, err := target.kube.Resource(kind).Namespace(app.Namespace).Patch(t.Context(), name, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{FieldManager: "operator"}, "status"); err != nil {
		t.Fatal(err)
	}
}

func TestASavepointIsAskedForByItsResource(t *testing.T) {
	target, app := newerTarget(t)
	created(t, target, app)
	r := flink.SnapshotRequest{Application: app, JobID: jobID, ID: "insurance", Directory: "s3://state/savepoints/rel-1", Fence: 5}
	operatorSays(t, target, deployments.Resource, app, app.Name, `{"jobStatus":{"jobId":"`+jobID+`","state":"RUNNING"}}`)
	for range 2 { // the same request again is harmless
		if err := target.StartSnapshot(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	list, err := target.snapshots(app).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d resources, %v", len(list.Items), err)
	}
	spec := mapping(list.Items[0].Object, "spec")
	if text(mapping(spec, "savepoint"), "path") != r.Directory || text(mapping(spec, "jobReference"), "name") != app.Name || number(spec["backoffLimit"]) != 0 || mapping(spec, "savepoint")["disposeOnDelete"] != false {
		t.Errorf("the API server kept %v", spec)
	}
	for _, c := range []struct {
		status string
		want   flink.SnapshotPhase
	}{{`{"state":"IN_PROGRESS","triggerId":"ab"}`, flink.SnapshotPending}, {`{"state":"COMPLETED","path":"s3://state/savepoints/rel-1/savepoint-1"}`, flink.SnapshotCompleted}} {
		operatorSays(t, target, stateSnapshots.Resource, app, snapshotName(r), c.status)
		if s, err := target.Snapshot(t.Context(), r); err != nil || s.Phase != c.want {
			t.Errorf("%s: %+v, %v", c.status, s, err)
		}
	}
	if err := target.removeStateSnapshots(t.Context(), "remove", app, "s3://state/savepoints/rel-1/savepoint-1"); err != nil {
		t.Error(err)
	}
	if o, err := target.stateSnapshot(t.Context(), r); o != nil || err != nil {
		t.Errorf("the resource is still there: %v, %v", o, err)
	}
}

// An operator that is older than its definitions, or has the kind switched off.
func TestASnapshotNobodyLooksAfterIsWithdrawn(t *testing.T) {
	target, app := newerTarget(t)
	created(t, target, app)
	r := flink.SnapshotRequest{Application: app, JobID: jobID, ID: "insurance", Directory: "s3://state/savepoints", Fence: 5}
	operatorSays(t, target, deployments.Resource, app, app.Name, `{"jobStatus":{"jobId":"`+jobID+`","state":"RUNNING"}}`)
	if err := target.StartSnapshot(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	target.now = func() time.Time { return time.Now().Add(2 * attention) }
	if s, err := target.Snapshot(t.Context(), r); err != nil || s.Phase != flink.SnapshotUnknown {
		t.Errorf("%+v, %v", s, err)
	}
	err := target.StartSnapshot(t.Context(), r) // now of Flink, which there is none of
	wantError(t, err, flink.Unavailable, "ask for a savepoint")
	if o, err := target.stateSnapshot(t.Context(), r); o != nil || err != nil {
		t.Errorf("the resource is still there: %v, %v", o, err)
	}
}

func TestASavepointOfAnotherJobIsNotAskedForByResource(t *testing.T) {
	target, app := newerTarget(t)
	created(t, target, app)
	operatorSays(t, target, deployments.Resource, app, app.Name, `{"jobStatus":{"jobId":"`+strings.Repeat("cd", 16)+`","state":"RUNNING"}}`)
	r := flink.SnapshotRequest{Application: app, JobID: jobID, ID: "insurance", Directory: "s3://state/savepoints", Fence: 5}
	wantError(t, target.StartSnapshot(t.Context(), r), flink.Unavailable, "ask for a savepoint")
	if list, err := target.snapshots(app).List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) > 0 {
		t.Errorf("%d resources, %v", len(list.Items), err)
	}
}

func TestAChosenSnapshotIsRestoredInPlaceByTheRedeployNonce(t *testing.T) {
	target, app := newerTarget(t)
	first := created(t, target, app)
	if !first.Traits.RedeployNonce {
		t.Fatalf("traits %+v", first.Traits)
	}
	for n, name := range []string{"rollback", "rollback-2"} {
		applied(t, target, step(t, app, name, flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://state/sp"}))
		r, err := target.get(t.Context(), app)
		if err != nil {
			t.Fatal(err)
		}
		job := mapping(mapping(r.Object, "spec"), "job")
		if string(r.GetUID()) != first.Spec.UID || number(job["savepointRedeployNonce"]) != int64(n+1) || text(job, "initialSavepointPath") != "s3://state/sp" {
			t.Errorf("%s: %v, of %s", name, job, r.GetUID())
		}
	}
}

func TestTheSavepointOfAStopIsReadWhereSavepointsAreResources(t *testing.T) {
	target, app := newerTarget(t)
	created(t, target, app)
	stop := step(t, app, "stop", flink.Restore{Kind: flink.RestoreHeld})
	stop.Run = flink.Suspended
	applied(t, target, stop)
	operatorSays(t, target, deployments.Resource, app, app.Name, `{"jobStatus":{"jobId":"`+jobID+`","state":"FINISHED","upgradeSavepointPath":"s3://state/job/chk-87"}}`)
	made := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "flink.apache.org/v1beta1", "kind": "FlinkStateSnapshot",
		"metadata": map[string]any{"name": "fraud-savepoint-upgrade-1", "labels": map[string]any{triggerTypeLabel: upgradeTrigger}},
		"spec": map[string]any{"jobReference": map[string]any{"kind": "FlinkDeployment", "name": app.Name},
			"savepoint": map[string]any{"path": "s3://state/savepoint-1", "alreadyExists": true}}}}
	if _, err := target.snapshots(app).Create(t.Context(), made, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if s := observed(t, target, app).Status; s.Savepoint.Path != "s3://state/savepoint-1" || s.SavepointTrigger != upgradeTrigger {
		t.Errorf("%+v by %q", s.Savepoint, s.SavepointTrigger)
	}
}

func TestALateRequestForASavepointIsRefused(t *testing.T) {
	admin, _ := newerTarget(t)
	for who, identity := range identities {
		t.Run(who, func(t *testing.T) {
			late := flink.Application{Namespace: newNamespace(t, admin), Name: "fraud"}
			install(t, admin, "rbac.yaml", late.Namespace)
			created(t, admin, late) // under fence 5
			operatorSays(t, admin, deployments.Resource, late, late.Name, `{"jobStatus":{"jobId":"`+jobID+`","state":"RUNNING"}}`)
			zombie, sleeper := targetOf(t, identity)
			until(t, "the Role is in force", func() bool { _, err := zombie.get(t.Context(), late); return err == nil })
			sleeper.at, sleeper.happen = 1, func() { succeed(t, admin, late, heirs[0]) }
			r := flink.SnapshotRequest{Application: late, JobID: jobID, ID: "insurance", Directory: "s3://state/savepoints", Fence: zombieFence}
			wantError(t, zombie.StartSnapshot(t.Context(), r), flink.LeaseLost, "fence 5 has been passed")
			if list, err := admin.snapshots(late).List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) > 0 || len(sleeper.seen) != 1 {
				t.Errorf("%d resources, %v; it wrote %v", len(list.Items), err, sleeper.seen)
			}
		})
	}
}
