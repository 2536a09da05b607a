package eks

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// theirs is a FlinkDeployment that somebody applied with kubectl.
func theirs(change func(*unstructured.Unstructured)) *resource {
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "flink.apache.org/v1beta1", "kind": "FlinkDeployment",
		"metadata": map[string]any{"name": "fraud", "namespace": "team-a", "uid": "u", "resourceVersion": "7", "generation": int64(2),
			"finalizers": []any{"flinkdeployments.flink.apache.org/finalizer"}},
		"spec":   map[string]any{"job": map[string]any{"jarURI": "local:///opt/fraud.jar", "parallelism": int64(2)}},
		"status": map[string]any{"lifecycleState": "STABLE"},
	}}
	o.SetAnnotations(map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "risk"})
	o.SetLabels(map[string]string{"app": "fraud"})
	if change != nil {
		change(o)
	}
	return &resource{o}
}

func adopting(seen *resource) flink.Desired {
	return flink.Desired{Application: flink.Application{Namespace: "team-a", Name: "fraud"}, Revision: flink.Revision{ID: "0a1b2c", Manifest: seen.manifest()},
		Adopt: true, Run: flink.Running, Release: "rel-2", Step: "adopt", Fence: 6}
}

func annotated(pairs ...string) func(*unstructured.Unstructured) {
	return func(o *unstructured.Unstructured) {
		all := o.GetAnnotations()
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		o.SetAnnotations(all)
	}
}

// halfAdopted is between the two writes of an adoption by rel-2.
func halfAdopted(o *unstructured.Unstructured) {
	annotated(releaseAnnotation, "rel-2", stepAnnotation, "adopt", fenceAnnotation, "6", adoptedAnnotation, "true")(o)
	o.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: FieldManager, Operation: metav1.ManagedFieldsOperationUpdate}})
}

func TestWhetherAnApplicationIsAdoptedFollowsFromWhatIsThere(t *testing.T) {
	changed := theirs(nil)
	changed.Object["spec"].(map[string]any)["job"].(map[string]any)["parallelism"] = int64(4)
	for sentence, c := range map[string]struct {
		seen *resource
		want action
		code flink.Code
		says string
	}{
		"what kubectl made is adopted":                       {theirs(nil), adopt, "", ""},
		"nothing is there":                                   {nil, "", flink.NotFound, "no FlinkDeployment"},
		"the first write was made: the second follows":       {theirs(halfAdopted), settle, "", ""},
		"both were made: left as is":                         {theirs(annotated(releaseAnnotation, "rel-2", stepAnnotation, "adopt", adoptedAnnotation, "true")), leaveAsIs, "", ""},
		"an adoption that came to nothing is taken up again": {theirs(annotated(releaseAnnotation, "rel-1", stepAnnotation, "adopt", adoptedAnnotation, "true")), adopt, "", ""},
		"what Sluice wrote is not adopted":                   {theirs(annotated(releaseAnnotation, "rel-1", stepAnnotation, "apply")), "", flink.Refused, "release rel-1"},
		"another wrote under a higher fence":                 {theirs(annotated(fenceAnnotation, "7")), "", flink.LeaseLost, "raised it to 7"},
		"Argo CD keeps it":                                   {theirs(annotated("argocd.argoproj.io/tracking-id", "shop:flink.apache.org/FlinkDeployment:team-a/fraud")), "", flink.Refused, "Argo CD application shop"},
		"Argo CD was told to leave the spec alone":           {theirs(annotated("argocd.argoproj.io/tracking-id", "shop:x", takeOverAnnotation, "ci, argocd-controller")), adopt, "", ""},
	} {
		d := adopting(theirs(nil))
		got, err := decide("adopt", c.seen, d, capabilities{})
		if got != c.want || err != nil && (flink.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says)) || err == nil && c.code != "" {
			t.Errorf("%s: %q, %v; want %q, %s %q", sentence, got, err, c.want, c.code, c.says)
		}
	}
	if _, err := decide("adopt", changed, adopting(theirs(nil)), capabilities{}); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "changed since") {
		t.Errorf("a spec that was changed since it was read: %v", err)
	}
}

