package sim

import (
	"time"
)

// timeline is a virtual time on which strands take turns: one runs until it
// sleeps, waits or ends, then whoever is due first goes on. Ties are broken by
// the seed, so a run is the same every time.
type timeline struct {
	now     time.Time
	luck    luck
	waiting []*strand
	idle    chan struct{} // told when nobody is left to run
}

// strand is one line of control: an execution, an invocation, an event on its way.
type strand struct {
	name string
	line *timeline
	at   time.Time // when it is due
	tie  uint64
	rest int // how often it has waited
	wake chan struct{}
}

func newTimeline(start time.Time, l luck) *timeline {
	return &timeline{now: start, luck: l, idle: make(chan struct{})}
}

// spawn has body run on a strand of its own from at on.
func (t *timeline) spawn(name string, at time.Time, body func(*strand)) *strand {
	s := &strand{name: name, line: t, wake: make(chan struct{})}
	t.enqueue(s, at)
	go func() {
		<-s.wake
		defer t.handOn() // a function that dies ends its goroutine
		body(s)
	}()
	return s
}

// run lets the strands go on until none is left.
func (t *timeline) run() {
	if len(t.waiting) == 0 {
		return
	}
	t.handOn()
	<-t.idle
}

// sleep waits until d has passed, or until somebody rouses the strand.
func (s *strand) sleep(d time.Duration) { s.sleepUntil(s.line.now.Add(max(d, 0))) }

func (s *strand) sleepUntil(at time.Time) {
	s.line.enqueue(s, at)
	next := s.line.take()
	if next == s {
		return
	}
	next.wake <- struct{}{}
	<-s.wake
}

// rouse makes a waiting strand due now.
func (s *strand) rouse() {
	if s.at.After(s.line.now) {
		s.at = s.line.now
	}
}

func (t *timeline) enqueue(s *strand, at time.Time) {
	s.rest++
	s.at, s.tie = at, t.luck.of(s.name, s.rest)
	t.waiting = append(t.waiting, s)
}

// handOn ends the turn of a strand that does not wait.
func (t *timeline) handOn() {
	if next := t.take(); next != nil {
		next.wake <- struct{}{}
		return
	}
	t.idle <- struct{}{}
}

// take picks who is due first and moves the time there.
func (t *timeline) take() *strand {
	first := -1
	for i, s := range t.waiting {
		if first < 0 || s.before(t.waiting[first]) {
			first = i
		}
	}
	if first < 0 {
		return nil
	}
	s := t.waiting[first]
	last := len(t.waiting) - 1
	t.waiting[first] = t.waiting[last]
	t.waiting = t.waiting[:last]
	if s.at.After(t.now) {
		t.now = s.at
	}
	return s
}

func (s *strand) before(o *strand) bool {
	if !s.at.Equal(o.at) {
		return s.at.Before(o.at)
	}
	return s.tie < o.tie
}

// luck draws by name, not in order: taking a part out of a schedule leaves what
// the other parts draw as it was, which is what makes shrinking work.
type luck uint64

func (l luck) of(name string, n int) uint64 {
	h := uint64(14695981039346656037) ^ uint64(l)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h ^= uint64(n) * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
