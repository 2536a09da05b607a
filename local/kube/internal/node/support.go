package node

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// servedVolumes are the volume sources that exist here, by their names in the API.
var servedVolumes = []string{"emptyDir", "hostPath", "configMap", "secret", "downwardAPI", "projected"}

// servedProjections are the sources a projected volume may have.
var servedProjections = []string{"configMap", "secret", "downwardAPI", "serviceAccountToken"}

// Unsupported names everything a pod asks for that cannot be had here; "" is nothing.
func Unsupported(p *corev1.Pod) string {
	var found []string
	add := func(is bool, what string) {
		if is {
			found = append(found, what)
		}
	}
	s := p.Spec
	add(s.HostNetwork, "hostNetwork")
	add(s.HostPID, "hostPID")
	add(s.HostIPC, "hostIPC")
	add(isTrue(s.ShareProcessNamespace), "shareProcessNamespace")
	add(len(s.ReadinessGates) > 0, "readinessGates")
	add(s.ActiveDeadlineSeconds != nil, "activeDeadlineSeconds of a pod (a Job's is served)")
	add(s.DNSPolicy == corev1.DNSNone || s.DNSConfig != nil, "dnsConfig")
	add(s.RuntimeClassName != nil, "runtimeClassName")
	add(len(s.ResourceClaims) > 0, "resourceClaims")
	for _, v := range s.Volumes {
		add(true, unservedSource("volume "+v.Name, v.VolumeSource, servedVolumes))
		if v.Projected != nil {
			for _, source := range v.Projected.Sources {
				add(true, unservedSource("volume "+v.Name, source, servedProjections))
			}
		}
	}
	for _, c := range allContainers(p) {
		found = append(found, unsupportedOf(c)...)
	}
	found = slices.DeleteFunc(found, func(s string) bool { return s == "" })
	if len(found) == 0 {
		return ""
	}
	return "not supported by sluice-kube: " + strings.Join(found, ", ")
}

func unsupportedOf(c corev1.Container) []string {
	var found []string
	add := func(is bool, what string) {
		if is {
			found = append(found, fmt.Sprintf("%s of container %s", what, c.Name))
		}
	}
	add(c.RestartPolicy != nil, "restartPolicy (sidecar)")
	add(c.Lifecycle != nil, "lifecycle hooks")
	add(len(c.VolumeDevices) > 0, "volumeDevices")
	add(c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged), "privileged")
	for _, m := range c.VolumeMounts {
		add(m.MountPropagation != nil && *m.MountPropagation != corev1.MountPropagationNone, "mountPropagation")
	}
	for name, p := range map[string]*corev1.Probe{"readinessProbe": c.ReadinessProbe, "livenessProbe": c.LivenessProbe, "startupProbe": c.StartupProbe} {
		add(p != nil && p.GRPC != nil, "grpc "+name)
	}
	slices.Sort(found)
	return found
}

// unservedSource names the kind of a source, by its one field, unless it is served.
func unservedSource(where string, source any, served []string) string {
	text, err := json.Marshal(source)
	if err != nil {
		return where
	}
	var kinds map[string]json.RawMessage
	if err := json.Unmarshal(text, &kinds); err != nil {
		return where
	}
	for kind := range kinds {
		if !slices.Contains(served, kind) {
			return fmt.Sprintf("%s (%s)", where, kind)
		}
	}
	return ""
}

// NotEnforced names what a pod asks for that is accepted and has no effect; "" is nothing.
func NotEnforced(p *corev1.Pod) string {
	found := map[string]bool{}
	s := p.Spec
	found["nodeSelector"] = len(s.NodeSelector) > 0
	found["affinity"] = s.Affinity != nil
	found["topologySpreadConstraints"] = len(s.TopologySpreadConstraints) > 0
	if c := s.SecurityContext; c != nil {
		found["runAsUser"] = c.RunAsUser != nil || c.RunAsGroup != nil || c.RunAsNonRoot != nil
		found["fsGroup"] = c.FSGroup != nil || len(c.SupplementalGroups) > 0
		found["sysctls"] = len(c.Sysctls) > 0
	}
	for _, c := range allContainers(p) {
		if sc := c.SecurityContext; sc != nil {
			found["runAsUser"] = found["runAsUser"] || sc.RunAsUser != nil || sc.RunAsGroup != nil || sc.RunAsNonRoot != nil
			found["capabilities"] = found["capabilities"] || sc.Capabilities != nil
			found["readOnlyRootFilesystem"] = found["readOnlyRootFilesystem"] || isTrue(sc.ReadOnlyRootFilesystem)
		}
	}
	var names []string
	for name, is := range found {
		if is {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return "accepted, but without effect on sluice-kube, where a pod is processes of the user who started it: " + strings.Join(names, ", ")
}

func allContainers(p *corev1.Pod) []corev1.Container {
	return slices.Concat(p.Spec.InitContainers, p.Spec.Containers)
}
