//go:build cluster

package cluster

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAClusterServesStopsAndComesBackAsTheUserWhoStartedIt(t *testing.T) {
	users := map[string]int{"as the user of this test": os.Getuid()}
	if os.Getuid() == 0 {
		users = map[string]int{"as root": 0, "as another user": someUser}
	}
	for name, uid := range users {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, uid)
			c := m.start(t)
			c.workloads(t)
			c.troubles(t)
			c.layeredImage(t)
			c.liveUpdate(t)
			pids := c.children()
			nets := networks(pids)
			if len(nets) < 4 { // the node's, and of three pods
				t.Errorf("only %d networks", len(nets))
			}
			if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := c.await(t); err != nil {
				t.Errorf("the end after SIGTERM: %v: %s", err, c.stderr)
			}
			assertNothingLeft(t, m, pids, nets)
			m.comeBack(t)
		})
	}
}

// workloads makes pods before what they need, as operators do.
func (c *cluster) workloads(t *testing.T) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	must(err)
	_, err = c.client.AppsV1().Deployments(namespace).Create(ctx, deployment(), metav1.CreateOptions{})
	must(err)
	_, err = c.client.AppsV1().StatefulSets(namespace).Create(ctx, statefulSet(), metav1.CreateOptions{})
	must(err)
	for _, s := range []*corev1.Service{service("web", ""), service("set", "None")} {
		_, err = c.client.CoreV1().Services(namespace).Create(ctx, s, metav1.CreateOptions{})
		must(err)
	}
	_, err = c.client.CoreV1().ConfigMaps(namespace).Create(ctx, page("first"), metav1.CreateOptions{})
	must(err)
	for app, want := range map[string]int{"web": 2, "set": 1} {
		eventually(t, app, func(ctx context.Context) string {
			if n := len(c.readyPods(ctx, app)); n != want {
				return fmt.Sprintf("%d of %d pods are ready", n, want)
			}
			return ""
		})
	}
	if got := c.log(t, "set-0", corev1.PodLogOptions{Container: "before"}); got != "before all\n" {
		t.Errorf("the init container said %q", got)
	}
	if got := c.proxied(ctx, "web"); got != "first" {
		t.Errorf("through the API server: %q", got)
	}
	_, err = c.client.BatchV1().Jobs(namespace).Create(ctx, job(), metav1.CreateOptions{})
	must(err)
	c.visited(t)
}

// visited holds what the job's pod saw against what must be there.
func (c *cluster) visited(t *testing.T) {
	var name string
	eventually(t, "the job", func(ctx context.Context) string {
		pods, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=visitor"})
		if err != nil || len(pods.Items) != 1 {
			return fmt.Sprintf("no pod, or %v", err)
		}
		name = pods.Items[0].Name
		job, err := c.client.BatchV1().Jobs(namespace).Get(ctx, "visitor", metav1.GetOptions{})
		if err != nil || job.Status.Succeeded+job.Status.Failed == 0 {
			return fmt.Sprintf("not done, or %v", err)
		}
		return ""
	})
	got := c.log(t, name, corev1.PodLogOptions{Follow: true})
	for _, want := range []string{
		"service: first\n", "member: first\n", "egress: from the host\n", "outside: Name or service not known\n", "api: 403 True\n", "self: True on 443\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the visitor did not say %q but:\n%s", want, got)
		}
	}
}

// troubles are pods that do not work, and say why.
func (c *cluster) troubles(t *testing.T) {
	ctx := t.Context()
	claim := simplePod("claim", "python", corev1.RestartPolicyAlways, "x")
	claim.Spec.HostNetwork = true
	pods := []*corev1.Pod{
		simplePod("crash", "python", corev1.RestartPolicyAlways, "sh", "-c", "echo again; exit 3"),
		simplePod("unknown", "nginx:1", corev1.RestartPolicyAlways, "x"),
		simplePod("missing", "python", corev1.RestartPolicyNever, "no-such-command"), claim,
	}
	for _, p := range pods {
		if _, err := c.client.CoreV1().Pods(namespace).Create(ctx, p, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the crashing pod", func(ctx context.Context) string {
		s := c.pod(ctx, "crash").Status
		if len(s.ContainerStatuses) == 0 || s.ContainerStatuses[0].RestartCount < 1 || s.ContainerStatuses[0].State.Waiting == nil ||
			s.ContainerStatuses[0].State.Waiting.Reason != "CrashLoopBackOff" || s.ContainerStatuses[0].LastTerminationState.Terminated.ExitCode != 3 {
			return fmt.Sprintf("%+v", s)
		}
		return ""
	})
	if got := c.log(t, "crash", corev1.PodLogOptions{Previous: true}); got != "again\n" {
		t.Errorf("the previous run said %q", got)
	}
	for name, want := range map[string]string{"unknown": "Known images: python, tool:1", "claim": "not supported by sluice-kube: hostNetwork"} {
		eventually(t, name, func(ctx context.Context) string {
			if s := c.pod(ctx, name).Status; !strings.Contains(s.Message, want) || s.Phase != corev1.PodPending {
				return fmt.Sprintf("%s %q", s.Phase, s.Message)
			}
			return ""
		})
	}
	c.phase(t, "missing", corev1.PodFailed)
	ended := c.pod(ctx, "missing").Status.ContainerStatuses[0].State.Terminated
	if ended.Reason != "StartError" || !strings.Contains(ended.Message, "no-such-command") {
		t.Errorf("got %+v", ended)
	}
	claimOf := &corev1.PersistentVolumeClaim{ObjectMeta: meta("claim"), Spec: corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}}}
	_, err := c.client.CoreV1().PersistentVolumeClaims(namespace).Create(ctx, claimOf, metav1.CreateOptions{})
	if !apierrors.IsForbidden(err) && !apierrors.IsInvalid(err) {
		t.Errorf("a claim was answered with %v", err)
	}
}

