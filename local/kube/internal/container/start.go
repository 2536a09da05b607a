package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

const childName = "sluice-kube-container"

// setUpFd is where the child writes why it could not become the command.
const setUpFd = 3

// Process is a started container.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
	code int
}

// Runner runs f on a thread whose network namespace is the container's.
type Runner func(f func() error) error

// Start builds the root and starts the command with its output going to log.
// It returns once the command itself runs; the error says which step failed.
func Start(s Spec, in Runner, log *os.File) (*Process, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	specRead, specWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	report, reportWrite, err := os.Pipe()
	if err != nil {
		specRead.Close()
		specWrite.Close()
		return nil, err
	}
	defer report.Close()
	cmd := childCommand(log, reportWrite, specRead)
	err = in(cmd.Start)
	// Only the child holds these ends from here on, so that its death shows.
	reportWrite.Close()
	specRead.Close()
	if err != nil {
		specWrite.Close()
		return nil, fmt.Errorf("cannot start a process in new namespaces: %w", err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go p.wait()
	_, writeErr := specWrite.Write(text)
	specWrite.Close()
	return p, p.started(report, writeErr)
}

func childCommand(log, report, spec *os.File) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{childName}
	cmd.Env = []string{}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{report, spec}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
	}
	return cmd
}

// started waits for the child to become the command: its end of the pipe is
// closed by that, or carries a message before.
func (p *Process) started(report io.Reader, writeErr error) error {
	message, err := io.ReadAll(report)
	if len(message) > 0 {
		err = errors.New(string(message))
	}
	if err = errors.Join(err, writeErr); err != nil {
		p.Kill()
		<-p.done
	}
	return err
}

func (p *Process) wait() {
	_ = p.cmd.Wait()
	p.code = exitCode(p.cmd.ProcessState)
	close(p.done)
}

// exitCode follows the shells: a signal is 128 plus its number.
func exitCode(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return s.ExitCode()
}

// Done is closed when the command has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Code is the exit code; valid after Done.
func (p *Process) Code() int { return p.code }

// Pid is the process id in the namespace of the caller.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Terminate asks the command to end.
func (p *Process) Terminate() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }

// Kill ends the command and, as it is the first of its PID namespace, all it started.
func (p *Process) Kill() { p.once.Do(func() { _ = p.cmd.Process.Kill() }) }
