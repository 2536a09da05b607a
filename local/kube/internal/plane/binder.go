package plane

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// bindPods stands in for the scheduler: there is one node, so every pod that
// waits for a node goes there.
func bindPods(ctx context.Context, client kubernetes.Interface, pods cache.SharedIndexInformer, node string) error {
	consider := func(o any) {
		if p, ok := o.(*corev1.Pod); ok && wantsNode(p) {
			go bind(ctx, client, p, node)
		}
	}
	_, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    consider,
		UpdateFunc: func(_, o any) { consider(o) },
	})
	return err
}

func wantsNode(p *corev1.Pod) bool {
	return p.Spec.NodeName == "" && p.DeletionTimestamp == nil && len(p.Spec.SchedulingGates) == 0 &&
		(p.Spec.SchedulerName == "" || p.Spec.SchedulerName == corev1.DefaultSchedulerName)
}

func bind(ctx context.Context, client kubernetes.Interface, p *corev1.Pod, node string) {
	b := &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: p.Namespace, UID: p.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	}
	err := client.CoreV1().Pods(p.Namespace).Bind(ctx, b, metav1.CreateOptions{})
	// Two updates of a pod lead to two tries; the second finds it bound or gone.
	if err != nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) && ctx.Err() == nil {
		klog.ErrorS(err, "bind a pod", "pod", klog.KObj(p))
	}
}
