package kit

import (
	"fmt"
	"io"
	"sync"
)

// progress writes whole lines, whoever speaks.
type progress struct {
	mu  sync.Mutex
	out io.Writer
}

func newProgress(out io.Writer) *progress { return &progress{out: out} }

func (p *progress) of(name string) *report { return &report{name: name, to: p} }

// report speaks for one part.
type report struct {
	name  string
	to    *progress
	mu    sync.Mutex
	shown int
}

func (r *report) say(format string, args ...any) {
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	fmt.Fprintf(r.to.out, "%-8s %s\n", r.name, fmt.Sprintf(format, args...))
}

// begin says a line and starts the next percentage from nothing.
func (r *report) begin(format string, args ...any) {
	r.mu.Lock()
	r.shown = 0
	r.mu.Unlock()
	r.say(format, args...)
}

// percent says how far a long step is, each time another tenth is done.
// At a hundred and above it is silent: the next line says that it is over.
func (r *report) percent(what string, done, total int64) {
	if total <= 0 || done >= total {
		return
	}
	now := int(done * 100 / total)
	if r.passed(now, 10) {
		r.say("%s: %d %%", what, now)
	}
}

// count is percent where nobody knows the total: it speaks every so many.
func (r *report) count(what string, done, every int) {
	if r.passed(done, every) {
		r.say("%s: %d so far", what, done)
	}
}

func (r *report) passed(now, every int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now < r.shown+every {
		return false
	}
	r.shown = now - now%every
	return true
}
