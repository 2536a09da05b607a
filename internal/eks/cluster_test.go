//go:build cluster

package eks

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/sluice-flink/sluice/internal/flink"
)

// These tests need a real API server, and no operator in it: server-side apply,
// conflicts and preconditions are what no fake does honestly.
//
//	KUBECONFIG        of a cluster that may be written to
//	SLUICE_TEST_CRDS  folder with the operator's custom resource definitions
//	                  (META-INF/fabric8 of flink-kubernetes-operator-api 1.7.0)
//
//	go test -tags cluster ./internal/eks
func realTarget(t *testing.T, operator Operator) (*Target, flink.Application) {
	t.Helper()
	config, crds := os.Getenv("KUBECONFIG"), os.Getenv("SLUICE_TEST_CRDS")
	if config == "" || crds == "" {
		t.Skip("set KUBECONFIG and SLUICE_TEST_CRDS to run this against a real API server")
	}
	target, err := Connect(Config{Operator: operator, Kubeconfig: config})
	if err != nil {
		t.Fatal(err)
	}
	target.poll, target.patience = 50*time.Millisecond, 3*time.Second
	installCRD(t, target, filepath.Join(crds, "flinkdeployments.flink.apache.org-v1.yml"))
	installPolicy(t, target)
	return target, flink.Application{Namespace: newNamespace(t, target), Name: "fraud"}
}

func installCRD(t *testing.T, target *Target, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var crd unstructured.Unstructured
	if err := yaml.Unmarshal(content, &crd.Object); err != nil {
		t.Fatal(err)
	}
	definitions := target.kube.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	if _, err := definitions.Create(t.Context(), &crd, metav1.CreateOptions{}); err != nil && !kerrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	until(t, "the definition is served", func() bool {
		_, err := target.get(t.Context(), flink.Application{Namespace: "default", Name: "none"})
		return err == nil
	})
	until(t, "the schema is published", func() bool {
		schema, err := target.schema(t.Context())
		return err == nil && strings.Contains(string(schema), "initialSavepointPath")
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("waited 30 seconds until %s", what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func newNamespace(t *testing.T, target *Target) string {
	t.Helper()
	namespaces := target.kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"generateName": "sluice-test-"}}}
	made, err := namespaces.Create(t.Context(), ns, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = namespaces.Delete(context.Background(), made.GetName(), metav1.DeleteOptions{}) // the test's own context has ended
	})
	return made.GetName()
}

func manifestOf(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal([]byte(`
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: fraud}
spec:
  image: flink:1.20
  flinkVersion: v1_18
  flinkConfiguration: {state.savepoints.dir: s3://state/savepoints, jobmanager.scheduler: adaptive}
  jobManager: {resource: {cpu: 1, memory: 1024m}}
  taskManager: {resource: {cpu: 1, memory: 1024m}}
  job: {parallelism: 1, upgradeMode: savepoint}
`), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func step(t *testing.T, app flink.Application, name string, restore flink.Restore) flink.Desired {
	sha := strings.Repeat("0123456789abcdef", 4)
	return flink.Desired{
		Application: app, Run: flink.Running, Restore: restore, Fence: 5, Release: "rel-1", Step: name,
		Revision: flink.Revision{ID: "0a1b2c", Manifest: manifestOf(t), Jar: flink.PinnedJar{Bucket: "artifacts", Key: flink.JarKey(sha), SHA256: sha, EntryClass: "com.example.Fraud"}},
	}
}

func created(t *testing.T, target *Target, app flink.Application) flink.Observation {
	t.Helper()
	applied(t, target, step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing}))
	return observed(t, target, app)
}

func applied(t *testing.T, target *Target, d flink.Desired) {
	t.Helper()
	if err := target.Apply(t.Context(), d); err != nil {
		t.Fatalf("apply %s: %v", d.Step, err)
	}
}

