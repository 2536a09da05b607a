package boot

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	"github.com/sluice-flink/sluice/local/kube/internal/image"
	"github.com/sluice-flink/sluice/local/kube/internal/launch"
	"github.com/sluice-flink/sluice/local/kube/internal/network"
	"github.com/sluice-flink/sluice/local/kube/internal/node"
	"github.com/sluice-flink/sluice/local/kube/internal/plane"
)

// Run is the inner process from beginning to end; it gives the exit code.
func Run() int {
	c, outside, err := launch.ReadConfig(os.Stdin)
	if err == nil {
		err = run(c, outside)
	}
	if err != nil {
		klog.ErrorS(err, "the cluster ends")
		_ = outside.Failed(err)
		return 1
	}
	return 0
}

func run(c launch.Config, outside launch.Outside) error {
	asked, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	if err := prepare(c); err != nil {
		return err
	}
	ctx, end := context.WithCancel(context.Background())
	defer end()
	failed := make(chan error, 1)
	started := make(chan error, 1)
	var n *node.Node
	go func() {
		var err error
		n, err = bringUp(ctx, c, outside, failed)
		started <- err
	}()
	select {
	case <-asked.Done():
		return nil // what was begun ends with this process
	case err := <-failed:
		return err
	case err := <-started:
		if err != nil {
			return err
		}
	}
	select {
	case err := <-failed:
		return err
	case <-asked.Done():
		n.Stop(launch.StopWithin)
		return nil
	}
}

// prepare makes the namespaces usable.
func prepare(c launch.Config) error {
	syscall.Umask(0o022)
	if err := mounts(filepath.Join(c.Dir, "check")); err != nil {
		return err
	}
	if err := network.SetUp(); err != nil {
		return fmt.Errorf("set up the node's network: %w", err)
	}
	return nil
}

func bringUp(ctx context.Context, c launch.Config, outside launch.Outside, failed chan<- error) (*node.Node, error) {
	images, err := image.Load(c.Images)
	if err != nil {
		return nil, err
	}
	p, err := plane.Start(ctx, c.Dir, c.Server, node.Name, failed)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(p.Config)
	if err != nil {
		return nil, err
	}
	if err := serveServices(ctx, client); err != nil {
		return nil, err
	}
	for _, e := range c.Egress {
		if err := leadOut(ctx, client, e); err != nil {
			return nil, fmt.Errorf("egress of %s/%s: %w", e.Namespace, e.Service, err)
		}
	}
	n, err := node.Start(ctx, node.Deps{
		Client: client, Images: images, Dir: c.Dir,
		Certs: node.ServingKeys{Cert: p.PKI.Server, Key: p.PKI.ServerKey, CA: p.PKI.CA},
	})
	if err != nil {
		return nil, fmt.Errorf("start the node: %w", err)
	}
	if err := relayFromHost(outside.Listener); err != nil {
		return nil, err
	}
	return n, outside.Ready()
}

// relayFromHost serves the host's clients. The listener was made in the host's
// network namespace and stays there, whoever accepts from it.
func relayFromHost(f *os.File) error {
	l, err := net.FileListener(f)
	if err != nil {
		return fmt.Errorf("take over the host's listener: %w", err)
	}
	server := net.JoinHostPort(network.NodeIP, strconv.Itoa(plane.Port))
	go network.Relay(l, func() (net.Conn, error) { return net.Dial("tcp", server) })
	return nil
}
