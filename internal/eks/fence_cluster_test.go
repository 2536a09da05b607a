//go:build cluster

package eks

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	kube "k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/internal/flink"
)

// kubernetesManifests is what a platform team applies to its cluster.
const kubernetesManifests = "../../infra/kubernetes/"

var platformKinds = map[string]schema.GroupVersionResource{
	"ValidatingAdmissionPolicy":        {Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"},
	"ValidatingAdmissionPolicyBinding": {Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicybindings"},
	"Role":                             {Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"},
	"RoleBinding":                      {Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"},
}

// install applies a file of infra/kubernetes; a namespace for what has one.
func install(t *testing.T, target *Target, file, namespace string) {
	t.Helper()
	content, err := os.ReadFile(kubernetesManifests + file)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096); ; {
		var o unstructured.Unstructured
		err := decoder.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, known := platformKinds[o.GetKind()]
		if !known {
			t.Fatalf("%s has a %s, which this test does not know", file, o.GetKind())
		}
		if _, err := target.kube.Resource(kind).Namespace(namespace).Apply(t.Context(), o.GetName(), &o, metav1.ApplyOptions{FieldManager: "platform", Force: true}); err != nil {
			t.Fatal(err)
		}
	}
}

// installPolicy returns when the API server judges by it, which it does a moment
// after it has taken it.
func installPolicy(t *testing.T, target *Target) {
	t.Helper()
	install(t, target, "fence-policy.yaml", "")
	app := flink.Application{Namespace: "default", Name: "probe"}
	unnumbered := &unstructured.Unstructured{Object: manifestOf(t)}
	unnumbered.SetAnnotations(map[string]string{releaseAnnotation: "probe"})
	nameless := newFence(app, 1)
	nameless.SetName("not-a-fence")
	all := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	until(t, "the policies are in force", func() bool {
		_, errApp := target.kube.Resource(deployments).Namespace(app.Namespace).Create(t.Context(), unnumbered, all)
		_, errFence := target.kube.Resource(configMaps).Namespace(app.Namespace).Create(t.Context(), nameless, all)
		return errApp != nil && errFence != nil && strings.Contains(errApp.Error(), "sluice-fence") && strings.Contains(errFence.Error(), "sluice-fence")
	})
}

// identities are who Sluice is: on EKS a member of its group, with the Role of
// infra/kubernetes/rbac.yaml and nothing more; on a laptop the kubeconfig's user.
var identities = map[string]kube.ImpersonationConfig{
	"a laptop's admin": {},
	"a function on EKS": {UserName: "arn:aws:sts::111122223333:assumed-role/sluice-apply/x",
		Groups: []string{"sluice:releasers", "system:authenticated"}},
}

func TestWhatIsNotOfSluiceIsNotJudged(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app) // under fence 5
	succeed(t, target, app, heirs[0])
	objects := target.kube.Resource(deployments).Namespace(app.Namespace)
	for _, c := range []struct{ sentence, body, sub string }{
		{"an edit of the spec", `{"spec":{"job":{"parallelism":2}}}`, ""},
		{"an annotation of somebody else", `{"metadata":{"annotations":{"team":"risk"}}}`, ""},
		{"a finalizer, as the operator sets it", `{"metadata":{"finalizers":["example.com/f"]}}`, ""},
		{"the finalizer taken off", `{"metadata":{"finalizers":null}}`, ""},
		{"a status, as the operator writes it", `{"status":{"error":"x"}}`, "status"},
		{"all of Sluice's annotations taken off", `{"metadata":{"annotations":{"sluice/fence":null,"sluice/release":null,"sluice/step":null,"sluice/revision":null}}}`, ""},
		{"an edit of what is out of Sluice's hands", `{"spec":{"job":{"parallelism":3}}}`, ""},
	} {
		var sub []string
		if c.sub != "" {
			sub = []string{c.sub}
		}
		if _, err := objects.Patch(t.Context(), app.Name, types.MergePatchType, []byte(c.body), metav1.PatchOptions{FieldManager: "kubectl-edit"}, sub...); err != nil {
			t.Errorf("%s: %v", c.sentence, err)
		}
	}
	if err := objects.Delete(t.Context(), app.Name, metav1.DeleteOptions{}); err != nil {
		t.Errorf("a plain delete: %v", err)
	}
}

func TestWhatWouldTakeTheFenceAwayIsRefused(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app) // under fence 5
	for sentence, c := range map[string]struct {
		of   schema.GroupVersionResource
		name string
		body string
		code flink.Code
		says string
	}{
		"a lower fence":               {configMaps, fencePrefix + app.Name, `{"data":{"fence":"4"}}`, flink.LeaseLost, "fence 4 has been passed"},
		"no fence":                    {configMaps, fencePrefix + app.Name, `{"data":{"fence":null}}`, flink.Refused, "never taken out"},
		"a fence that is no number":   {configMaps, fencePrefix + app.Name, `{"data":{"fence":"six"}}`, flink.Refused, "is a number"},
		"no label":                    {configMaps, fencePrefix + app.Name, `{"metadata":{"labels":{"sluice/fence-of":null}}}`, flink.Refused, "stays as it is"},
		"another application's label": {configMaps, fencePrefix + app.Name, `{"metadata":{"labels":{"sluice/fence-of":"other"}}}`, flink.Refused, "stays as it is"},
		"a lower annotation":          {deployments, app.Name, `{"metadata":{"annotations":{"sluice/fence":"4"}}}`, flink.LeaseLost, "fence 4 has been passed"},
		"the annotation taken off":    {deployments, app.Name, `{"metadata":{"annotations":{"sluice/fence":null}}}`, flink.Refused, "leave them as they are"},
		"an annotation of no number":  {deployments, app.Name, `{"metadata":{"annotations":{"sluice/fence":"-1"}}}`, flink.Refused, "number of a fence"},
		"a lower delete":              {deployments, app.Name, `{"metadata":{"annotations":{"sluice/delete-fence":"4"}}}`, flink.LeaseLost, "fence 4 has been passed"},
	} {
		_, err := target.kube.Resource(c.of).Namespace(app.Namespace).Patch(t.Context(), c.name, types.MergePatchType, []byte(c.body), metav1.PatchOptions{FieldManager: "kubectl-edit"})
		t.Run(sentence, func(t *testing.T) { wantError(t, kubeError("write", err), c.code, c.says) })
	}
	fence, err := target.fence(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := fenceOf(fence); n != 5 || err != nil {
		t.Errorf("the fence is %d, %v", n, err)
	}
}

func TestTheResourceItselfRemembersTheFenceWhenTheConfigMapIsGone(t *testing.T) {
	target, app := realTarget(t, Apache)
	created(t, target, app) // under fence 5
	if err := target.kube.Resource(configMaps).Namespace(app.Namespace).Delete(t.Context(), fencePrefix+app.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	lower := []byte(`{"metadata":{"annotations":{"sluice/fence":"4","sluice/step":"late"}}}`)
	until(t, "the API server has forgotten the ConfigMap, and refuses by the resource", func() bool {
		_, err := target.kube.Resource(deployments).Namespace(app.Namespace).Patch(t.Context(), app.Name, types.MergePatchType, lower, metav1.PatchOptions{})
		if flink.CodeOf(kubeError("write", err)) != flink.LeaseLost {
			t.Fatalf("a lower fence: %v", err)
		}
		return strings.Contains(err.Error(), "the FlinkDeployment was written under fence 5")
	})
}

func TestWhoOnlyLooksSeesAllThereIsAndIsRefusedEveryWrite(t *testing.T) {
	admin, app := realTarget(t, Apache)
	install(t, admin, "rbac.yaml", app.Namespace)
	before := created(t, admin, app)
	looks, _ := targetOf(t, kube.ImpersonationConfig{UserName: "arn:aws:sts::111122223333:assumed-role/sluice-probe/x", Groups: []string{"sluice:observers", "system:authenticated"}})
	until(t, "the Role is in force", func() bool { _, err := looks.get(t.Context(), app); return err == nil })
	o, err := looks.Observe(t.Context(), app)
	if err != nil || !o.Exists || o.Spec.Release != before.Spec.Release {
		t.Errorf("got %+v, %v", o.Spec, err)
	}
	for what, act := range map[string]func() error{
		"applies": func() error {
			return looks.Apply(t.Context(), step(t, app, "late", flink.Restore{Kind: flink.RestoreHeld}))
		},
		"removes": func() error { return looks.Remove(t.Context(), app, zombieFence) },
	} {
		if err := act(); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "forbidden") {
			t.Errorf("who only looks %s: %v", what, err)
		}
	}
	if after := observed(t, admin, app); after.Spec.Generation != before.Spec.Generation {
		t.Errorf("it was written: generation %d, before %d", after.Spec.Generation, before.Spec.Generation)
	}
}
