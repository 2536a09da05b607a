package launch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// killAfter is when an inner process that was asked to stop is killed.
const killAfter = StopWithin + 2*time.Second

// inner is the process in the new namespaces, the first of its PID namespace:
// when it ends, the kernel ends every process in there, and with the last of
// them the mounts and networks go.
type inner struct {
	cmd      *exec.Cmd
	messages *os.File
	ended    chan error // gets the end, once
}

func startInner(c Config, l *net.TCPListener) (*inner, error) {
	listener, err := l.File()
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	messages, say, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer say.Close()
	log, err := openLog(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot write the log: %w", err)
	}
	defer log.Close()
	config, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/proc/self/exe", Inside)
	cmd.Args[0] = "sluice-kube"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(config), log, log
	cmd.ExtraFiles = []*os.File{listener, say}
	cmd.SysProcAttr = namespaces(os.Getuid(), os.Getgid())
	in := &inner{cmd: cmd, messages: messages, ended: make(chan error, 1)}
	return in, in.start()
}

func namespaces(uid, gid int) *syscall.SysProcAttr {
	at := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
		Setpgid:    true, // a terminal's Ctrl-C is for the outer process, which stops the inner in good order
	}
	if uid != 0 {
		at.Cloneflags |= syscall.CLONE_NEWUSER
		at.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		at.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	return at
}

// start starts and awaits the process on one locked thread: the kernel sends
// Pdeathsig when the thread that started a process ends, not the whole process.
func (in *inner) start() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := in.cmd.Start()
		started <- err
		if err == nil {
			in.ended <- in.cmd.Wait()
		}
	}()
	return explainStart(<-started)
}

func explainStart(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EUSERS), errors.Is(err, unix.EACCES):
		return fmt.Errorf("this machine does not let user %d make namespaces (%w): allow it, see sysctl kernel.unprivileged_userns_clone, "+
			"user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns, or run as root", os.Getuid(), err)
	}
	return fmt.Errorf("cannot start the cluster's process: %w", err)
}

// listen gives what the inner process says; the channel is closed when it ended.
func (in *inner) listen() <-chan message {
	out := make(chan message)
	go func() {
		defer close(out)
		d := json.NewDecoder(in.messages)
		for {
			var m message
			if d.Decode(&m) != nil {
				return
			}
			out <- m
		}
	}()
	return out
}

// stop asks the inner process to end, and forces it when that takes too long.
func (in *inner) stop() {
	_ = in.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(killAfter, func() { _ = in.cmd.Process.Kill() })
	defer timer.Stop()
	<-in.ended
}