func TestAHalfAdoptedApplicationIsSettledBeforeItIsWritten(t *testing.T) {
	d := wanted(flink.Running, flink.RestoreHeld)
	d.Fence = 7
	if got, err := decide("apply", theirs(halfAdopted), d, capabilities{}); got != settle || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOtherKeepersAreKnownByTheirSigns(t *testing.T) {
	labelled := func(labels map[string]string, managers ...string) *resource {
		return theirs(func(o *unstructured.Unstructured) {
			o.SetLabels(labels)
			var entries []metav1.ManagedFieldsEntry
			for _, m := range managers {
				entries = append(entries, metav1.ManagedFieldsEntry{Manager: m, Operation: metav1.ManagedFieldsOperationUpdate})
			}
			o.SetManagedFields(entries)
		})
	}
	for sentence, c := range map[string]struct {
		seen *resource
		want string
	}{
		"nobody":                                {theirs(nil), ""},
		"Argo CD by its tracking annotation":    {theirs(annotated("argocd.argoproj.io/tracking-id", "shop:flink.apache.org/FlinkDeployment:team-a/fraud")), "Argo CD application shop"},
		"Argo CD by the label and its manager":  {labelled(map[string]string{"app.kubernetes.io/instance": "shop"}, "argocd-controller"), "Argo CD application shop"},
		"the label alone is many charts' habit": {labelled(map[string]string{"app.kubernetes.io/instance": "shop"}, "helm"), ""},
		"Flux by its labels":                    {labelled(map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}), "Flux kustomization flux-system/apps"},
		"Flux' Helm controller":                 {labelled(map[string]string{"helm.toolkit.fluxcd.io/name": "fraud", "helm.toolkit.fluxcd.io/namespace": "team-a"}), "Flux Helm release team-a/fraud"},
	} {
		if got := c.seen.specFacts().Owner; got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestTheManifestOfAForeignApplicationIsWhatAPersonWouldHaveWritten(t *testing.T) {
	seen := theirs(func(o *unstructured.Unstructured) {
		annotated("argocd.argoproj.io/tracking-id", "x:y", "meta.helm.sh/release-name", "fraud", takeOverAnnotation, "x")(o)
		o.SetLabels(map[string]string{"app": "fraud", "kustomize.toolkit.fluxcd.io/name": "apps", managedByLabel: "Helm"})
	})
	want := map[string]any{"apiVersion": "flink.apache.org/v1beta1", "kind": "FlinkDeployment",
		"metadata": map[string]any{"name": "fraud", "namespace": "team-a", "labels": map[string]any{"app": "fraud"}, "annotations": map[string]any{"team": "risk"}},
		"spec":     map[string]any{"job": map[string]any{"jarURI": "local:///opt/fraud.jar", "parallelism": int64(2)}}}
	if got := seen.specFacts().Manifest; !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if got := ours(nil).specFacts().Manifest; got != nil {
		t.Errorf("of what Sluice made: %v", got)
	}
}

func TestFieldsOfPeoplesToolsAreMadeOverAndOthersStay(t *testing.T) {
	entry := func(manager string, op metav1.ManagedFieldsOperationType, sub, fields string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{Manager: manager, Operation: op, Subresource: sub, APIVersion: "flink.apache.org/v1beta1", FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fields)}
	}
	const apply, update = metav1.ManagedFieldsOperationApply, metav1.ManagedFieldsOperationUpdate
	got, err := madeOver([]metav1.ManagedFieldsEntry{
		entry("kubectl-client-side-apply", update, "", `{"f:metadata":{"f:annotations":{"f:team":{}}},"f:spec":{"f:image":{}}}`),
		entry("kubectl", apply, "", `{"f:spec":{"f:job":{"f:parallelism":{}}}}`),
		entry("argocd-controller", update, "", `{"f:metadata":{"f:annotations":{"f:argocd.argoproj.io/tracking-id":{}}},"f:spec":{"f:flinkVersion":{}}}`),
		entry("ci", apply, "", `{"f:spec":{"f:serviceAccount":{}}}`),
		entry("fabric8-kubernetes-client", update, "", `{"f:metadata":{"f:finalizers":{}},"f:spec":{"f:jobManager":{"f:replicas":{}}}}`),
		entry("kubectl-patch", update, "status", `{"f:status":{"f:error":{}}}`),
		entry("sluice", update, "", `{"f:metadata":{"f:annotations":{"f:sluice/fence":{}}}}`),
	}, []string{"argocd-controller"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"argocd-controller Update ":         `{"f:metadata":{"f:annotations":{"f:argocd.argoproj.io/tracking-id":{}}}}`,
		"ci Apply ":                         `{"f:spec":{"f:serviceAccount":{}}}`,
		"fabric8-kubernetes-client Update ": `{"f:metadata":{"f:finalizers":{}},"f:spec":{"f:jobManager":{"f:replicas":{}}}}`,
		"kubectl-patch Update status":       `{"f:status":{"f:error":{}}}`,
		"sluice Apply ":                     `{"f:metadata":{"f:annotations":{"f:sluice/fence":{},"f:team":{}}},"f:spec":{"f:flinkVersion":{},"f:image":{},"f:job":{"f:parallelism":{}}}}`,
	}
	owned := map[string]string{}
	for _, e := range got {
		owned[e.Manager+" "+string(e.Operation)+" "+e.Subresource] = e.FieldsV1.GetRawString()
	}
	if !reflect.DeepEqual(owned, want) {
		t.Errorf("%s\nwant %s", lines(owned), lines(want))
	}
}

func lines(m map[string]string) string {
	text, _ := json.MarshalIndent(m, "", "  ")
	return string(text)
}

func TestAFieldInOtherHandsIsExplainedByWhoseHandsTheyAre(t *testing.T) {
	for manager, says := range map[string]string{
		"argocd-controller":    "managedFieldsManagers: [sluice]",
		"kustomize-controller": "kustomize.toolkit.fluxcd.io/ssa: IfNotPresent",
		"kubectl-edit":         "by hand with kubectl-edit",
		"ci-pipeline":          "stop ci-pipeline from writing it",
		"":                     "another field manager",
	} {
		if got := inOtherHands(".spec.image", manager); !strings.Contains(got, says) || !strings.HasPrefix(got, ".spec.image ") {
			t.Errorf("%s: %q, want %q", manager, got, says)
		}
	}
}
