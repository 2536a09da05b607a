package asl

import (
	"context"
	"sync"
)

// gathering is what becomes of concurrent branches or iterations.
type gathering struct {
	mu     sync.Mutex
	first  *Error // that may not be tolerated
	failed int
	next   int
}

// concurrently runs body for 0…n-1, at most limit at once. After a failure that
// tolerate does not accept the others are stopped, and that failure is returned.
func (v *visit) concurrently(n, limit int, tolerate func(failed int) bool, body func(ctx context.Context, i int) *Error) *Error {
	ctx, cancel := context.WithCancelCause(v.ctx)
	defer cancel(nil)
	var g gathering
	fork(ctx, v.Clock, min(n, limit), func(ctx context.Context, _ int) {
		for {
			i, more := g.take(n)
			if !more || ctx.Err() != nil {
				return
			}
			if err := body(ctx, i); err != nil && g.fail(err, tolerate) {
				cancel(errSiblingFailed)
			}
		}
	})
	if v.ctx.Err() != nil {
		return stopped
	}
	return g.first
}

func (g *gathering) take(n int) (int, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := g.next
	g.next++
	return i, i < n
}

// fail counts a failure and reports whether it ends everything.
func (g *gathering) fail(err *Error, tolerate func(failed int) bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == stopped || g.first != nil {
		return false
	}
	g.failed++
	if tolerate(g.failed) {
		return false
	}
	g.first = err
	return true
}
