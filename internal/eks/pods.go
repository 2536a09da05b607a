package eks

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// stuck are the reasons for which a container waits and will not start by
// itself. Others (ContainerCreating, PodInitializing) are on their way.
var stuck = []string{
	"CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName",
	"CreateContainerConfigError", "CreateContainerError", "RunContainerError",
}

// unschedulableGrace is how long a pod may find no node before that is trouble:
// a new node takes a cluster autoscaler a few minutes.
const unschedulableGrace = 5 * time.Minute

// podTrouble is the first thing that keeps a pod from starting; empty when
// there is none. Pods that are being deleted belong to the version before.
func podTrouble(list []unstructured.Unstructured, now time.Time) string {
	for _, pod := range list {
		if pod.GetDeletionTimestamp() != nil {
			continue
		}
		if trouble := containerTrouble(pod); trouble != "" {
			return trouble
		}
		if trouble := schedulingTrouble(pod, now); trouble != "" {
			return trouble
		}
	}
	return ""
}

func containerTrouble(pod unstructured.Unstructured) string {
	status := mapping(pod.Object, "status")
	for _, kind := range []string{"initContainerStatuses", "containerStatuses"} {
		list, _ := status[kind].([]any)
		for _, item := range list {
			container, _ := item.(map[string]any)
			waiting := mapping(mapping(container, "state"), "waiting")
			reason := text(waiting, "reason")
			if !slices.Contains(stuck, reason) {
				continue
			}
			trouble := fmt.Sprintf("pod %s: %s", pod.GetName(), reason)
			if n := number(container["restartCount"]); n > 0 {
				trouble += fmt.Sprintf(" after %d restarts", n)
			}
			return firstLine(trouble + said(container, waiting))
		}
	}
	return ""
}

// said is what is known of the cause: how the container ended last, else why it waits.
func said(container, waiting map[string]any) string {
	ended := mapping(mapping(container, "lastState"), "terminated")
	switch {
	case text(ended, "message") != "":
		return ": " + text(ended, "message")
	case ended != nil:
		return fmt.Sprintf(": it ended with exit code %d (%s)", number(ended["exitCode"]), text(ended, "reason"))
	case text(waiting, "message") != "":
		return ": " + text(waiting, "message")
	}
	return ""
}

func schedulingTrouble(pod unstructured.Unstructured, now time.Time) string {
	conditions, _ := mapping(pod.Object, "status")["conditions"].([]any)
	for _, item := range conditions {
		c, _ := item.(map[string]any)
		if text(c, "type") != "PodScheduled" || text(c, "reason") != "Unschedulable" {
			continue
		}
		since, err := time.Parse(time.RFC3339, text(c, "lastTransitionTime"))
		if err == nil && now.Sub(since) >= unschedulableGrace {
			return firstLine(fmt.Sprintf("pod %s: Unschedulable for %s: %s", pod.GetName(), now.Sub(since).Round(time.Second), text(c, "message")))
		}
	}
	return ""
}