func observed(t *testing.T, target *Target, app flink.Application) flink.Observation {
	t.Helper()
	o, err := target.Observe(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func wantError(t *testing.T, err error, code flink.Code, says string) {
	t.Helper()
	if flink.CodeOf(err) != code || !strings.Contains(fmt.Sprint(err), says) {
		t.Errorf("%s: %v\nwant %s that says %q", flink.CodeOf(err), err, code, says)
	}
}

func TestApplyWritesOnceAndIsReadBack(t *testing.T) {
	target, app := realTarget(t, Apache)
	if o := observed(t, target, app); o.Exists || o.Traits.RedeployNonce || o.Traits.Delivery != flink.PipelineJars {
		t.Errorf("before: %+v", o)
	}
	first := created(t, target, app)
	d := step(t, app, "create", flink.Restore{})
	if first.Spec.Release != "rel-1" || first.Spec.Step != "create" || first.Spec.Revision != "0a1b2c" || first.Spec.JarURI != d.Revision.Jar.URI() || first.Spec.Run != flink.Running {
		t.Errorf("read back %+v", first.Spec)
	}
	if first.Job.Reachable || first.Job.Unreachable == "" {
		t.Errorf("there is no JobManager, and Flink says %+v", first.Job)
	}
	if again := created(t, target, app); again.Spec.Generation != first.Spec.Generation || again.Spec.UID != first.Spec.UID {
		t.Errorf("the same step wrote again: %+v, before %+v", again.Spec, first.Spec)
	}
	stop := step(t, app, "stop", flink.Restore{})
	stop.Run = flink.Suspended
	applied(t, target, stop)
	if o := observed(t, target, app); o.Spec.Run != flink.Suspended || o.Spec.UID != first.Spec.UID || o.Spec.Generation != first.Spec.Generation+1 {
		t.Errorf("suspended: %+v", o.Spec)
	}
}

func TestASnapshotIsRestoredByDeleteAndCreateAlsoAfterACrashBetween(t *testing.T) {
	target, app := realTarget(t, Apache)
	first := created(t, target, app)
	back := step(t, app, "rollback", flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://state/sp"})
	applied(t, target, back)
	second := observed(t, target, app)
	if second.Spec.UID == first.Spec.UID || second.Spec.Step != "rollback" {
		t.Errorf("the resource was not replaced: %+v", second.Spec)
	}
	r, err := target.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	if path := text(mapping(mapping(r.Object, "spec"), "job"), "initialSavepointPath"); path != "s3://state/sp" {
		t.Errorf("initialSavepointPath is %q", path)
	}
	if err := target.delete(t.Context(), "crash", app, r, 5); err != nil {
		t.Fatal(err)
	}
	back.Step = "rollback-2"
	applied(t, target, back)
	if third := observed(t, target, app); third.Spec.UID == second.Spec.UID || third.Spec.Step != "rollback-2" {
		t.Errorf("not taken up after the delete: %+v", third.Spec)
	}
}

func TestLeftoverHighAvailabilityRecordsHoldACreateBack(t *testing.T) {
	target, app := realTarget(t, Apache)
	left := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{
		"name":   "fraud-cluster-config-map",
		"labels": map[string]any{"app": "fraud", "type": "flink-native-kubernetes", "configmap-type": "high-availability"},
	}}}
	maps := target.kube.Resource(configMaps).Namespace(app.Namespace)
	if _, err := maps.Create(t.Context(), left, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	d := step(t, app, "create", flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://state/sp"})
	wantError(t, target.Apply(t.Context(), d), flink.Unavailable, "fraud-cluster-config-map")
	if err := maps.Delete(t.Context(), left.GetName(), metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	applied(t, target, d)
}

func TestTheFenceOnlyGrowsAndOutlivesTheApplication(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app)
	late := step(t, app, "late", flink.Restore{Kind: flink.RestoreHeld})
	late.Fence = 4
	wantError(t, target.Apply(t.Context(), late), flink.LeaseLost, "fence 4")
	var all sync.WaitGroup
	for fence := int64(6); fence <= 12; fence++ {
		all.Go(func() {
			if err := target.raiseFence(t.Context(), app, fence); err != nil && flink.CodeOf(err) != flink.LeaseLost {
				t.Errorf("raise to %d: %v", fence, err)
			}
		})
	}
	all.Wait()
	wantError(t, target.Remove(t.Context(), app, 11), flink.LeaseLost, "raised it to 12")
	for range 2 {
		if err := target.Remove(t.Context(), app, 12); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, target.Apply(t.Context(), step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing})), flink.LeaseLost, "12")
	if observed(t, target, app).Exists {
		t.Error("a late create went through")
	}
}

func TestAStatusWriteInBetweenIsNoConflictAndAnotherReleaseIs(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app)
	seen, err := target.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	patch := func(body, sub string) {
		t.Helper()
		if _, err := target.kube.Resource(deployments).Namespace(app.Namespace).Patch(t.Context(), app.Name, types.MergePatchType, []byte(body), metav1.PatchOptions{}, sub); err != nil {
			t.Fatal(err)
		}
	}
	patch(`{"status":{"error":"a status of the operator"}}`, "status")
	d := step(t, app, "next", flink.Restore{Kind: flink.RestoreHeld})
	err = target.write(t.Context(), "apply", seen, d, 0)
	wantError(t, err, flink.Conflict, "wrote first")
	if !target.onlyStatusChanged(t.Context(), seen, err) {
		t.Error("a status alone is taken for another release")
	}
	wantError(t, target.delete(t.Context(), "delete", app, seen, 5), flink.Conflict, "")
	applied(t, target, d)
	if target.onlyStatusChanged(t.Context(), seen, err) {
		t.Error("another step is taken for a status")
	}
}

