package node

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// observe begins a pod that is new and ends one that is being deleted. A pod
// that ran under an earlier process of this program starts again, as on a
// machine that was rebooted.
func (n *Node) observe(ctx context.Context, p *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.runs[p.UID]
	switch {
	case n.stopping:
	case p.DeletionTimestamp != nil && r == nil:
		go n.remove(ctx, p)
	case p.DeletionTimestamp != nil:
		go n.end(ctx, r, gracePeriod(p))
	case r == nil && !terminal(p.Status.Phase):
		r = newRun(ctx, n, p)
		n.runs[p.UID] = r
		go r.main()
	}
}

// gone ends a pod whose object was removed by force.
func (n *Node) gone(o any) {
	if t, ok := o.(cache.DeletedFinalStateUnknown); ok {
		o = t.Obj
	}
	p, ok := o.(*corev1.Pod)
	if !ok {
		return
	}
	n.mu.Lock()
	r := n.runs[p.UID]
	delete(n.runs, p.UID)
	n.mu.Unlock()
	if r != nil {
		r.stop(0)
	}
}

func (n *Node) end(ctx context.Context, r *run, grace time.Duration) {
	r.stop(grace)
	<-r.done
	n.remove(ctx, r.pod)
	n.mu.Lock()
	delete(n.runs, r.pod.UID)
	n.mu.Unlock()
}

// remove deletes the object of a pod whose processes are gone.
func (n *Node) remove(ctx context.Context, p *corev1.Pod) {
	now := int64(0)
	err := n.client.CoreV1().Pods(p.Namespace).Delete(ctx, p.Name,
		metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &p.UID}})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		klog.ErrorS(err, "remove a pod that has ended", "pod", klog.KObj(p))
	}
}

// touched tells the pods that show an object in a volume that it changed.
func (n *Node) touched(kind objectKind, o any) {
	m, ok := o.(metav1.Object)
	if !ok {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.runs {
		if r.pod.Namespace == m.GetNamespace() && r.shows(kind, m.GetName()) {
			r.refresh()
		}
	}
}

func terminal(p corev1.PodPhase) bool { return p == corev1.PodSucceeded || p == corev1.PodFailed }

// gracePeriod is the one of the deletion, or else of the pod's own spec.
func gracePeriod(p *corev1.Pod) time.Duration {
	for _, s := range []*int64{p.DeletionGracePeriodSeconds, p.Spec.TerminationGracePeriodSeconds} {
		if s != nil {
			return time.Duration(*s) * time.Second
		}
	}
	return corev1.DefaultTerminationGracePeriodSeconds * time.Second
}
