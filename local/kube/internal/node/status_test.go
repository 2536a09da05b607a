package node

import (
	"encoding/json"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var (
	t0 = metav1.NewTime(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	t1 = metav1.NewTime(t0.Add(time.Minute))
)

func twoContainers() *corev1.Pod {
	p := pod()
	p.Spec.InitContainers = []corev1.Container{{Name: "init"}}
	p.Spec.Containers = []corev1.Container{{Name: "a"}, {Name: "b"}}
	return p
}

func running() corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
}

func exited(code int32) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code}}
}

func TestThePhaseFollowsFromTheContainers(t *testing.T) {
	waiting := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	cases := map[string]struct {
		f    podFacts
		want corev1.PodPhase
	}{
		"nothing has begun":                 {podFacts{}, corev1.PodPending},
		"an init container runs":            {podFacts{Containers: map[string]containerFacts{"init": {State: running()}}}, corev1.PodPending},
		"one container runs":                {podFacts{Initialised: true, Containers: map[string]containerFacts{"a": {State: running()}}}, corev1.PodRunning},
		"a container crashed and waits":     {podFacts{Initialised: true, Containers: map[string]containerFacts{"a": {State: waiting, Last: exited(1)}}}, corev1.PodRunning},
		"all have ended well":               {podFacts{Initialised: true, Finished: true, Containers: map[string]containerFacts{"a": {State: exited(0)}, "b": {State: exited(0)}}}, corev1.PodSucceeded},
		"one has failed":                    {podFacts{Initialised: true, Finished: true, Containers: map[string]containerFacts{"a": {State: exited(0)}, "b": {State: exited(1)}}}, corev1.PodFailed},
		"an init container failed for good": {podFacts{Finished: true, Containers: map[string]containerFacts{"init": {State: exited(1)}}}, corev1.PodFailed},
	}
	for name, c := range cases {
		if got := Status(twoContainers(), corev1.PodStatus{}, c.f, t0).Phase; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestAPodIsReadyWhenAllItsContainersAre(t *testing.T) {
	one := podFacts{Initialised: true, Containers: map[string]containerFacts{"a": {State: running(), Ready: true}, "b": {State: running()}}}
	all := podFacts{Initialised: true, Containers: map[string]containerFacts{"a": {State: running(), Ready: true}, "b": {State: running(), Ready: true}}}
	before := Status(twoContainers(), corev1.PodStatus{}, one, t0)
	if condition(before, corev1.PodReady).Status != corev1.ConditionFalse {
		t.Error("ready with one of two")
	}
	after := Status(twoContainers(), before, all, t1)
	if c := condition(after, corev1.PodReady); c.Status != corev1.ConditionTrue || !c.LastTransitionTime.Equal(&t1) {
		t.Errorf("got %+v", c)
	}
	if c := condition(after, corev1.PodInitialized); !c.LastTransitionTime.Equal(&t0) {
		t.Errorf("a condition that did not change has a new time: %+v", c)
	}
}

func condition(s corev1.PodStatus, kind corev1.PodConditionType) corev1.PodCondition {
	for _, c := range s.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return corev1.PodCondition{}
}

func TestWhyAPodWaitsIsSaidOfThePodAndOfItsContainers(t *testing.T) {
	s := Status(twoContainers(), corev1.PodStatus{}, podFacts{Reason: "ErrImagePull", Message: "no such image"}, t0)
	w := s.ContainerStatuses[0].State.Waiting
	if s.Message != "no such image" || s.Reason != "ErrImagePull" || w == nil || w.Reason != "ErrImagePull" || w.Message != "no such image" {
		t.Errorf("got %q %q %+v", s.Reason, s.Message, w)
	}
}

func TestRestartsAreCountedAndTheLastEndIsKept(t *testing.T) {
	s := newState(twoContainers(), t0, func() {})
	s.runs("a", t0)
	s.ended("a", *exited(3).Terminated, false)
	s.backsOff("a", 3, time.Second)
	s.runs("a", t1)
	got := s.snapshot().Containers["a"]
	if got.Restarts != 1 || got.Last.Terminated == nil || got.Last.Terminated.ExitCode != 3 || got.State.Running == nil {
		t.Errorf("got %+v", got)
	}
}

func TestAPodGoesOnCountingAfterARestartOfTheNode(t *testing.T) {
	p := twoContainers()
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "a", RestartCount: 2, State: running()}, {Name: "b"}}
	s := newState(p, t1, func() {})
	s.runs("a", t1)
	s.runs("b", t1)
	facts := s.snapshot().Containers
	if facts["a"].Restarts != 3 || facts["a"].Last.Terminated.ExitCode != 137 || facts["b"].Restarts != 0 {
		t.Errorf("got %+v", facts)
	}
}

func TestAPodThatMustNotRunTwiceFailsAfterARestartOfTheNode(t *testing.T) {
	p := twoContainers()
	s := newState(p, t1, func() {})
	if s.abandon() {
		t.Error("a pod that never ran was abandoned")
	}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "a", State: running()}}
	s = newState(p, t1, func() {})
	if !s.abandon() {
		t.Fatal("a pod that ran goes on")
	}
	got := Status(p, p.Status, s.snapshot(), t1)
	if got.Phase != corev1.PodFailed || got.ContainerStatuses[0].State.Terminated == nil || got.ContainerStatuses[0].RestartCount != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestAStatusPatchHoldsTheDifferenceAndThePodsIdentity(t *testing.T) {
	r := newReporter(nil, twoContainers())
	r.written = corev1.PodStatus{Phase: corev1.PodPending, Message: "waits", QOSClass: corev1.PodQOSBurstable}
	text, err := r.patch(corev1.PodStatus{Phase: corev1.PodRunning, QOSClass: corev1.PodQOSBurstable})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	message, there := got["status"]["message"]
	if got["metadata"]["uid"] != "u-1" || got["status"]["phase"] != "Running" || !there || message != nil || len(got["status"]) != 2 {
		t.Errorf("got %s", text)
	}
	if text, err := r.patch(r.written); text != nil || err != nil {
		t.Errorf("no difference gives %s, %v", text, err)
	}
}
