package container

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// specFd carries the Spec as JSON.
const specFd = 4

func init() {
	switch os.Args[0] {
	case childName:
		unix.CloseOnExec(setUpFd)
		unix.CloseOnExec(specFd)
		_, _ = os.NewFile(setUpFd, "report").WriteString(runChild().Error())
		os.Exit(128)
	case enterName:
		fmt.Fprintln(os.Stderr, runEntered())
		os.Exit(128)
	}
}

// runChild returns only when it could not become the command.
func runChild() error {
	var s Spec
	if err := json.NewDecoder(os.NewFile(specFd, "spec")).Decode(&s); err != nil {
		return fmt.Errorf("read the container's spec: %w", err)
	}
	syscall.Umask(0o022)
	if err := unix.Sethostname([]byte(s.Hostname)); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	if err := buildRoot(s); err != nil {
		return err
	}
	if err := moveInto(s.Root); err != nil {
		return err
	}
	return execute(s.Args, s.Env, s.Cwd)
}

// moveInto makes root the root of this mount namespace and lets go of the old one.
func moveInto(root string) error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	// The old root is stacked under the new one; see pivot_root(2), "pivot_root(".", ".")".
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the old root: %w", err)
	}
	return os.Chdir("/")
}

func execute(args, env []string, cwd string) error {
	if cwd != "" {
		if err := os.Chdir(cwd); err != nil {
			return fmt.Errorf("working directory: %w", err)
		}
	}
	if err := setEnvironment(env); err != nil {
		return err
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return fmt.Errorf("the command cannot be run: %w", err)
	}
	return fmt.Errorf("exec %s: %w", path, syscall.Exec(path, args, os.Environ()))
}

// setEnvironment replaces this process's own environment, so that PATH counts
// when the command is looked up.
func setEnvironment(env []string) error {
	os.Clearenv()
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("environment variable %q: %w", name, err)
		}
	}
	return nil
}
