package asl

import (
	"context"
	"sync"
	"time"
)

// schedule lets goroutines run one at a time, in the order of the virtual times
// at which they are due. The one that runs hands on with park or finish.
type schedule struct {
	clock  *VirtualClock
	mu     sync.Mutex
	parked []*turn
	count  int
}

// turn is one goroutine that waits for its time.
type turn struct {
	ctx   context.Context // whose end makes the turn due at once
	at    time.Time
	order int
	wake  chan struct{}
}

// join is what the parent of a fork waits for.
type join struct {
	left   int
	parent *turn
	nested bool
}

// park gives up the turn until at, or until ctx is done and the turn comes round.
func (s *schedule) park(ctx context.Context, at time.Time) {
	own := s.add(ctx, at)
	s.next()
	<-own.wake
}

func (s *schedule) add(ctx context.Context, at time.Time) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.insert(&turn{ctx: ctx, at: at, wake: make(chan struct{})})
}

func (s *schedule) insert(waiting *turn) *turn {
	s.count++
	waiting.order = s.count
	s.parked = append(s.parked, waiting)
	return waiting
}

// finish ends a forked goroutine; the last one lets the parent go on.
func (s *schedule) finish(j *join) {
	s.mu.Lock()
	j.left--
	last := j.left == 0
	if last && j.nested {
		j.parent.at = s.clock.Now()
		s.insert(j.parent)
	}
	s.mu.Unlock()
	if last && !j.nested {
		close(j.parent.wake) // nobody else is left
		return
	}
	s.next()
}

// next wakes whoever is due first and moves the time there.
func (s *schedule) next() {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := -1
	now := s.clock.Now()
	for i, candidate := range s.parked {
		if candidate.ctx.Err() != nil {
			candidate.at = now // cancelled: due at once
		}
		if first < 0 || earlier(candidate, s.parked[first]) {
			first = i
		}
	}
	if first < 0 {
		return
	}
	chosen := s.parked[first]
	s.parked = append(s.parked[:first], s.parked[first+1:]...)
	s.clock.advance(chosen.at)
	close(chosen.wake)
}

func earlier(a, b *turn) bool {
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	return a.order < b.order
}
