package eks

import (
	"context"
	"encoding/json"
	"strconv"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// fence is the highest one that the resource was written under.
func (r resource) fence() int64 {
	var highest int64
	for _, name := range []string{fenceAnnotation, deleteFenceAnnotation} {
		f, _ := strconv.ParseInt(r.GetAnnotations()[name], 10, 64)
		highest = max(highest, f)
	}
	return highest
}

// delete deletes exactly the object that was seen, in the version that was seen.
// A delete carries no fence, so it is written on the object before: the cluster
// refuses to delete what was written last under a lower fence than is in force.
func (t *Target) delete(ctx context.Context, op string, app flink.Application, seen *resource, fence int64) error {
	seen, err := t.stamp(ctx, app, seen, fence)
	if err == nil {
		uid, version := seen.GetUID(), seen.GetResourceVersion()
		err = t.kube.Resource(deployments).Namespace(app.Namespace).Delete(ctx, app.Name, metav1.DeleteOptions{
			Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
		})
	}
	if kerrors.IsNotFound(err) {
		return nil
	}
	return kubeError(op, err)
}

// stamp writes the fence of a delete on the version that was seen, unless the
// object has it already, and gives the version that this made.
func (t *Target) stamp(ctx context.Context, app flink.Application, seen *resource, fence int64) (*resource, error) {
	if seen.fence() >= fence {
		return seen, nil
	}
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": seen.GetUID(), "resourceVersion": seen.GetResourceVersion(),
		"annotations": map[string]string{deleteFenceAnnotation: strconv.FormatInt(fence, 10)},
	}})
	if err != nil {
		return nil, err
	}
	o, err := t.kube.Resource(deployments).Namespace(app.Namespace).
		Patch(ctx, app.Name, types.MergePatchType, body, metav1.PatchOptions{FieldManager: deleteManager})
	if err != nil {
		return nil, err
	}
	return &resource{o}, nil
}
