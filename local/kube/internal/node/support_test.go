package node

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestWhatCannotBeHadIsRefusedByName(t *testing.T) {
	hook := corev1.Container{Name: "c", Lifecycle: &corev1.Lifecycle{}}
	always := corev1.ContainerRestartPolicyAlways
	cases := map[string]struct {
		change func(*corev1.PodSpec)
		want   string
	}{
		"the host's network": {func(s *corev1.PodSpec) { s.HostNetwork = true }, "hostNetwork"},
		"a claim": {func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "x"}}}}
		}, "volume v (persistentVolumeClaim)"},
		"a trust bundle": {func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ClusterTrustBundle: &corev1.ClusterTrustBundleProjection{}}}}}}}
		}, "volume v (clusterTrustBundle)"},
		"privileged": {func(s *corev1.PodSpec) {
			s.Containers = []corev1.Container{{Name: "c", SecurityContext: &corev1.SecurityContext{Privileged: yes()}}}
		}, "privileged of container c"},
		"a hook":    {func(s *corev1.PodSpec) { s.Containers = []corev1.Container{hook} }, "lifecycle hooks of container c"},
		"a sidecar": {func(s *corev1.PodSpec) { s.InitContainers = []corev1.Container{{Name: "i", RestartPolicy: &always}} }, "restartPolicy (sidecar) of container i"},
		"a grpc probe": {func(s *corev1.PodSpec) {
			s.Containers = []corev1.Container{{Name: "c", LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{}}}}}
		}, "grpc livenessProbe of container c"},
		"two things": {func(s *corev1.PodSpec) { s.HostPID, s.HostIPC = true, true }, "hostPID, hostIPC"},
	}
	for name, c := range cases {
		p := pod()
		c.change(&p.Spec)
		if got := Unsupported(p); got != "not supported by sluice-kube: "+c.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestAnOrdinaryPodIsAccepted(t *testing.T) {
	p := pod()
	p.Spec.Volumes = []corev1.Volume{
		{Name: "a", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{Name: "b", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/x"}}},
		{Name: "c", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{}}}}}},
	}
	p.Spec.Containers = []corev1.Container{{Name: "c", ReadinessProbe: &corev1.Probe{}}}
	if got := Unsupported(p) + NotEnforced(p); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestWhatHasNoEffectIsSaid(t *testing.T) {
	user := int64(9999)
	p := pod()
	p.Spec.NodeSelector = map[string]string{"a": "b"}
	p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &user, FSGroup: &user}
	if got := NotEnforced(p); !strings.HasSuffix(got, ": fsGroup, nodeSelector, runAsUser") {
		t.Errorf("got %q", got)
	}
}
