package cluster

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// awaitOperator waits until the operator's deployment is available.
func (c *Cluster) awaitOperator(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		return err
	}
	for {
		d, err := client.AppsV1().Deployments(OperatorNamespace).Get(ctx, "flink-kubernetes-operator", metav1.GetOptions{})
		if err == nil && d.Status.AvailableReplicas > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-c.Ended():
			return fmt.Errorf("the cluster ended")
		case <-time.After(200 * time.Millisecond):
		}
	}
}
