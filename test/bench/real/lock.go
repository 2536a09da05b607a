package real

import (
	"context"
	"fmt"
	"os"
	"syscall"
)

// Alone runs do while it holds the lock of a file, so that whoever else uses
// the machine can wait for their turn; without a file it just runs it.
func Alone(ctx context.Context, file string, do func() error) error {
	if file == "" {
		return do()
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	// A wait in the kernel has its place in the row, which one that looks again and
	// again has not, but it cannot be ended: it is left behind with its file.
	locked := make(chan error, 1)
	go func() { locked <- syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the lock of %s: %w", file, context.Cause(ctx))
	case err := <-locked:
		defer f.Close() // gives the lock back
		if err != nil {
			return fmt.Errorf("lock %s: %w", file, err)
		}
		return do()
	}
}
