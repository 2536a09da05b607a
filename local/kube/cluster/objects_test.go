//go:build cluster

package cluster

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func ptr[T any](v T) *T { return &v }

func meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: map[string]string{"app": name}}
}

func page(text string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: meta("page"), Data: map[string]string{"index.html": text}}
}

// webPod serves the ConfigMap "page" on port 8000, checked by all three probes.
func webPod(app string) corev1.PodTemplateSpec {
	probe := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromString("http")}}
	inside := corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"sh", "-c", `test -f index.html && test "$MARK" = here && hostname`}}}
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: ptr(int64(1)),
			Volumes: []corev1.Volume{{Name: "page", VolumeSource: corev1.VolumeSource{
				ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "page"}}}}},
			InitContainers: []corev1.Container{{Name: "before", Image: "python", Command: []string{"sh", "-c", "echo before all"}}},
			Containers: []corev1.Container{{
				Name: "web", Image: "python:3", WorkingDir: "/page", Env: []corev1.EnvVar{{Name: "MARK", Value: "here"}},
				Command:        []string{"/usr/bin/python3", "-u", "-m", "http.server", "8000"},
				Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: 8000}},
				VolumeMounts:   []corev1.VolumeMount{{Name: "page", MountPath: "/page", ReadOnly: true}},
				StartupProbe:   &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(8000)}}, PeriodSeconds: 1, FailureThreshold: 60},
				ReadinessProbe: &corev1.Probe{ProbeHandler: probe, PeriodSeconds: 1},
				LivenessProbe:  &corev1.Probe{ProbeHandler: inside, PeriodSeconds: 1, TimeoutSeconds: 30},
			}},
		},
	}
}

func selector(app string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
}

func deployment() *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: meta("web"), Spec: appsv1.DeploymentSpec{Replicas: ptr(int32(2)), Selector: selector("web"), Template: webPod("web")}}
}

func statefulSet() *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: meta("set"), Spec: appsv1.StatefulSetSpec{
		Replicas: ptr(int32(1)), ServiceName: "set", Selector: selector("set"), Template: webPod("set")}}
}

func service(app, clusterIP string) *corev1.Service {
	return &corev1.Service{ObjectMeta: meta(app), Spec: corev1.ServiceSpec{
		ClusterIP: clusterIP, Selector: map[string]string{"app": app},
		Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}}}}
}

// visitor asks everything a pod can reach and prints what it got.
const visitor = `
import os, socket, urllib.error, urllib.request
def get(url, **k):
    return urllib.request.urlopen(urllib.request.Request(url, **k), timeout=60).read().decode().strip()
print("service:", get("http://web/index.html"))
print("member:", get("http://set-0.set.trial.svc.cluster.local:8000/index.html"))
print("egress:", get("http://objects.s3.svc:9000/"))
try:
    socket.getaddrinfo("example.com", 80)
except socket.gaierror as e:
    print("outside:", e.strerror)
account = "/var/run/secrets/kubernetes.io/serviceaccount/"
import ssl
context = ssl.create_default_context(cafile=account + "ca.crt")
request = urllib.request.Request("https://kubernetes.default.svc/api/v1/namespaces/trial/configmaps", headers={"Authorization": "Bearer " + open(account + "token").read()})
try:
    urllib.request.urlopen(request, context=context)
except urllib.error.HTTPError as e:
    print("api:", e.code, "system:serviceaccount:trial:default" in e.read().decode())
print("self:", os.environ["IP"] == socket.gethostbyname(socket.gethostname()), os.environ["NOTE"])
`

func job() *batchv1.Job {
	return &batchv1.Job{ObjectMeta: meta("visitor"), Spec: batchv1.JobSpec{BackoffLimit: ptr(int32(0)), Template: corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "visitor"}},
		Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{{
			Name: "visitor", Image: "python", Command: []string{"/usr/bin/python3", "-c", visitor},
			Env: []corev1.EnvVar{
				{Name: "IP", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}},
				{Name: "NOTE", Value: "on $(KUBERNETES_SERVICE_PORT)"},
			},
		}}},
	}}}
}

func simplePod(name, image string, policy corev1.RestartPolicy, args ...string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta(name), Spec: corev1.PodSpec{
		RestartPolicy: policy, TerminationGracePeriodSeconds: ptr(int64(1)),
		Containers: []corev1.Container{{Name: "main", Image: image, Args: args}}}}
}
