package eks

import (
	"context"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Remove implements flink.Target. The fence stays: it has to outlive the
// application.
func (t *Target) Remove(ctx context.Context, app flink.Application, fence int64) error {
	op := "remove " + app.String()
	if err := t.raiseFence(ctx, app, fence); err != nil {
		return err
	}
	for range races {
		seen, err := t.get(ctx, app)
		if err != nil {
			return kubeError(op, err)
		}
		if seen == nil {
			return t.waitForLeftovers(ctx, op, app)
		}
		facts := seen.specFacts()
		if facts.Release == "" {
			return notOurs(op)
		}
		if !facts.Deleting {
			if err := t.delete(ctx, op, app, seen, fence); err != nil && !t.onlyStatusChanged(ctx, seen, err) {
				return err
			} else if err != nil {
				continue
			}
		}
		if err := t.waitUntilGone(ctx, op, app, seen.GetUID()); err != nil {
			return err
		}
	}
	return flink.Errorf(flink.Conflict, op, "somebody creates it again and again")
}

// waitUntilGone waits until the operator has let go of the object of this UID.
func (t *Target) waitUntilGone(ctx context.Context, op string, app flink.Application, uid types.UID) error {
	return t.wait(ctx, op, func() (string, error) {
		r, err := t.get(ctx, app)
		if err != nil || r == nil || r.GetUID() != uid {
			return "", kubeError(op, err)
		}
		return "the operator has not finished deleting the FlinkDeployment: see whether it runs (finalizer " + strings.Join(r.GetFinalizers(), ", ") + ")", nil
	})
}

// waitForLeftovers waits until nothing of an earlier deployment is left that a
// new one would take up: pods, and the high-availability records, which would
// be restored instead of the state that was asked for.
func (t *Target) waitForLeftovers(ctx context.Context, op string, app flink.Application) error {
	kinds := []struct {
		name   string
		of     schema.GroupVersionResource
		labels string
	}{
		{"pods", pods, flinkLabels(app)},
		{"high-availability records", configMaps, flinkLabels(app) + ",configmap-type=high-availability"},
	}
	return t.wait(ctx, op, func() (string, error) {
		for _, kind := range kinds {
			list, err := t.kube.Resource(kind.of).Namespace(app.Namespace).List(ctx, metav1.ListOptions{LabelSelector: kind.labels})
			if err != nil {
				return "", kubeError(op, err)
			}
			if len(list.Items) > 0 {
				return fmt.Sprintf("the deleted application's %s are still there, %s first: see whether the operator runs, or delete them", kind.name, list.Items[0].GetName()), nil
			}
		}
		return "", nil
	})
}

// wait looks until nothing is left to wait for. A wait that is too long is
// Unavailable: the same call may be made again and goes on where this one ended.
func (t *Target) wait(ctx context.Context, op string, look func() (waitsFor string, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	ticker := time.NewTicker(t.poll)
	defer ticker.Stop()
	for {
		waitsFor, err := look()
		if err != nil {
			return err
		}
		if waitsFor == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return flink.Errorf(flink.Unavailable, op, "%s: %w", waitsFor, ctx.Err())
		case <-ticker.C:
		}
	}
}