func TestAFieldInOtherHandsIsRefusedByNameAndNeverForced(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app)
	force := true
	body := `{"apiVersion":"flink.apache.org/v1beta1","kind":"FlinkDeployment","metadata":{"name":"fraud"},"spec":{"job":{"parallelism":9}}}`
	if _, err := target.kube.Resource(deployments).Namespace(app.Namespace).Patch(t.Context(), app.Name, types.ApplyPatchType, []byte(body), metav1.PatchOptions{FieldManager: "argocd-controller", Force: &force}); err != nil {
		t.Fatal(err)
	}
	err := target.Apply(t.Context(), step(t, app, "next", flink.Restore{Kind: flink.RestoreHeld}))
	wantError(t, err, flink.Refused, "argocd-controller")
	wantError(t, err, flink.Refused, ".spec.job.parallelism")
}

func TestAFieldThatTheDefinitionDoesNotHaveIsRefusedByName(t *testing.T) {
	target, app := realTarget(t, EMR)
	d := step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing})
	d.Revision.Manifest["spec"].(map[string]any)["emrReleaseLabel"] = "emr-7.2.0-flink-latest"
	wantError(t, target.Apply(t.Context(), d), flink.Refused, "no field spec.emrReleaseLabel")
}

func TestAnApplicationOfSomebodyElseIsLeftAlone(t *testing.T) {
	target, app := realTarget(t, Apache)
	theirs := &unstructured.Unstructured{Object: manifestOf(t)}
	if _, err := target.kube.Resource(deployments).Namespace(app.Namespace).Create(t.Context(), theirs, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	wantError(t, target.Apply(t.Context(), step(t, app, "x", flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://state/sp"})), flink.Refused, "not made by Sluice")
	wantError(t, target.Remove(t.Context(), app, 5), flink.Refused, "not made by Sluice")
	if !observed(t, target, app).Exists {
		t.Error("it was deleted")
	}
}

func TestAMissingNamespaceIsSaid(t *testing.T) {
	target, _ := realTarget(t, Apache)
	app := flink.Application{Namespace: "no-such-team", Name: "fraud"}
	wantError(t, target.Apply(t.Context(), step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing})), flink.Refused, "namespace no-such-team does not exist")
}
