package asl

import (
	"context"
	"sync"
	"time"
)

// Clock is where an execution takes its time from.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until ctx is done, in which case it returns ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// forker is a Clock that runs concurrent work itself, to keep it deterministic.
type forker interface {
	fork(ctx context.Context, n int, body func(ctx context.Context, i int))
}

// fork runs body n times concurrently and returns when all have returned.
func fork(ctx context.Context, clock Clock, n int, body func(ctx context.Context, i int)) {
	if own, ok := clock.(forker); ok {
		own.fork(ctx, n, body)
		return
	}
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { body(ctx, i) })
	}
	group.Wait()
}

// RealClock is the time of day.
type RealClock struct{}

// Now returns the time of day.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep waits for d or until ctx is done.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
