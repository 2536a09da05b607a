package boot

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/sluice-flink/sluice/local/kube/internal/container"
)

// mounts cuts this mount namespace off from the host's, gives it a /proc of
// its own processes, and tries an overlay, so that what is forbidden on this
// machine is said now and not by each pod.
func mounts(scratch string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("this machine forbids mounts in a user namespace (%w): see sysctl kernel.apparmor_restrict_unprivileged_userns, or run as root", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("cannot mount /proc (%w): inside a container, its runtime must not mask /proc", err)
	}
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return err
	}
	defer os.Remove(scratch)
	return container.CheckOverlay(scratch)
}
