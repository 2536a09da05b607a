package node

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestTheRestartPolicyDecides(t *testing.T) {
	cases := []struct {
		policy corev1.RestartPolicy
		isInit bool
		code   int
		want   bool
	}{
		{corev1.RestartPolicyAlways, false, 0, true}, {corev1.RestartPolicyAlways, false, 1, true},
		{corev1.RestartPolicyOnFailure, false, 0, false}, {corev1.RestartPolicyOnFailure, false, 1, true},
		{corev1.RestartPolicyNever, false, 1, false}, {corev1.RestartPolicyNever, true, 1, false},
		{corev1.RestartPolicyAlways, true, 0, false}, {corev1.RestartPolicyAlways, true, 1, true},
	}
	for _, c := range cases {
		if got := again(c.policy, c.isInit, c.code); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

func TestTheWaitDoublesUpToAMinuteAndIsForgottenAfterASteadyRun(t *testing.T) {
	var last time.Duration
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if last = nextBackoff(last, time.Second); last != want*time.Second {
			t.Fatalf("got %s, want %ds", last, want)
		}
	}
	if got := nextBackoff(last, steadyAfter); got != firstBackoff {
		t.Errorf("after a steady run: %s", got)
	}
}

func TestAVerdictChangesOnlyAfterEnoughResultsInARow(t *testing.T) {
	v := verdict{success: 1, failure: 3}
	steps := []struct{ ok, changed, healthy bool }{
		{false, false, false}, {true, true, true}, {true, false, true},
		{false, false, true}, {false, false, true}, {true, false, true},
		{false, false, true}, {false, false, true}, {false, true, false}, {false, false, false}, {true, true, true},
	}
	for i, s := range steps {
		if got := v.changed(s.ok); got != s.changed || v.healthy != s.healthy {
			t.Fatalf("step %d: changed %v, healthy %v, want %+v", i, got, v.healthy, s)
		}
	}
}
