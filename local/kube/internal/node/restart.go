package node

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The kubelet waits 10 s at first and 5 min at most. A laptop's user waits less.
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// steadyAfter is how long a container must have run for its crashes to be forgotten.
	steadyAfter = 10 * time.Minute
)

// again says whether a container that ended with code is started again.
func again(policy corev1.RestartPolicy, isInit bool, code int) bool {
	switch {
	case policy == corev1.RestartPolicyNever:
		return false
	case isInit || policy == corev1.RestartPolicyOnFailure:
		return code != 0
	}
	return true
}

// nextBackoff is the wait after a run that lasted ran, when the wait before it was last.
func nextBackoff(last, ran time.Duration) time.Duration {
	if last == 0 || ran >= steadyAfter {
		return firstBackoff
	}
	return min(2*last, maxBackoff)
}
