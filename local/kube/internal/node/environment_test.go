package node

import (
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/local/kube/internal/container"
	"github.com/sluice-flink/sluice/local/kube/internal/image"
)

const podIP = "10.244.1.1"

func yes() *bool { b := true; return &b }

func pod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "app-1", UID: "u-1", Labels: map[string]string{"app": "a"}},
		Spec:       corev1.PodSpec{ServiceAccountName: "flink", RestartPolicy: corev1.RestartPolicyAlways},
	}
}

func from(s corev1.EnvVarSource) *corev1.EnvVarSource { return &s }

func TestLaterVariablesSeeEarlierOnesAndTheImages(t *testing.T) {
	c := &corev1.Container{Env: []corev1.EnvVar{
		{Name: "A", Value: "$(FLINK_HOME)/a"}, {Name: "B", Value: "$(A)/b $(LATER) $$(A)"}, {Name: "LATER", Value: "x"},
	}}
	env, err := Environment(pod(), c, image.Image{Env: map[string]string{"FLINK_HOME": "/opt/flink", "PATH": "/p"}}, podIP, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"A": "/opt/flink/a", "B": "/opt/flink/a/b $(LATER) $(A)", "PATH": "/p", "HOSTNAME": "app-1"} {
		if env[name] != want {
			t.Errorf("%s is %q, want %q", name, env[name], want)
		}
	}
}

func TestVariablesComeFromFieldsResourcesAndObjects(t *testing.T) {
	in := objects{configMap: {"m": {"k": []byte("from the map")}}, secret: {"s": {"k": []byte("from the secret")}}}
	c := &corev1.Container{
		Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("1Gi")}},
		EnvFrom: []corev1.EnvFromSource{
			{Prefix: "P_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "m"}}},
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "gone"}, Optional: yes()}},
		},
		Env: []corev1.EnvVar{
			{Name: "IP", ValueFrom: from(corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}})},
			{Name: "NS", ValueFrom: from(corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.namespace"}})},
			{Name: "LABEL", ValueFrom: from(corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels['app']"}})},
			{Name: "MEM", ValueFrom: from(corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}})},
			{Name: "SECRET", ValueFrom: from(corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "s"}, Key: "k"}})},
			{Name: "ABSENT", ValueFrom: from(corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "m"}, Key: "no", Optional: yes()}})},
		},
	}
	env, err := Environment(pod(), c, image.Image{}, podIP, in)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"IP": podIP, "NS": "ns", "LABEL": "a", "MEM": "1073741824", "SECRET": "from the secret", "P_k": "from the map"}
	for name, v := range want {
		if env[name] != v {
			t.Errorf("%s is %q, want %q", name, env[name], v)
		}
	}
	if _, ok := env["ABSENT"]; ok {
		t.Error("an optional key that is absent was set")
	}
}

func TestAKeyThatIsMissingIsNamed(t *testing.T) {
	c := &corev1.Container{Env: []corev1.EnvVar{{Name: "X", ValueFrom: from(corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "s"}, Key: "k"}})}}}
	_, err := Environment(pod(), c, image.Image{}, podIP, objects{secret: {"s": {}}})
	if err == nil || err.Error() != "environment variable X: Secret s has no key k" {
		t.Errorf("got %v", err)
	}
}

func TestAContainersSpecificationIsBuilt(t *testing.T) {
	p := pod()
	p.Spec.Hostname, p.Spec.Subdomain = "h", "set"
	p.Spec.HostAliases = []corev1.HostAlias{{IP: "10.0.0.9", Hostnames: []string{"db", "db.test"}}}
	p.Spec.Volumes = []corev1.Volume{{Name: "conf", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}}, {Name: "data"}}
	c := &corev1.Container{
		Image: "flink:1.20", Args: []string{"run", "$(DIR)"}, Env: []corev1.EnvVar{{Name: "DIR", Value: "/d"}},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "conf", MountPath: "/conf"}, {Name: "data", MountPath: "/data", SubPathExpr: "x/$(HOSTNAME)"},
		},
	}
	img := image.Image{Layers: []image.Layer{{Src: "/host/flink", Dst: "/opt/flink"}}, Entrypoint: []string{"/entry.sh"}, Cwd: "/opt/flink"}
	s, err := buildSpec(p, c, img, podIP, nil, func(v string) string { return "/vol/" + v })
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.Args, []string{"/entry.sh", "run", "/d"}) || s.Cwd != "/opt/flink" || s.Hostname != "h" {
		t.Errorf("args %v, cwd %s, host %s", s.Args, s.Cwd, s.Hostname)
	}
	mounts := []container.Mount{{Src: "/vol/conf", Dst: "/conf", ReadOnly: true}, {Src: "/vol/data/x/h", Dst: "/data"}}
	if !reflect.DeepEqual(s.Mounts, mounts) || !reflect.DeepEqual(s.Layers, []container.Layer{{Src: "/host/flink", Dst: "/opt/flink"}}) {
		t.Errorf("mounts %v, layers %v", s.Mounts, s.Layers)
	}
	files := map[string]string{}
	for _, f := range s.Files {
		files[f.Path] = f.Text
	}
	for path, want := range map[string]string{
		"/etc/hosts":       "10.244.1.1\th.set.ns.svc.cluster.local\th\n10.0.0.9\tdb db.test\n",
		"/etc/resolv.conf": "search ns.svc.cluster.local svc.cluster.local cluster.local",
	} {
		if !strings.Contains(files[path], want) {
			t.Errorf("%s is %q, want %q in it", path, files[path], want)
		}
	}
}

func TestACommandReplacesTheEntrypoint(t *testing.T) {
	c := &corev1.Container{Command: []string{"sh", "-c"}, Args: []string{"date"}}
	if got := command(c, image.Image{Entrypoint: []string{"/entry.sh"}}, nil); !reflect.DeepEqual(got, []string{"sh", "-c", "date"}) {
		t.Errorf("got %v", got)
	}
}

func TestWhatCannotBeBuiltIsSaid(t *testing.T) {
	cases := map[string]struct {
		c    corev1.Container
		want string
	}{
		"nothing to run":             {corev1.Container{Image: "python"}, "names no command"},
		"a path out of the volume":   {corev1.Container{Command: []string{"x"}, VolumeMounts: []corev1.VolumeMount{{SubPath: "../x"}}}, "leads out of its volume"},
		"a variable of unknown kind": {corev1.Container{Env: []corev1.EnvVar{{Name: "X", ValueFrom: &corev1.EnvVarSource{}}}}, "not supported"},
	}
	for name, c := range cases {
		if _, err := buildSpec(pod(), &c.c, image.Image{}, podIP, nil, func(string) string { return "/v" }); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
