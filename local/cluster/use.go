package cluster

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// flinkAPI is the API group and version of the operator's resources.
const flinkAPI = "flink.apache.org/v1beta1"

// Use takes a cluster that runs already: kind, k3d, EKS, whatever the current
// context of the kubeconfig names. Nothing is installed in it: it must have the
// operator, and its pods must reach an object store of their own, because the
// plane's S3 gateway listens on this machine's loopback only.
func Use(ctx context.Context, kubeconfig string) (*Cluster, error) {
	path, err := filepath.Abs(kubeconfig)
	if err != nil {
		return nil, err
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig %s cannot be used: %w", path, err)
	}
	if err := hasOperator(ctx, config); err != nil {
		return nil, fmt.Errorf("the cluster at %s: %w", config.Host, err)
	}
	return &Cluster{Kubeconfig: path, Server: config.Host, Config: config}, nil
}

// hasOperator asks for the operator's resources, not for the operator: where it
// runs and under which name is its owner's matter.
func hasOperator(ctx context.Context, config *rest.Config) error {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	var resources metav1.APIResourceList
	err = client.RESTClient().Get().AbsPath("/apis/" + flinkAPI).Do(ctx).Into(&resources)
	if apierrors.IsNotFound(err) {
		return errors.New("it has no Flink Kubernetes Operator (no resources of " + flinkAPI + "): install the operator's Helm chart first")
	}
	if err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	for _, r := range resources.APIResources {
		if r.Kind == "FlinkDeployment" {
			return nil
		}
	}
	return errors.New("its " + flinkAPI + " has no FlinkDeployment: install the operator's CRDs")
}
