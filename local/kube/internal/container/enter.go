package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

const enterName = "sluice-kube-enter"

// entry is a command to run in the namespaces of a running container.
type entry struct {
	Pid  int
	Args []string
	Env  []string
	Cwd  string
}

// Run runs a command inside the container until it ends or ctx is done, and
// gives its output. A command that ends with another code than 0 is an *exec.ExitError.
func (p *Process) Run(ctx context.Context, s Spec, args []string) ([]byte, error) {
	text, err := json.Marshal(entry{Pid: p.Pid(), Args: args, Env: s.Env, Cwd: s.Cwd})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Args = []string{enterName, string(text)}
	cmd.Env = []string{}
	return cmd.CombinedOutput()
}

// runEntered returns only when the command could not be run. It joins the namespaces and starts the command as a child, because
// only children enter a PID namespace.
func runEntered() error {
	var e entry
	if len(os.Args) != 2 {
		return errors.New("no command to enter with")
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &e); err != nil {
		return err
	}
	runtime.LockOSThread()
	if err := join(e.Pid); err != nil {
		return err
	}
	if err := setEnvironment(e.Env); err != nil {
		return err
	}
	cmd := exec.Command(e.Args[0], e.Args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.Cwd, os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState != nil {
		os.Exit(exitCode(cmd.ProcessState))
	}
	return err
}

func join(pid int) error {
	// A thread that shares its root with others may not change mount namespace.
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fmt.Errorf("container process %s: %w", strconv.Itoa(pid), err)
	}
	defer unix.Close(fd)
	return unix.Setns(fd, unix.CLONE_NEWNS|unix.CLONE_NEWPID|unix.CLONE_NEWNET|unix.CLONE_NEWUTS|unix.CLONE_NEWIPC)
}
