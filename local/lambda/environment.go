package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// environment is what Lambda calls an execution environment: one process of a
// function, and the Runtime API that this process alone talks to.
type environment struct {
	command *exec.Cmd
	server  *http.Server
	api     *runtimeAPI
	gone    chan struct{} // closed when the process has ended
}

// printLag is how long output may still come from children of a process that has ended.
const printLag = time.Second

// errNotTaken says that the process ended before it asked for the invocation.
var errNotTaken = errors.New("the process ended before it took the invocation")

// startEnvironment starts <dir>/<code>/bootstrap.
func startEnvironment(dir string, f Function, out io.Writer) (*environment, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the function's runtime: %w", err)
	}
	root := filepath.Join(dir, f.Code)
	e := &environment{api: newRuntimeAPI(), gone: make(chan struct{})}
	e.server = &http.Server{Handler: e.api.handler(), ReadHeaderTimeout: 10 * time.Second}
	e.command = exec.Command(filepath.Join(root, "bootstrap"))
	e.command.Dir, e.command.Env = root, processEnvironment(f, root, listener.Addr().String())
	e.command.Stdout, e.command.Stderr, e.command.WaitDelay = out, out, printLag
	e.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children end with it
	if err := e.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the function's bootstrap (it must be built for this machine: GOARCH is %s): %w", runtime.GOARCH, err), listener.Close())
	}
	go func() { _ = e.server.Serve(listener) }() // ends with end
	go func() {
		_ = e.command.Wait() // how it ended stands in ProcessState
		close(e.gone)
	}()
	return e, nil
}

// processEnvironment is what a function's process sees: its own variables and
// those Lambda reserves; nothing of this process's.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
func processEnvironment(f Function, root, api string) []string {
	env := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=en_US.UTF-8", "TZ=:UTC", "TMPDIR=" + os.TempDir(),
		"_HANDLER=bootstrap", "LAMBDA_TASK_ROOT=" + root, "AWS_LAMBDA_RUNTIME_API=" + api,
	}
	for name, value := range f.Environment {
		env = append(env, name+"="+value)
	}
	return env
}

// invoke hands an invocation to the process and waits for its answer. The error
// is a *Failure, errNotTaken, or ctx's.
func (e *environment) invoke(ctx context.Context, i Invocation) ([]byte, error) {
	p := e.api.offer(ctx, i)
	select {
	case e.api.next <- p:
	case failure := <-e.api.initFailed:
		return nil, failure
	case <-e.gone:
		return nil, errNotTaken
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case a := <-p.answer:
		return a.payload, a.err
	case <-e.gone:
		return nil, e.lastWord(i, p)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lastWord is the answer of a process that has ended: what it said before, if anything.
func (e *environment) lastWord(i Invocation, p *pending) error {
	select {
	case a := <-p.answer:
		if a.err != nil {
			return a.err
		}
	default:
	}
	return exited(i.Request, e.obituary())
}

// obituary says how the process ended, once it has.
func (e *environment) obituary() string {
	<-e.gone
	return "Runtime exited with " + e.command.ProcessState.String()
}

// end kills the process and all its children and ends its API.
func (e *environment) end() {
	_ = syscall.Kill(-e.command.Process.Pid, syscall.SIGKILL) // it may be gone already
	<-e.gone
	_ = e.server.Close()
}