func (c *cluster) layeredImage(t *testing.T) {
	p := simplePod("tool", "tool:1.2", corev1.RestartPolicyNever, "sh", "-c", "echo changed > conf/a && touch /usr/here /etc/here /tmp/here && cat conf/a")
	if _, err := c.client.CoreV1().Pods(namespace).Create(t.Context(), p, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	c.phase(t, "tool", corev1.PodSucceeded)
	if got := c.log(t, "tool", corev1.PodLogOptions{}); got != "entry patched single-file in /opt/tool as tool-one\nchanged\n" {
		t.Errorf("got %q", got)
	}
	for _, path := range []string{"/usr/here", "/etc/here", "/tmp/here"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written on the host", path)
		}
	}
}

func (c *cluster) liveUpdate(t *testing.T) {
	if _, err := c.client.CoreV1().ConfigMaps(namespace).Update(t.Context(), page("second"), metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the page", func(ctx context.Context) string {
		if got := c.proxied(ctx, "web"); got != "second" {
			return got
		}
		return ""
	})
}

// comeBack starts on what an earlier cluster left, deletes all of it, and dies by force.
func (m machine) comeBack(t *testing.T) {
	c := m.start(t)
	eventually(t, "the pods of the earlier start", func(ctx context.Context) string {
		pods := append(c.readyPods(ctx, "web"), c.readyPods(ctx, "set")...)
		for _, p := range pods {
			if p.Status.ContainerStatuses[0].RestartCount == 0 {
				return p.Name + " did not count its restart"
			}
		}
		if len(pods) != 3 || c.proxied(ctx, "web") != "second" {
			return fmt.Sprintf("%d ready, %s", len(pods), c.proxied(ctx, "web"))
		}
		return ""
	})
	pids := c.children()
	nets := networks(pids)
	if err := c.client.CoreV1().Namespaces().Delete(t.Context(), namespace, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace", func(ctx context.Context) string {
		if _, err := c.client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			return fmt.Sprintf("still there, or %v", err)
		}
		return ""
	})
	eventually(t, "the pods' processes", func(context.Context) string {
		if left := c.children(); len(left) != 2 {
			return fmt.Sprintf("%v", left)
		}
		return ""
	})
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.await(t)
	assertNothingLeft(t, m, pids, nets)
}

func TestTheEndOfStandardInputStopsTheCluster(t *testing.T) {
	m := newMachine(t, os.Getuid())
	cmd := exec.Command(program(t), "--dir", m.dir, "--images", m.images, "--with-stdin")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{machine: m, cmd: cmd, exited: make(chan error, 1)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("no announcement: %v", err)
	}
	go func() { c.exited <- cmd.Wait() }()
	pids := c.children()
	nets := networks(pids)
	in.Close()
	if err := c.await(t); err != nil {
		t.Error(err)
	}
	assertNothingLeft(t, m, pids, nets)
}

func TestAPortThatIsTakenIsOneSentence(t *testing.T) {
	first := newMachine(t, os.Getuid())
	address := first.start(t).client.RESTClient().Get().URL().Host
	second := newMachine(t, os.Getuid())
	out, err := exec.Command(program(t), "--dir", second.dir, "--images", second.images, "--listen", address).CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), "sluice-kube: cannot listen for the API server on "+address) || strings.Count(string(out), "\n") != 1 {
		t.Errorf("got %v, %q", err, out)
	}
}
