package real

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Turns lets whoever else has heavy work on the machine have their turn: the
// lock of a file is held for some minutes, then given back and waited for again.
// The zero value holds nothing and never waits.
type Turns struct {
	File string // empty: nobody else is there

	held  *os.File
	since time.Time
}

// turn is how long one lasts at least, a measurement that has begun is ended: with
// it, ten minutes are not passed. It is some measurements, so that what is compared follows
// each other closely.
const turn = 7 * time.Minute

// Take waits for the turn to measure next, unless it is still ours.
func (t *Turns) Take(ctx context.Context) error {
	if t.File == "" || t.held != nil && time.Since(t.since) < turn {
		return nil
	}
	t.Give()
	f, err := os.OpenFile(t.File, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	// A wait in the kernel has its place in the row, which one that looks again and
	// again has not, but it cannot be ended: it is left behind with its file.
	locked := make(chan error, 1)
	go func() { locked <- syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the lock of %s: %w", t.File, context.Cause(ctx))
	case err := <-locked:
		if err != nil {
			_ = f.Close()
			return fmt.Errorf("lock %s: %w", t.File, err)
		}
		t.held, t.since = f, time.Now()
		return nil
	}
}

// Give gives the turn back.
func (t *Turns) Give() {
	if t.held != nil {
		_ = t.held.Close() // and with it its lock
		t.held = nil
	}
}
