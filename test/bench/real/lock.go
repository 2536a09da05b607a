package real

import (
	"fmt"
	"os"
	"syscall"
)

// Alone runs do while it holds the lock of a file, so that whoever else uses
// the machine can wait for their turn; without a file it just runs it.
func Alone(file string, do func() error) error {
	if file == "" {
		return do()
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // gives the lock back
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("wait for %s: %w", file, err)
	}
	return do()
}
