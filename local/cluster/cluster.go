package cluster

import (
	"context"
	"fmt"
	"io"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Where things are in the cluster.
const (
	OperatorNamespace = "flink-operator"
	// ObjectStore is the Service that leads pods to the S3 gateway. It is not
	// named s3: the SDK would read the region out of such a host name.
	ObjectStore     = "sluice-system/objects"
	ObjectStorePort = 7070
	objectStoreURL  = "http://objects.sluice-system.svc:7070"
	// TeamServiceAccount is what a team's jobs run as.
	TeamServiceAccount = "flink"
)

// Options says what to start and to install.
type Options struct {
	Binary      string   // sluice-kube
	Images      []byte   // its image catalogue, JSON
	CRDs        string   // folder of the operator's CRDs
	JavaOptions string   // what Flink needs of the JVM that runs it
	Dir         string   // state and logs
	S3          string   // host:port of the S3 gateway on the host
	Region      string   // that the gateway signs for
	AccessKey   string   // throw-away keys of that gateway
	SecretKey   string   //
	Teams       []string // namespaces of data teams
	Log         io.Writer
}

// Cluster is a running one.
type Cluster struct {
	Kubeconfig string // path
	Server     string // URL on the host's loopback
	Config     *rest.Config
	process    *process // nil: the cluster is somebody else's
}

// operatorDeadline is how long the operator gets from its creation until it is
// ready: a JVM start on a busy machine.
const operatorDeadline = 3 * time.Minute

// StartBare starts Kubernetes alone, for tests that want nobody else in it. Config
// is left out.
func StartBare(ctx context.Context, o Options) (*Cluster, error) {
	p, err := launch(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Cluster{Kubeconfig: p.ready.Kubeconfig, Server: p.ready.Server, process: p}, nil
}

// Start starts Kubernetes and installs the operator, and returns when both are ready.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c, err := StartBare(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := c.install(ctx, o); err != nil {
		c.Stop()
		return nil, fmt.Errorf("install the Flink operator: %w; logs are below %s", err, o.Dir)
	}
	return c, nil
}

// Stop ends the cluster and everything in it; a cluster that Use found stays.
func (c *Cluster) Stop() {
	if c.process != nil {
		c.process.stop()
	}
}

// Ended is closed when the cluster has ended, asked to or not. Nobody watches a
// cluster that Use found: its channel is never closed.
func (c *Cluster) Ended() <-chan struct{} {
	if c.process == nil {
		return nil
	}
	return c.process.ended
}

func (c *Cluster) install(ctx context.Context, o Options) error {
	var err error
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig); err != nil {
		return err
	}
	c.Config.QPS, c.Config.Burst = 100, 200
	c.Config.WarningHandler = rest.NoWarnings{} // that NetworkPolicies have no effect here is in docs/local.md
	crds, err := readCRDs(o.CRDs)
	if err != nil {
		return err
	}
	operator, err := render(o)
	if err != nil {
		return err
	}
	a, err := newApplier(c.Config)
	if err != nil {
		return err
	}
	if err := a.apply(ctx, crds); err != nil {
		return err
	}
	if err := a.apply(ctx, operator); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, operatorDeadline, fmt.Errorf("the operator was not ready after %s", operatorDeadline))
	defer cancel()
	return c.awaitOperator(ctx)
}
