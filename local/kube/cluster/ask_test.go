//go:build cluster

package cluster

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

const namespace = "trial"

// eventually waits until f says "".
func eventually(t *testing.T, what string, f func(ctx context.Context) string) {
	t.Helper()
	last := ""
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		last = f(ctx)
		return last == "", nil
	})
	if err != nil {
		t.Fatalf("%s: %s", what, last)
	}
}

func (c *cluster) pod(ctx context.Context, name string) *corev1.Pod {
	p, err := c.client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return &corev1.Pod{Status: corev1.PodStatus{Message: err.Error()}}
	}
	return p
}

func (c *cluster) phase(t *testing.T, name string, want corev1.PodPhase) {
	t.Helper()
	eventually(t, "pod "+name, func(ctx context.Context) string {
		if p := c.pod(ctx, name); p.Status.Phase != want {
			return fmt.Sprintf("is %s, want %s: %+v", p.Status.Phase, want, p.Status)
		}
		return ""
	})
}

func (c *cluster) log(t *testing.T, pod string, o corev1.PodLogOptions) string {
	t.Helper()
	text, err := c.client.CoreV1().Pods(namespace).GetLogs(pod, &o).DoRaw(t.Context())
	if err != nil {
		t.Fatalf("logs of %s: %v", pod, err)
	}
	return string(text)
}

// proxied asks a service through the API server.
func (c *cluster) proxied(ctx context.Context, service string) string {
	text, err := c.client.CoreV1().Services(namespace).ProxyGet("http", service, "80", "/index.html", nil).DoRaw(ctx)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// readyPods lists the ready pods of a label app=NAME.
func (c *cluster) readyPods(ctx context.Context, app string) []corev1.Pod {
	list, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + app})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
		return !slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
	})
}

// networks are the network namespaces of processes.
func networks(pids []int) map[string]bool {
	out := map[string]bool{}
	for _, pid := range pids {
		if name, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid)); err == nil {
			out[name] = true
		}
	}
	own, _ := os.Readlink("/proc/self/ns/net")
	delete(out, own)
	return out
}

// assertNothingLeft holds the machine against what it had while the cluster ran.
func assertNothingLeft(t *testing.T, m machine, pids []int, nets map[string]bool) {
	t.Helper()
	eventually(t, "after the end", func(context.Context) string {
		for _, pid := range pids {
			if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
				return fmt.Sprintf("process %d is left", pid)
			}
		}
		entries, _ := os.ReadDir("/proc")
		for _, e := range entries {
			if name, err := os.Readlink("/proc/" + e.Name() + "/ns/net"); err == nil && nets[name] {
				return fmt.Sprintf("process %s is left in a network of the cluster", e.Name())
			}
		}
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil || strings.Contains(string(mounts), m.dir) {
			return fmt.Sprintf("a mount is left, or %v", err)
		}
		links, err := os.ReadFile("/proc/self/net/dev")
		if err != nil || strings.Contains(string(links), "p1-") {
			return fmt.Sprintf("a network interface is left, or %v", err)
		}
		return ""
	})
}
