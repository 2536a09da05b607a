//go:build cluster

package eks

import (
	"encoding/json"
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// byHand makes the application as a tool would that is not Sluice.
func byHand(t *testing.T, target *Target, app flink.Application, manager string, change func(*unstructured.Unstructured)) {
	t.Helper()
	o := &unstructured.Unstructured{Object: manifestOf(t)}
	child(child(o.Object, "spec"), "job")["jarURI"] = "local:///opt/flink/usrlib/fraud.jar"
	child(child(o.Object, "spec"), "flinkConfiguration")["taskmanager.numberOfTaskSlots"] = "2"
	if change != nil {
		change(o)
	}
	if _, err := target.kube.Resource(deployments).Namespace(app.Namespace).Create(t.Context(), o, metav1.CreateOptions{FieldManager: manager}); err != nil {
		t.Fatal(err)
	}
}

func adoption(t *testing.T, target *Target, app flink.Application) flink.Desired {
	t.Helper()
	revision, err := flink.NewRevision(observed(t, target, app).Spec.Manifest, flink.PinnedJar{})
	if err != nil {
		t.Fatal(err)
	}
	return flink.Desired{Application: app, Revision: revision, Run: flink.Running, Adopt: true, Fence: 5, Release: "rel-1", Step: "adopt"}
}

func TestAnAdoptionChangesNothingAndTheNextReleaseOwnsTheSpec(t *testing.T) {
	for _, manager := range []string{"kubectl-client-side-apply", "helm", "kubectl-create"} {
		t.Run(manager, func(t *testing.T) {
			target, app := realTarget(t, Apache)
			byHand(t, target, app, manager, nil)
			before := observed(t, target, app).Spec
			d := adoption(t, target, app)
			for range 2 { // the same step again is a no-op
				applied(t, target, d)
			}
			after := observed(t, target, app).Spec
			if after.Generation != before.Generation || after.UID != before.UID || after.Release != "rel-1" || after.Revision != d.Revision.ID || !reflect.DeepEqual(after.Manifest, before.Manifest) {
				t.Errorf("adopted: %+v\nbefore: %+v", after, before)
			}

			next := step(t, app, "next", flink.Restore{Kind: flink.RestoreHeld})
			next.Release, next.Revision.Manifest["spec"].(map[string]any)["image"] = "rel-2", "flink:1.20.5"
			applied(t, target, next)
			r, err := target.get(t.Context(), app)
			if err != nil {
				t.Fatal(err)
			}
			if slots := mapping(mapping(r.Object, "spec"), "flinkConfiguration")["taskmanager.numberOfTaskSlots"]; slots != nil {
				t.Errorf("what the next revision does not have stayed: %v", slots)
			}
			if r.foreign() {
				t.Errorf("it still counts as somebody else's: %v", r.GetAnnotations())
			}

			back := step(t, app, "back", flink.Restore{Kind: flink.RestoreHeld})
			back.Release, back.Revision = "rel-3", d.Revision
			applied(t, target, back)
			wantSpec(t, target, app, before.Manifest)
		})
	}
}

// wantSpec: a rollback to what was adopted gives back the spec that was found,
// beside the settings that are Sluice's in every version.
func wantSpec(t *testing.T, target *Target, app flink.Application, manifest map[string]any) {
	t.Helper()
	r, err := target.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	got := r.manifest()
	for _, spec := range []map[string]any{mapping(got, "spec"), mapping(manifest, "spec")} {
		for _, key := range []string{operatorRollback, savepointCleanup, silentFallback} {
			delete(child(spec, "flinkConfiguration"), key)
		}
		delete(child(spec, "job"), "state")
	}
	if !sameSpec(got, manifest) {
		x, _ := json.Marshal(got["spec"])
		y, _ := json.Marshal(manifest["spec"])
		t.Errorf("given back:\n%s\nfound:\n%s", x, y)
	}
}

func TestAnAdoptionThatDiedBetweenItsWritesIsFinishedByWhoeverComesNext(t *testing.T) {
	target, app := realTarget(t, Apache)
	byHand(t, target, app, "kubectl-client-side-apply", nil)
	d := adoption(t, target, app)
	seen, err := target.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	if err := target.adopt(t.Context(), "adopt", seen, d); err != nil {
		t.Fatal(err)
	}
	d.Release = "rel-2" // another one adopts
	applied(t, target, d)
	if got := observed(t, target, app).Spec; got.Release != "rel-2" || got.Generation != seen.GetGeneration() {
		t.Errorf("%+v", got)
	}
	if seen, err = target.get(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	d.Release = "rel-3"
	if err := target.adopt(t.Context(), "adopt", seen, d); err != nil {
		t.Fatal(err)
	}
	next := step(t, app, "next", flink.Restore{Kind: flink.RestoreHeld}) // and another one releases
	next.Release = "rel-4"
	applied(t, target, next)
	if r, err := target.get(t.Context(), app); err != nil || r.foreign() || !r.settled() {
		t.Errorf("%v, %v", err, r)
	}
}

func TestAnAdoptionMeetsOtherKeepersAndLateChanges(t *testing.T) {
	target, app := realTarget(t, Apache)
	byHand(t, target, app, "argocd-controller", func(o *unstructured.Unstructured) {
		o.SetAnnotations(map[string]string{"argocd.argoproj.io/tracking-id": "shop:flink.apache.org/FlinkDeployment:ns/fraud"})
	})
	d := adoption(t, target, app)
	for _, dry := range []bool{true, false} {
		d.DryRun = dry
		wantError(t, target.Apply(t.Context(), d), flink.Refused, takeOverAnnotation+"=argocd-controller")
	}
	patch := func(body string) {
		t.Helper()
		if _, err := target.kube.Resource(deployments).Namespace(app.Namespace).Patch(t.Context(), app.Name, types.MergePatchType, []byte(body), metav1.PatchOptions{FieldManager: "kubectl-patch"}); err != nil {
			t.Fatal(err)
		}
	}
	patch(`{"metadata":{"annotations":{"sluice/take-over-from":"argocd-controller"}}}`)
	patch(`{"spec":{"job":{"parallelism":3}}}`)
	wantError(t, target.Apply(t.Context(), d), flink.Refused, "changed since it was read")
	d = adoption(t, target, app)
	d.DryRun = true
	applied(t, target, d)
	if got := observed(t, target, app).Spec; got.Release != "" || got.Owner != "" {
		t.Errorf("after a dry run: %+v", got)
	}
	d.DryRun = false
	applied(t, target, d)
	next := step(t, app, "next", flink.Restore{Kind: flink.RestoreHeld})
	next.Release = "rel-2"
	applied(t, target, next)
	r, err := target.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	if r.GetAnnotations()["argocd.argoproj.io/tracking-id"] == "" {
		t.Error("Argo CD's own mark was taken off")
	}
}

// Two who saw nothing there both create: one wins, and the other one sees it.
func TestACreateNeverChangesWhatIsThere(t *testing.T) {
	target, app := realTarget(t, Apache)
	for _, manager := range []string{"kubectl-create", FieldManager} {
		app.Name = "made-by-" + manager
		d := step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing})
		if manager == FieldManager {
			applied(t, target, d)
			d.Step = "another"
		} else {
			byHand(t, target, app, manager, func(o *unstructured.Unstructured) { o.SetName(app.Name) })
		}
		before := observed(t, target, app).Spec
		wantError(t, target.write(t.Context(), "create", nil, d, 0), flink.Conflict, "created it first")
		if after := observed(t, target, app).Spec; after.Generation != before.Generation || after.Step != before.Step {
			t.Errorf("%+v, before %+v", after, before)
		}
	}
}
