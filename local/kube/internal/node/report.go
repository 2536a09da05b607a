package node

import (
	"context"
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

// reportRetry is the wait after a status that could not be written.
const reportRetry = 200 * time.Millisecond

// reporter writes a pod's status whenever it changed. Changes that come while
// one is being written go together into the next.
type reporter struct {
	client  kubernetes.Interface
	pod     *corev1.Pod
	written corev1.PodStatus
	changed chan struct{}
	facts   func() podFacts
}

func newReporter(client kubernetes.Interface, p *corev1.Pod) *reporter {
	return &reporter{client: client, pod: p, written: p.Status, changed: make(chan struct{}, 1)}
}

// notify never blocks.
func (r *reporter) notify() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// run writes until last is closed, then once more.
func (r *reporter) run(ctx context.Context, last <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-last:
			r.write(ctx)
			return
		case <-r.changed:
			if !r.write(ctx) {
				return
			}
		}
	}
}

// write writes the difference to what was written before. It is false when
// there is nothing left to write to.
func (r *reporter) write(ctx context.Context) bool {
	next := Status(r.pod, r.written, r.facts(), metav1.Now())
	patch, err := r.patch(next)
	if err != nil {
		klog.ErrorS(err, "compare pod status", "pod", klog.KObj(r.pod))
		return true
	}
	if patch == nil {
		return true
	}
	_, err = r.client.CoreV1().Pods(r.pod.Namespace).Patch(ctx, r.pod.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	switch {
	case err == nil:
		r.written = next
	case apierrors.IsNotFound(err), apierrors.IsConflict(err):
		return false // deleted, or another pod has the name now
	case ctx.Err() == nil:
		klog.ErrorS(err, "write pod status", "pod", klog.KObj(r.pod))
		time.AfterFunc(reportRetry, r.notify)
	}
	return true
}

// patch is nil when nothing changed. The UID in it makes the API server refuse
// to write to another pod of the same name.
func (r *reporter) patch(next corev1.PodStatus) ([]byte, error) {
	was, err := json.Marshal(r.written)
	if err != nil {
		return nil, err
	}
	is, err := json.Marshal(next)
	if err != nil {
		return nil, err
	}
	difference, err := jsonpatch.CreateMergePatch(was, is)
	if err != nil || string(difference) == "{}" {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": r.pod.UID},
		"status":   json.RawMessage(difference),
	})
}
