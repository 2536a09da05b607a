package laptop

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lock holds the directory against a second process, until it is closed or the
// process ends.
func lock(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another sluice runs in %s (%w): end it, or choose another directory with --dir", dir, err)
	}
	return f, nil
}
