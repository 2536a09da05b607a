package asl

import (
	"context"
	"sync"
	"time"
)

// deadline ends a context when its time has come. A VirtualClock looks at it
// when someone sleeps; on any other clock a goroutine waits for it.
type deadline struct {
	mu     sync.Mutex
	at     time.Time
	every  time.Duration // how far a heartbeat moves it; 0: it does not move
	cause  error
	cancel context.CancelCauseFunc
	outer  *deadline
}

type deadlineKey struct{}

// withDeadline returns a context that ends with cause after d. The returned
// function frees what it holds and must be called.
func withDeadline(ctx context.Context, clock Clock, d time.Duration, cause error, moves bool) (context.Context, *deadline, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	outer, _ := ctx.Value(deadlineKey{}).(*deadline)
	limit := &deadline{at: clock.Now().Add(d), cause: cause, cancel: cancel, outer: outer}
	if moves {
		limit.every = d
	}
	ctx = context.WithValue(ctx, deadlineKey{}, limit)
	if _, virtual := clock.(*VirtualClock); !virtual {
		go limit.watch(ctx, clock)
	}
	return ctx, limit, func() { cancel(nil) }
}

func (d *deadline) watch(ctx context.Context, clock Clock) {
	for {
		left := d.when().Sub(clock.Now())
		if left <= 0 {
			d.expire()
			return
		}
		if clock.Sleep(ctx, left) != nil {
			return
		}
	}
}

func (d *deadline) when() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *deadline) expire() { d.cancel(d.cause) }

// passed ends the context if the time has come without anyone noticing.
func (d *deadline) passed(now time.Time) {
	if now.After(d.when()) {
		d.expire()
	}
}

func (d *deadline) beat(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.every > 0 {
		d.at = now.Add(d.every)
	}
}

// earliestDeadline is the one that a sleep in ctx would meet first.
func earliestDeadline(ctx context.Context) *deadline {
	first, _ := ctx.Value(deadlineKey{}).(*deadline)
	if first == nil {
		return nil
	}
	for other := first.outer; other != nil; other = other.outer {
		if other.when().Before(first.when()) {
			first = other
		}
	}
	return first
}

type heartbeatKey struct{}

// Heartbeat tells the execution that the task behind ctx is alive. A Caller
// calls it with the context it was given; without HeartbeatSeconds it does nothing.
func Heartbeat(ctx context.Context) {
	if beat, ok := ctx.Value(heartbeatKey{}).(func()); ok {
		beat()
	}
}

// expirePassed ends ctx and what is around it where a deadline has passed that
// nobody slept towards.
func expirePassed(ctx context.Context, now time.Time) {
	limit, _ := ctx.Value(deadlineKey{}).(*deadline)
	for ; limit != nil; limit = limit.outer {
		limit.passed(now)
	}
}
