package node

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/sluice-flink/sluice/local/kube/internal/container"
)

// health watches one run of a container by its probes.
type health struct {
	run  *run
	c    *corev1.Container
	spec container.Spec
	p    *container.Process
}

// watchHealth runs until ctx is done: the startup probe first, then liveness
// and readiness beside each other.
func (r *run) watchHealth(ctx context.Context, c *corev1.Container, s container.Spec, p *container.Process) {
	h := health{r, c, s, p}
	if c.StartupProbe != nil && !h.startup(ctx) {
		return
	}
	r.state.setStarted(c.Name)
	if c.ReadinessProbe == nil {
		r.state.setReady(c.Name, true)
	}
	liveness := make(chan struct{})
	go func() {
		defer close(liveness)
		if c.LivenessProbe != nil {
			h.liveness(ctx)
		}
	}()
	if c.ReadinessProbe != nil {
		h.readiness(ctx)
	}
	<-liveness
}

func (h health) startup(ctx context.Context) bool {
	up := false
	h.follow(ctx, "Startup", h.c.StartupProbe, func(healthy bool) (stop bool) {
		up = healthy
		if !healthy {
			h.end(h.c.StartupProbe, "startup")
		}
		return true
	})
	return up
}

func (h health) liveness(ctx context.Context) {
	h.follow(ctx, "Liveness", h.c.LivenessProbe, func(healthy bool) (stop bool) {
		if !healthy {
			h.end(h.c.LivenessProbe, "liveness")
		}
		return !healthy
	})
}

func (h health) readiness(ctx context.Context) {
	h.follow(ctx, "Readiness", h.c.ReadinessProbe, func(healthy bool) (stop bool) {
		h.run.state.setReady(h.c.Name, healthy)
		return false
	})
}

// follow probes at the period and tells turn whenever the verdict changes,
// until turn says stop or ctx is done.
func (h health) follow(ctx context.Context, kind string, p *corev1.Probe, turn func(healthy bool) (stop bool)) {
	if p.InitialDelaySeconds > 0 && !sleep(ctx, seconds(p.InitialDelaySeconds)) {
		return
	}
	v := verdict{success: max(p.SuccessThreshold, 1), failure: max(p.FailureThreshold, 1)}
	for {
		err := h.check(ctx, p)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			h.run.node.events.Eventf(h.run.pod, corev1.EventTypeWarning, "Unhealthy", "%s probe of %s failed: %v", kind, h.c.Name, err)
		}
		if v.changed(err == nil) && turn(v.healthy) {
			return
		}
		if !sleep(ctx, seconds(max(p.PeriodSeconds, 1))) {
			return
		}
	}
}

// end stops the container; its restart policy says what comes then.
func (h health) end(p *corev1.Probe, kind string) {
	h.run.node.events.Eventf(h.run.pod, corev1.EventTypeNormal, "Killing", "container %s failed its %s probe and is stopped", h.c.Name, kind)
	grace := gracePeriod(h.run.pod)
	if p.TerminationGracePeriodSeconds != nil {
		grace = time.Duration(*p.TerminationGracePeriodSeconds) * time.Second
	}
	h.p.Terminate()
	timer := time.AfterFunc(grace, h.p.Kill)
	go func() { <-h.p.Done(); timer.Stop() }()
}

// verdict counts results in a row, as thresholds are meant.
type verdict struct {
	success, failure int32
	inRow            int32
	last             bool
	known, healthy   bool
}

// changed takes one result and says whether the verdict is new.
func (v *verdict) changed(ok bool) bool {
	if ok != v.last {
		v.inRow = 0
	}
	v.last = ok
	v.inRow++
	reached := ok && v.inRow >= v.success || !ok && v.inRow >= v.failure
	if !reached || v.known && v.healthy == ok {
		return false
	}
	v.known, v.healthy = true, ok
	return true
}

func seconds(n int32) time.Duration { return time.Duration(n) * time.Second }

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// check runs a probe once.
func (h health) check(ctx context.Context, p *corev1.Probe) error {
	timeout := seconds(max(p.TimeoutSeconds, 1))
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case p.HTTPGet != nil:
		return h.checkHTTP(p.HTTPGet, timeout)
	case p.TCPSocket != nil:
		return h.checkTCP(ctx, p.TCPSocket)
	case p.Exec != nil:
		out, err := h.p.Run(ctx, h.spec, p.Exec.Command)
		if err != nil {
			return fmt.Errorf("%w: %.500s", err, out)
		}
		return nil
	}
	return fmt.Errorf("the probe says nothing to do")
}
