package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"

	"github.com/sluice-flink/sluice/local/kube/internal/image"
	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// Name is the node's name.
const Name = "sluice"

// Deps is what a node needs.
type Deps struct {
	Client kubernetes.Interface
	Images image.Catalogue
	Dir    string      // pods' logs go below pods/, their files while they run below work/
	Certs  ServingKeys // for the kubelet API
}

// Node runs pods until Stop.
type Node struct {
	client kubernetes.Interface
	images image.Catalogue
	logs   logFolder
	work   string
	pool   *network.Pool
	events record.EventRecorder

	reporting context.Context // done when statuses are no longer written
	silence   context.CancelFunc

	mu       sync.Mutex
	runs     map[types.UID]*run
	stopping bool
}

// Start registers the node and begins to run its pods. The folder of running
// pods' files is emptied: what lies there belongs to processes that are gone.
func Start(ctx context.Context, d Deps) (*Node, error) {
	n := &Node{
		client: d.Client, images: d.Images, pool: network.NewPool(), runs: map[types.UID]*run{},
		logs: logFolder(filepath.Join(d.Dir, "pods")), work: filepath.Join(d.Dir, "work"),
	}
	n.reporting, n.silence = context.WithCancel(ctx)
	if err := os.RemoveAll(n.work); err != nil {
		return nil, fmt.Errorf("clear the files of earlier pods: %w", err)
	}
	n.events = recorder(ctx, d.Client)
	if err := n.serveKubelet(ctx, d.Certs); err != nil {
		return nil, fmt.Errorf("serve the kubelet API: %w", err)
	}
	if err := register(ctx, d.Client); err != nil {
		return nil, fmt.Errorf("register the node: %w", err)
	}
	return n, n.follow(ctx)
}

// follow watches the node's pods, and the objects that their volumes show.
func (n *Node) follow(ctx context.Context) error {
	mine := informers.NewSharedInformerFactoryWithOptions(n.client, 0, informers.WithTweakListOptions(onThisNode))
	pods := mine.Core().V1().Pods().Informer()
	_, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { n.observe(ctx, o.(*corev1.Pod)) },
		UpdateFunc: func(_, o any) { n.observe(ctx, o.(*corev1.Pod)) },
		DeleteFunc: n.gone,
	})
	if err != nil {
		return err
	}
	all := informers.NewSharedInformerFactory(n.client, 0)
	for kind, informer := range map[objectKind]cache.SharedIndexInformer{
		configMap: all.Core().V1().ConfigMaps().Informer(),
		secret:    all.Core().V1().Secrets().Informer(),
	} {
		_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(o any) { n.touched(kind, o) },
			UpdateFunc: func(_, o any) { n.touched(kind, o) },
		})
		if err != nil {
			return err
		}
	}
	mine.Start(ctx.Done())
	all.Start(ctx.Done())
	mine.WaitForCacheSync(ctx.Done())
	return nil
}

var nodeSelector = fields.OneTermEqualSelector("spec.nodeName", Name).String()

// Stop ends all pods, each within its grace period but no later than limit,
// and waits for them. Their statuses stay as they are: to the controllers the
// pods still run, so that none is replaced, and at the next start they do again.
func (n *Node) Stop(limit time.Duration) {
	n.silence()
	n.mu.Lock()
	n.stopping = true
	runs := make([]*run, 0, len(n.runs))
	for _, r := range n.runs {
		runs = append(runs, r)
	}
	n.mu.Unlock()
	for _, r := range runs {
		r.stop(min(limit, gracePeriod(r.pod)))
	}
	for _, r := range runs {
		<-r.done
	}
}
