package node

import (
	"context"
	"runtime"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

func onThisNode(o *metav1.ListOptions) { o.FieldSelector = nodeSelector }

// recorder writes events as this node until ctx is done.
func recorder(ctx context.Context, client kubernetes.Interface) record.EventRecorder {
	b := record.NewBroadcaster(record.WithContext(ctx))
	b.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return b.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "sluice-kube", Host: Name})
}

// register makes the node's object, or brings one of an earlier start up to date.
func register(ctx context.Context, client kubernetes.Interface) error {
	nodes := client.CoreV1().Nodes()
	found, err := nodes.Create(ctx, nodeObject(), metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		found, err = nodes.Get(ctx, Name, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	found.Status = nodeStatus(metav1.Now())
	_, err = nodes.UpdateStatus(ctx, found, metav1.UpdateOptions{})
	return err
}

func nodeObject() *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: Name, Labels: map[string]string{
		corev1.LabelHostname: Name, corev1.LabelOSStable: runtime.GOOS, corev1.LabelArchStable: runtime.GOARCH,
	}}}
}

// nodeStatus is written once: nothing here judges a node by its heartbeat.
// Nothing is counted against the capacity either.
func nodeStatus(now metav1.Time) corev1.NodeStatus {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("1000"), corev1.ResourceMemory: resource.MustParse("4Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("4Ti"), corev1.ResourcePods: resource.MustParse("1000"),
	}
	return corev1.NodeStatus{
		Capacity: capacity, Allocatable: capacity,
		Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: network.NodeIP}, {Type: corev1.NodeHostName, Address: Name}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: kubeletPort}},
		NodeInfo: corev1.NodeSystemInfo{
			OperatingSystem: runtime.GOOS, Architecture: runtime.GOARCH, KubeletVersion: "v1.36.3+sluice", ContainerRuntimeVersion: "process://1",
		},
		Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "ProcessNode", Message: "runs pods as processes of this machine",
			LastHeartbeatTime: now, LastTransitionTime: now,
		}},
	}
}
