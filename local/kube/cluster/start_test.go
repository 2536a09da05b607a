//go:build cluster

package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// patience bounds every wait of the test; nothing is asserted about time.
const patience = 2 * time.Minute

// someUser is nobody in particular: no name, no privileges.
const someUser = 54321

// machine is a state folder, an image file and the user a cluster runs as.
type machine struct {
	dir    string
	images string
	uid    int
	egress string // HOST:PORT of a server on the host that says "from the host"
}

// cluster is a started program.
type cluster struct {
	machine machine
	cmd     *exec.Cmd
	stderr  *bytes.Buffer
	client  *kubernetes.Clientset
	exited  chan error
}

func newMachine(t *testing.T, uid int) machine {
	t.Helper()
	// Not below t.TempDir, which other users may not enter.
	base, err := os.MkdirTemp("", "sluice-kube-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "from the host") }))
	t.Cleanup(host.Close)
	m := machine{dir: filepath.Join(base, "state"), images: filepath.Join(base, "images.json"), uid: uid, egress: host.Listener.Addr().String()}
	for name, text := range map[string]string{
		"tool/bin/entry":   "#!/bin/sh\necho entry $(cat /opt/tool/conf/a) $(cat /opt/tool/extra) in $PWD as $TOOL\nexec \"$@\"\n",
		"tool/conf/a":      "base",
		"patch/conf/a":     "patched",
		"extra":            "single-file",
		"tool/conf/beside": "",
	} {
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	images := fmt.Sprintf(`{"python": {}, "tool:1": {"layers": [{"src": "%[1]s/tool", "dst": "/opt/tool"}, {"src": "%[1]s/patch", "dst": "/opt/tool"},
		{"src": "%[1]s/extra", "dst": "/opt/tool/extra"}], "env": {"TOOL": "tool-one"}, "entrypoint": ["/opt/tool/bin/entry"], "cwd": "/opt/tool"}}`, base)
	if err := os.WriteFile(m.images, []byte(images), 0o644); err != nil {
		t.Fatal(err)
	}
	chown(t, base, uid)
	return m
}

func chown(t *testing.T, dir string, uid int) {
	t.Helper()
	if uid == os.Getuid() {
		return
	}
	err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, uid)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m machine) start(t *testing.T) *cluster {
	t.Helper()
	began := time.Now()
	c := &cluster{machine: m, stderr: &bytes.Buffer{}, exited: make(chan error, 1)}
	c.cmd = exec.Command(program(t), "--dir", m.dir, "--images", m.images, "--listen", "127.0.0.1:0", "--egress", "s3/objects:9000="+m.egress)
	c.cmd.Stderr = c.stderr
	if m.uid != os.Getuid() {
		c.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(m.uid), Gid: uint32(m.uid)}}
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	var ready struct{ Kubeconfig, Server string }
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		t.Fatalf("no announcement: %v; it said %q", err, c.stderr)
	}
	t.Logf("ready after %s; resident: %s", time.Since(began).Round(time.Millisecond), c.memory())
	go func() { c.exited <- c.cmd.Wait() }()
	config, err := clientcmd.BuildConfigFromFlags("", ready.Kubeconfig)
	if err != nil || config.Host != ready.Server {
		t.Fatalf("kubeconfig names %s, announced %s: %v", config.Host, ready.Server, err)
	}
	if c.client, err = kubernetes.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	return c
}

func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SLUICE_KUBE")
	if path == "" {
		t.Fatal("set SLUICE_KUBE to the built program, or run make cluster-test")
	}
	return path
}

func (c *cluster) await(t *testing.T) error {
	t.Helper()
	select {
	case err := <-c.exited:
		return err
	case <-time.After(patience):
		t.Fatal("the program does not end")
		return nil
	}
}

// children are the program's process and all that descend from it.
func (c *cluster) children() []int { return descendants(c.cmd.Process.Pid) }

func descendants(pid int) []int {
	out := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range tasks {
		text, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(text)) {
			var child int
			if _, err := fmt.Sscan(field, &child); err == nil {
				out = append(out, descendants(child)...)
			}
		}
	}
	return out
}

func (c *cluster) memory() string {
	var out []string
	for _, pid := range c.children() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		for _, line := range strings.Split(string(text), "\n") {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				out = append(out, strings.TrimSpace(rest))
			}
		}
	}
	return strings.Join(out, " + ")
}
