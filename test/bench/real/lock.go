package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
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
	defer f.Close() // gives the lock back
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return do()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", file, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the lock of %s: %w", file, context.Cause(ctx))
		case <-time.After(lockRetry):
		}
	}
}

// lockRetry is short: whoever sleeps in flock(1) is woken at once.
const lockRetry = 20 * time.Millisecond
