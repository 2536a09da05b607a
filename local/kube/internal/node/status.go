package node

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// Status is what the API shows of a pod, given the facts. What was written to
// the status before is kept where the facts do not speak of it.
func Status(p *corev1.Pod, before corev1.PodStatus, f podFacts, now metav1.Time) corev1.PodStatus {
	st := *before.DeepCopy()
	st.ObservedGeneration = p.Generation
	st.Phase = phase(p, f)
	st.Reason, st.Message = "", f.Message
	if f.Message != "" {
		st.Reason = f.Reason
	}
	st.StartTime = &f.Start
	st.HostIP, st.HostIPs = network.NodeIP, []corev1.HostIP{{IP: network.NodeIP}}
	if f.IP != "" {
		st.PodIP, st.PodIPs = f.IP, []corev1.PodIP{{IP: f.IP}}
	}
	st.InitContainerStatuses = containerStatuses(p, p.Spec.InitContainers, f)
	st.ContainerStatuses = containerStatuses(p, p.Spec.Containers, f)
	ready := st.Phase == corev1.PodRunning && !slices.ContainsFunc(st.ContainerStatuses, func(c corev1.ContainerStatus) bool { return !c.Ready })
	conditions := []struct {
		kind corev1.PodConditionType
		is   bool
	}{{corev1.PodScheduled, true}, {corev1.PodInitialized, f.Initialised}, {corev1.ContainersReady, ready}, {corev1.PodReady, ready}}
	for _, c := range conditions {
		st.Conditions = withCondition(st.Conditions, c.kind, c.is, now)
	}
	return st
}

func phase(p *corev1.Pod, f podFacts) corev1.PodPhase {
	began, failed := false, !f.Initialised
	for _, c := range p.Spec.Containers {
		facts := f.Containers[c.Name]
		began = began || facts.State.Running != nil || facts.State.Terminated != nil || facts.Last.Terminated != nil
		failed = failed || facts.State.Terminated == nil || facts.State.Terminated.ExitCode != 0
	}
	switch {
	case f.Finished && failed:
		return corev1.PodFailed
	case f.Finished:
		return corev1.PodSucceeded
	case f.Initialised && began:
		return corev1.PodRunning
	}
	return corev1.PodPending
}

func containerStatuses(p *corev1.Pod, containers []corev1.Container, f podFacts) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for _, c := range containers {
		facts := f.Containers[c.Name]
		started := facts.Started
		s := corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: c.Image, State: facts.State, LastTerminationState: facts.Last,
			RestartCount: facts.Restarts, Ready: facts.Ready, Started: &started,
		}
		switch {
		case s.State == corev1.ContainerState{}:
			s.State.Waiting = &corev1.ContainerStateWaiting{Reason: f.Reason, Message: f.Message}
		case s.State.Waiting == nil:
			s.ContainerID = "process://" + string(p.UID) + "/" + c.Name
		}
		out = append(out, s)
	}
	return out
}

func withCondition(all []corev1.PodCondition, kind corev1.PodConditionType, is bool, now metav1.Time) []corev1.PodCondition {
	status := corev1.ConditionFalse
	if is {
		status = corev1.ConditionTrue
	}
	for i := range all {
		if all[i].Type != kind {
			continue
		}
		if all[i].Status != status {
			all[i].Status, all[i].LastTransitionTime = status, now
		}
		return all
	}
	return append(all, corev1.PodCondition{Type: kind, Status: status, LastTransitionTime: now})
}
