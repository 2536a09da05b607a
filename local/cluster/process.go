package cluster

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a running sluice-kube.
type process struct {
	command *exec.Cmd
	ready   struct{ Kubeconfig, Server string }
	ended   chan struct{}
}

// stopWithin is what sluice-kube gets to end its pods and itself.
const stopWithin = 10 * time.Second

func launch(ctx context.Context, o Options) (*process, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	images := filepath.Join(o.Dir, "images.json")
	if err := os.WriteFile(images, o.Images, 0o644); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(o.S3)
	if err != nil {
		return nil, fmt.Errorf("the S3 gateway's address %q: %w", o.S3, err)
	}
	c := exec.Command(o.Binary, "--dir", o.Dir, "--images", images, "--listen", "127.0.0.1:0",
		"--egress", fmt.Sprintf("%s:%d=%s", ObjectStore, ObjectStorePort, net.JoinHostPort(host, port)))
	// Its own process group: a Ctrl-C for us must not reach it before we stop it in order.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	var complaint strings.Builder
	c.Stderr = &complaint
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &process{command: c, ended: make(chan struct{})}
	if err := startOnThread(c); err != nil {
		return nil, fmt.Errorf("start sluice-kube: %w", err)
	}
	line := make(chan []byte, 1)
	go func() {
		s := bufio.NewScanner(out)
		if s.Scan() {
			line <- s.Bytes()
		}
		close(line)
		_ = c.Wait()
		close(p.ended)
	}()
	select {
	case <-ctx.Done():
		p.stop()
		return nil, context.Cause(ctx)
	case b, ok := <-line:
		if ok {
			err = json.Unmarshal(b, &p.ready)
		}
		if !ok || err != nil {
			p.stop()
			return nil, errors.Join(fmt.Errorf("sluice-kube did not start: %s", strings.TrimSpace(complaint.String())), err)
		}
	}
	return p, nil
}

func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}
