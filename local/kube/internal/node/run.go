package node

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// run is one pod's life on this node.
type run struct {
	node     *Node
	pod      *corev1.Pod
	dir      string // the pod's files while it runs
	state    *state
	reporter *reporter
	net      *network.Pod

	alive   context.Context // done when the pod is to stop
	halt    context.CancelFunc
	hard    context.Context // done when its grace period is over
	kill    context.CancelFunc
	changed chan struct{} // an object that a volume shows has changed
	done    chan struct{} // closed when no process of the pod is left and its last status is written
}

func newRun(ctx context.Context, n *Node, p *corev1.Pod) *run {
	r := &run{
		node: n, pod: p, dir: filepath.Join(n.work, string(p.UID)),
		changed: make(chan struct{}, 1), done: make(chan struct{}),
	}
	r.alive, r.halt = context.WithCancel(ctx)
	r.hard, r.kill = context.WithCancel(context.WithoutCancel(ctx))
	r.reporter = newReporter(n.client, p)
	r.state = newState(p, metav1.Now(), r.reporter.notify)
	r.reporter.facts = r.state.snapshot
	return r
}

// stop ends the pod's containers, by force after grace. A later call can only
// shorten the wait.
func (r *run) stop(grace time.Duration) {
	r.halt()
	timer := time.AfterFunc(grace, r.kill)
	context.AfterFunc(r.hard, func() { timer.Stop() })
}

// refresh asks for the volumes to be written again. It never blocks.
func (r *run) refresh() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *run) main() {
	defer close(r.done)
	last := make(chan struct{})
	var reporting sync.WaitGroup
	reporting.Go(func() { r.reporter.run(r.node.reporting, last) })
	r.live()
	r.kill() // lets go of the timers of stop
	if err := r.cleanUp(); err != nil {
		klog.ErrorS(err, "clean up after a pod", "pod", klog.KObj(r.pod))
	}
	close(last)
	reporting.Wait()
}

// live goes through the pod's stages and returns when no process of it is left.
func (r *run) live() {
	if r.pod.Spec.RestartPolicy == corev1.RestartPolicyNever && r.state.abandon() {
		return
	}
	if !r.supported() || !r.prepare() {
		<-r.alive.Done()
		return
	}
	refreshing, stopRefreshing := context.WithCancel(r.alive)
	var background sync.WaitGroup
	background.Go(func() { r.keepVolumesFresh(refreshing) })
	defer background.Wait()
	defer stopRefreshing()
	for i := range r.pod.Spec.InitContainers {
		code := r.keep(&r.pod.Spec.InitContainers[i], true)
		if r.alive.Err() != nil {
			return
		}
		if code != 0 { // only when it is not to be started again
			r.state.change(func(f *podFacts) { f.Finished = true })
			return
		}
	}
	r.state.change(func(f *podFacts) { f.Initialised, f.Reason = true, "ContainerCreating" })
	var all sync.WaitGroup
	for i := range r.pod.Spec.Containers {
		all.Go(func() { r.keep(&r.pod.Spec.Containers[i], false) })
	}
	all.Wait()
	r.state.change(func(f *podFacts) { f.Finished = true })
}

// supported holds a pod that asks for what does not exist here, with the reason in its status.
func (r *run) supported() bool {
	if message := Unsupported(r.pod); message != "" {
		r.hold("CreateContainerConfigError", message)
		return false
	}
	for _, c := range allContainers(r.pod) {
		if _, err := r.node.images.Find(c.Image); err != nil {
			r.hold("ErrImagePull", err.Error())
			return false
		}
	}
	if message := NotEnforced(r.pod); message != "" {
		r.node.events.Event(r.pod, corev1.EventTypeNormal, "NotEnforced", message)
	}
	return true
}

func (r *run) hold(reason, message string) {
	r.state.waits(reason, message)
	r.node.events.Event(r.pod, corev1.EventTypeWarning, reason, message)
}

// prepare gives the pod its network and volumes; it is false when the pod is
// stopped before it has both.
func (r *run) prepare() bool {
	reason := "ContainerCreating"
	if len(r.pod.Spec.InitContainers) > 0 {
		reason = "PodInitializing"
	}
	r.state.waits(reason, "")
	return r.until("FailedCreatePodSandBox", reason, r.connect) && r.until("FailedMount", reason, r.writeVolumes)
}

func (r *run) connect() error {
	ip, err := r.node.pool.Take()
	if err != nil {
		return err
	}
	pod, err := network.NewPod(ip)
	if err != nil {
		r.node.pool.Give(ip)
		return err
	}
	r.net = pod
	r.state.change(func(f *podFacts) { f.IP = ip.String() })
	return nil
}

func (r *run) cleanUp() error {
	if r.net != nil {
		if err := r.net.Close(); err != nil {
			return err
		}
		r.node.pool.Give(r.net.IP)
	}
	return os.RemoveAll(r.dir)
}
