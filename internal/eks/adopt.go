package eks

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// adoptedAnnotation marks a resource that Sluice has in its hands and has not
// written yet. The first apply takes it off, since it does not name it.
const adoptedAnnotation = "sluice/adopted"

// foreign tells whether the spec is of somebody else's making.
func (r resource) foreign() bool {
	a := r.GetAnnotations()
	return a[releaseAnnotation] == "" || a[adoptedAnnotation] != ""
}

// decideAdoption is pure; seen exists, is not being deleted, and no higher fence
// is written on it.
func decideAdoption(op string, seen *resource, d flink.Desired) (action, error) {
	facts := seen.specFacts()
	switch {
	case !seen.foreign():
		return "", flink.Errorf(flink.Refused, op, "release %s of Sluice wrote the FlinkDeployment: it needs no adoption, unless that was another installation; then take its annotations that begin with sluice/ off first", facts.Release)
	case !seen.settled():
		return settle, nil
	case facts.Release == d.Release && facts.Step == d.Step:
		return leaveAsIs, nil
	}
	if k, kept := seen.keeper(); kept {
		return "", k.kept(op, d.Application)
	}
	if !sameSpec(seen.Object, d.Revision.Manifest) {
		return "", flink.Errorf(flink.Refused, op, "its spec was changed since it was read: adopt it again")
	}
	return adopt, nil
}

// sameSpec compares two specs as JSON, so that it does not matter how their
// numbers were decoded.
func sameSpec(a, b map[string]any) bool {
	x, errX := json.Marshal(a["spec"])
	y, errY := json.Marshal(b["spec"])
	return errX == nil && errY == nil && string(x) == string(y)
}

// adopt writes annotations and a label on the version that was seen, and nothing
// else: the generation stays and nothing restarts. It is an update, because a
// server-side apply without the spec could take fields off.
func (t *Target) adopt(ctx context.Context, op string, seen *resource, d flink.Desired) error {
	metadata := map[string]any{
		"uid": seen.GetUID(), "resourceVersion": seen.GetResourceVersion(),
		"annotations": map[string]string{
			releaseAnnotation: d.Release, stepAnnotation: d.Step, revisionAnnotation: d.Revision.ID,
			fenceAnnotation: strconv.FormatInt(d.Fence, 10), adoptedAnnotation: "true",
		},
	}
	if seen.GetLabels()[managedByLabel] == "" {
		metadata["labels"] = map[string]string{managedByLabel: FieldManager}
	}
	body, err := json.Marshal(map[string]any{"metadata": metadata})
	if err != nil {
		return &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	after, err := t.kube.Resource(deployments).Namespace(d.Application.Namespace).
		Patch(ctx, d.Application.Name, types.MergePatchType, body, patchOptions(d))
	if err != nil {
		return kubeError(op, err)
	}
	return sameGeneration(op, seen, &resource{after})
}

func sameGeneration(op string, before, after *resource) error {
	if before.GetGeneration() == after.GetGeneration() {
		return nil
	}
	return flink.Errorf(flink.Refused, op, "only annotations were written, and the generation went from %d to %d: an admission webhook of the cluster changes the spec; exempt the FlinkDeployment from it",
		before.GetGeneration(), after.GetGeneration())
}

// manifest is the resource as a person would have written it: without status,
// what the API server keeps, and the marks of other tools. A revision made of it
// gives back exactly this spec.
func (r resource) manifest() map[string]any {
	o := r.DeepCopy()
	metadata := map[string]any{"name": o.GetName(), "namespace": o.GetNamespace()}
	for key, all := range map[string]map[string]string{"labels": o.GetLabels(), "annotations": o.GetAnnotations()} {
		maps.DeleteFunc(all, func(name, _ string) bool { return ofATool(name) })
		if len(all) > 0 {
			metadata[key] = anyOf(all)
		}
	}
	return map[string]any{"apiVersion": o.GetAPIVersion(), "kind": o.GetKind(), "metadata": metadata, "spec": o.Object["spec"]}
}

// ofATool tells labels and annotations of tools from those of people.
func ofATool(name string) bool {
	domain, _, _ := strings.Cut(name, "/")
	switch {
	case domain == FieldManager, domain == "meta.helm.sh", domain == "argocd.argoproj.io", domain == "kubectl.kubernetes.io":
		return true
	case strings.HasSuffix(domain, ".toolkit.fluxcd.io"):
		return true
	}
	return name == managedByLabel
}

func anyOf(m map[string]string) map[string]any {
	all := make(map[string]any, len(m))
	for k, v := range m {
		all[k] = v
	}
	return all
}

// dryAdoption has the API server admit what an adoption would write.
func (t *Target) dryAdoption(ctx context.Context, op string, seen *resource, d flink.Desired) error {
	if seen == nil {
		return nothingToAdopt(op)
	}
	next, err := decideAdoption(op, seen, d)
	if err != nil || next != adopt {
		return err
	}
	return t.adopt(ctx, op, seen, d)
}

func nothingToAdopt(op string) error {
	return flink.Errorf(flink.NotFound, op, "there is no FlinkDeployment of this name to adopt")
}
