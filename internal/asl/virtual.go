package asl

import (
	"context"
	"sync"
	"time"
)

// VirtualClock is a time that passes only when someone sleeps, and then at once.
// Branches of Parallel and Map states take turns on it: one runs until it
// sleeps or ends, then the one that is due first goes on. A run is therefore
// the same every time, and its events are in the order of their times.
//
// A Caller that takes time must pass it with Sleep of this clock, on the goroutine
// and with the context it was called with; a Caller that blocks on something else
// holds the time still.
type VirtualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewVirtualClock returns a clock that shows start.
func NewVirtualClock(start time.Time) *VirtualClock { return &VirtualClock{now: start} }

// Now returns the clock's time.
func (c *VirtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep lets d pass at once, or less if a deadline of the execution comes first;
// then ctx is done and its error is returned.
func (c *VirtualClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	wake := c.Now().Add(max(d, 0))
	limit := earliestDeadline(ctx)
	late := limit != nil && wake.After(limit.when())
	if late {
		wake = limit.when()
	}
	if turns := turnsOn(ctx, c); turns != nil {
		turns.park(ctx, wake)
	} else {
		c.advance(wake)
	}
	if late && ctx.Err() == nil {
		limit.expire()
	}
	return ctx.Err()
}

// advance moves the time forward, never back.
func (c *VirtualClock) advance(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.now) {
		c.now = to
	}
}

// fork runs the bodies in turns. A fork inside a fork joins the same turns.
func (c *VirtualClock) fork(ctx context.Context, n int, body func(ctx context.Context, i int)) {
	if n == 0 {
		return
	}
	turns := turnsOn(ctx, c)
	nested := turns != nil
	if !nested {
		turns = &schedule{clock: c}
		ctx = context.WithValue(ctx, scheduleKey{}, turns)
	}
	parent := &turn{ctx: context.Background(), wake: make(chan struct{})}
	join := &join{left: n, parent: parent, nested: nested}
	for i := range n {
		child := turns.add(ctx, c.Now())
		go func() {
			<-child.wake
			body(ctx, i)
			turns.finish(join)
		}()
	}
	turns.next()
	<-parent.wake
}

type scheduleKey struct{}

func turnsOn(ctx context.Context, clock *VirtualClock) *schedule {
	turns, _ := ctx.Value(scheduleKey{}).(*schedule)
	if turns == nil || turns.clock != clock {
		return nil
	}
	return turns
}
