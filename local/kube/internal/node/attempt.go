package node

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/local/kube/internal/container"
)

// cannotStart is the exit code of a container whose command never ran.
const cannotStart = 128

// keep runs a container, again and again where the restart policy says so, and
// gives the last exit code.
func (r *run) keep(c *corev1.Container, isInit bool) int {
	var backoff time.Duration
	for {
		began := time.Now()
		code := r.attempt(c)
		if r.alive.Err() != nil || !again(r.pod.Spec.RestartPolicy, isInit, code) {
			return code
		}
		backoff = nextBackoff(backoff, time.Since(began))
		r.state.backsOff(c.Name, code, backoff)
		if !r.pause(backoff) {
			return code
		}
	}
}

// attempt runs a container once.
func (r *run) attempt(c *corev1.Container) int {
	started := metav1.Now()
	spec, ok := r.specOf(c)
	if !ok {
		return cannotStart
	}
	p, log, err := r.start(c, spec)
	if err != nil {
		r.node.events.Eventf(r.pod, corev1.EventTypeWarning, "Failed", "container %s: %v", c.Name, err)
		r.state.ended(c.Name, corev1.ContainerStateTerminated{
			ExitCode: cannotStart, Reason: "StartError", Message: err.Error(), StartedAt: started, FinishedAt: metav1.Now()}, true)
		return cannotStart
	}
	defer log.Close()
	started = metav1.Now()
	r.state.runs(c.Name, started)
	alive, ended := context.WithCancel(r.alive)
	var watching sync.WaitGroup
	watching.Go(func() { r.watchHealth(alive, c, spec, p) })
	r.await(p)
	ended()
	watching.Wait()
	reason := "Completed"
	if p.Code() != 0 {
		reason = "Error"
	}
	r.state.ended(c.Name, corev1.ContainerStateTerminated{
		ExitCode: int32(p.Code()), Reason: reason, StartedAt: started, FinishedAt: metav1.Now(),
		ContainerID: "process://" + string(r.pod.UID) + "/" + c.Name}, false)
	return p.Code()
}

// specOf waits for the objects the container's environment refers to.
func (r *run) specOf(c *corev1.Container) (container.Spec, bool) {
	told := ""
	for {
		spec, err := r.spec(c)
		if err == nil {
			return spec, true
		}
		if told != err.Error() {
			told = err.Error()
			r.state.containerWaits(c.Name, "CreateContainerConfigError", told)
		}
		if !r.pause(retryEvery) {
			return spec, false
		}
	}
}

func (r *run) start(c *corev1.Container, s container.Spec) (*container.Process, *os.File, error) {
	for _, dir := range []string{s.Root, s.Tmp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, err
		}
	}
	if err := os.Chmod(s.Tmp, 0o777|os.ModeSticky); err != nil {
		return nil, nil, err
	}
	log, err := r.node.logs.open(r.pod.Namespace, r.pod.Name, c.Name)
	if err != nil {
		return nil, nil, err
	}
	p, err := container.Start(s, r.net.Do, log)
	if err != nil {
		log.Close()
		return nil, nil, err
	}
	return p, log, nil
}

// await waits for the end of a container; when the pod is stopped it asks for
// it, and when the grace period is over it forces it.
func (r *run) await(p *container.Process) {
	select {
	case <-p.Done():
		return
	case <-r.alive.Done():
		p.Terminate()
	}
	select {
	case <-p.Done():
	case <-r.hard.Done():
		p.Kill()
		<-p.Done()
	}
}

// tmp is the container's /tmp, on disk as it may grow; the rest of what a
// container writes stays in memory.
func (r *run) tmp(container string) string { return filepath.Join(r.dir, "tmp", container) }
