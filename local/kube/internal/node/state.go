package node

import (
	"fmt"
	"maps"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// containerFacts is what is known of one container.
type containerFacts struct {
	State, Last corev1.ContainerState
	Restarts    int32
	Ready       bool // its readiness probe says so, or it has none and started
	Started     bool // its startup probe succeeded, or it has none
}

// podFacts is what is known of a pod. Status turns it into what the API shows.
type podFacts struct {
	IP          string
	Start       metav1.Time
	Initialised bool
	Finished    bool   // no container will be started again
	Reason      string // why containers that have no state yet wait
	Message     string
	Containers  map[string]containerFacts
}

// state guards a pod's facts and tells the reporter of each change.
type state struct {
	mu     sync.Mutex
	facts  podFacts
	notify func()
}

func newState(p *corev1.Pod, now metav1.Time, notify func()) *state {
	s := &state{notify: notify, facts: podFacts{Start: now, Containers: map[string]containerFacts{}}}
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for _, c := range list { // of a run before this program was started again
			if c.State.Running != nil || c.State.Terminated != nil || c.LastTerminationState.Terminated != nil {
				s.facts.Containers[c.Name] = containerFacts{Restarts: c.RestartCount, Last: lost(c, now)}
			}
		}
	}
	return s
}

// lost is the end of a container that was running when this program ended.
func lost(c corev1.ContainerStatus, now metav1.Time) corev1.ContainerState {
	switch {
	case c.State.Terminated != nil:
		return c.State
	case c.State.Running == nil:
		return c.LastTerminationState
	}
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: 137, Reason: "ContainerStatusUnknown", Message: "sluice-kube was started again",
		StartedAt: c.State.Running.StartedAt, FinishedAt: now,
	}}
}

// abandon ends a pod that ran before this program was started again and must
// not run twice; it is false for a pod that never ran.
func (s *state) abandon() bool {
	ran := false
	for _, c := range s.snapshot().Containers {
		ran = ran || c.Last.Terminated != nil
	}
	if ran {
		s.change(func(p *podFacts) {
			for name, c := range p.Containers {
				c.State, c.Last = c.Last, corev1.ContainerState{}
				p.Containers[name] = c
			}
			p.Finished = true
		})
	}
	return ran
}

func (s *state) snapshot() podFacts {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.facts
	f.Containers = maps.Clone(f.Containers)
	return f
}

func (s *state) change(f func(*podFacts)) {
	s.mu.Lock()
	f(&s.facts)
	s.mu.Unlock()
	s.notify()
}

func (s *state) changeContainer(name string, f func(*containerFacts)) {
	s.change(func(p *podFacts) {
		c := p.Containers[name]
		f(&c)
		p.Containers[name] = c
	})
}

// waits says why the pod's containers do not start.
func (s *state) waits(reason, message string) {
	s.change(func(p *podFacts) { p.Reason, p.Message = reason, message })
}

func (s *state) containerWaits(name, reason, message string) {
	s.changeContainer(name, func(c *containerFacts) {
		if c.State.Terminated != nil {
			c.Last = c.State
		}
		c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
		c.Ready, c.Started = false, false
	})
}

func (s *state) backsOff(name string, code int, delay time.Duration) {
	s.containerWaits(name, "CrashLoopBackOff", fmt.Sprintf("container %s ended with exit code %d; it is started again in %s", name, code, delay))
}

// runs counts a restart when the container had run before.
func (s *state) runs(name string, now metav1.Time) {
	s.changeContainer(name, func(c *containerFacts) {
		s.countRestart(c)
		c.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
	})
}

func (s *state) countRestart(c *containerFacts) {
	if c.State.Terminated != nil {
		c.Last = c.State
	}
	if c.Last.Terminated != nil {
		c.Restarts++
	}
}

// ended is the end of a container that ran since started, or, with a zero
// started, of one that could not be started.
func (s *state) ended(name string, t corev1.ContainerStateTerminated, neverRan bool) {
	s.changeContainer(name, func(c *containerFacts) {
		if neverRan {
			s.countRestart(c)
		}
		c.State = corev1.ContainerState{Terminated: &t}
		c.Ready, c.Started = false, false
	})
}

func (s *state) setReady(name string, ready bool) {
	s.changeContainer(name, func(c *containerFacts) { c.Ready = ready })
}

func (s *state) setStarted(name string) {
	s.changeContainer(name, func(c *containerFacts) { c.Started = true })
}
