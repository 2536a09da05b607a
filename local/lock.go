package local

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir makes the directory and holds it against a second plane, until it is
// closed or the process ends.
func lockDir(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("another plane runs on %s (%w): end it, or choose another directory", dir, err)
	}
	return file, nil
}
