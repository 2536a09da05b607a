package eks

import (
	"context"
	"errors"
	"strconv"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// The fence of an application lives in a ConfigMap of its own, which nothing
// owns, so that it outlives the FlinkDeployment being deleted and created. The
// cluster refuses a write under a lower one by infra/kubernetes/fence-policy.yaml,
// which selects fences by their label.
const (
	fencePrefix = "sluice-fence-"
	fenceKey    = "fence"
	fenceLabel  = "sluice/fence-of" // its value is the application's name
)

// races bounds how often a lost race for one object is run again.
const races = 10

// raiseFence makes sure that nobody with a lower fence writes from now on. Who
// comes with a lower one than is there has lost the lease.
func (t *Target) raiseFence(ctx context.Context, app flink.Application, fence int64) error {
	op := "raise the fence of " + app.String()
	for range races {
		seen, err := t.fence(ctx, app)
		if err != nil {
			return kubeError(op, err)
		}
		held, err := fenceOf(seen)
		if err != nil {
			return &flink.Error{Code: flink.Refused, Op: op, Err: err}
		}
		switch {
		case held > fence:
			return passed(op, fence, held)
		case seen != nil && held == fence:
			return nil
		}
		err = t.writeFence(ctx, app, seen, fence)
		if err == nil || !lostRace(err) {
			return kubeError(op, err)
		}
	}
	return flink.Errorf(flink.Conflict, op, "others wrote it %d times in between", races)
}

// holdsFence tells whether nobody raised the fence meanwhile.
func (t *Target) holdsFence(ctx context.Context, app flink.Application, fence int64) error {
	op := "look at the fence of " + app.String()
	seen, err := t.fence(ctx, app)
	if err != nil {
		return kubeError(op, err)
	}
	held, err := fenceOf(seen)
	if err != nil {
		return &flink.Error{Code: flink.Refused, Op: op, Err: err}
	}
	if held > fence {
		return passed(op, fence, held)
	}
	return nil
}

func passed(op string, fence, held int64) error {
	return flink.Errorf(flink.LeaseLost, op, "this release holds fence %d and another has raised it to %d since: it is the other's turn", fence, held)
}

// fence reads the ConfigMap; nil when there is none yet.
func (t *Target) fence(ctx context.Context, app flink.Application) (*unstructured.Unstructured, error) {
	o, err := t.kube.Resource(configMaps).Namespace(app.Namespace).Get(ctx, fencePrefix+app.Name, metav1.GetOptions{})
	if kerrors.IsNotFound(err) {
		return nil, nil
	}
	return o, err
}

func fenceOf(o *unstructured.Unstructured) (int64, error) {
	if o == nil {
		return 0, nil
	}
	held, err := strconv.ParseInt(text(mapping(o.Object, "data"), fenceKey), 10, 64)
	if err != nil {
		return 0, flink.Errorf(flink.Refused, "", "the ConfigMap %s has no number in data.%s: somebody else wrote it; put back the number that the ledger has", o.GetName(), fenceKey)
	}
	return held, nil
}

// writeFence creates the ConfigMap, or replaces the version that was seen.
func (t *Target) writeFence(ctx context.Context, app flink.Application, seen *unstructured.Unstructured, fence int64) error {
	maps := t.kube.Resource(configMaps).Namespace(app.Namespace)
	if seen == nil {
		_, err := maps.Create(ctx, newFence(app, fence), metav1.CreateOptions{FieldManager: FieldManager})
		return err
	}
	next := seen.DeepCopy() // its resourceVersion makes the update conditional
	child(child(next.Object, "metadata"), "labels")[fenceLabel] = app.Name
	child(next.Object, "data")[fenceKey] = strconv.FormatInt(fence, 10)
	_, err := maps.Update(ctx, next, metav1.UpdateOptions{FieldManager: FieldManager})
	return err
}

func newFence(app flink.Application, fence int64) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata": map[string]any{
			"name": fencePrefix + app.Name, "namespace": app.Namespace,
			"labels": map[string]any{managedByLabel: FieldManager, fenceLabel: app.Name},
		},
		"data": map[string]any{fenceKey: strconv.FormatInt(fence, 10)},
	}}
}

// lostRace: the object was created, changed or deleted since it was read.
func lostRace(err error) bool {
	return kerrors.IsAlreadyExists(err) || kerrors.IsConflict(err) || kerrors.IsNotFound(err) && !isNoNamespace(err)
}

func isNoNamespace(err error) bool {
	var status kerrors.APIStatus
	return errors.As(err, &status) && status.Status().Details != nil && status.Status().Details.Kind == "namespaces"
}
