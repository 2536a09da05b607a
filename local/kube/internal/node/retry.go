package node

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// retryEvery is how soon a pod looks again for what it misses. Operators make
// a pod just before the ConfigMap it mounts.
const retryEvery = 150 * time.Millisecond

// until repeats a step until it succeeds; the pod's status says why it has not
// yet. It is false when the pod is stopped before.
func (r *run) until(event, reason string, step func() error) bool {
	told := ""
	for {
		err := step()
		if err == nil {
			r.state.waits(reason, "")
			return true
		}
		if r.alive.Err() != nil {
			return false
		}
		r.state.waits(reason, err.Error())
		if told != err.Error() {
			told = err.Error()
			r.node.events.Event(r.pod, corev1.EventTypeWarning, event, told)
		}
		if !r.pause(retryEvery) {
			return false
		}
	}
}

// pause waits, and is false when the pod is stopped before the end.
func (r *run) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.alive.Done():
		return false
	case <-t.C:
		return true
	}
}
