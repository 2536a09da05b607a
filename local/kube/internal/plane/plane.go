package plane

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// Port is the API server's port in the node's network namespace.
const Port = 6443

// readyWithin bounds a start on a busy machine.
const readyWithin = 2 * time.Minute

// Plane is a control plane that is ready.
type Plane struct {
	Config *rest.Config // an administrator's, for use inside the node's namespace
	PKI    PKI
}

// Start brings the control plane up in dir and returns when the API server is
// ready and the controllers run. A part that fails later is sent to failed.
// The public server URL is what the kubeconfig for the host names.
func Start(ctx context.Context, dir, public string, node string, failed chan<- error) (*Plane, error) {
	pki, err := preparePKI(filepath.Join(dir, "pki"))
	if err != nil {
		return nil, fmt.Errorf("make the cluster's certificates: %w", err)
	}
	if err := writeKubeconfig(filepath.Join(dir, "kubeconfig"), public, pki); err != nil {
		return nil, fmt.Errorf("write the kubeconfig: %w", err)
	}
	etcd, err := startEtcd(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("start etcd: %w", err)
	}
	config, err := adminConfig(fmt.Sprintf("https://%s:%d", network.NodeIP, Port), pki)
	if err != nil {
		return nil, err
	}
	go func() { report(ctx, failed, "the API server", runAPIServer(ctx, etcd, pki)) }()
	if err := waitReady(ctx, config); err != nil {
		return nil, err
	}
	go func() { report(ctx, failed, "the controllers", runControllers(ctx, config, pki, node)) }()
	if err := refuseUnserved(ctx, config); err != nil {
		return nil, fmt.Errorf("install the admission policy: %w", err)
	}
	return &Plane{Config: config, PKI: pki}, waitAccounts(ctx, config)
}

// report passes on the end of a part, unless it was asked to end.
func report(ctx context.Context, failed chan<- error, part string, err error) {
	if ctx.Err() != nil {
		return
	}
	select {
	case failed <- fmt.Errorf("%s ended: %w", part, err):
	default: // one failure is enough to stop everything
	}
}

func waitReady(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	var last error
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, readyWithin, true, func(ctx context.Context) (bool, error) {
		_, last = client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("the API server did not become ready within %s: %w", readyWithin, last)
	}
	return nil
}
