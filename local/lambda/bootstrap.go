package lambda

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Bootstraps runs functions as the programs that are deployed: a folder holds,
// for every Function.Code, <code>/bootstrap, built for this machine. A process
// serves one invocation at a time and is kept for the next; invocations at the
// same time get processes of their own, as on AWS.
type Bootstraps struct {
	dir string // absolute
	out io.Writer

	mu    sync.Mutex
	idle  map[string][]*environment // by the function's ARN
	alive map[*environment]bool
}

// NewBootstraps makes a runner of the bootstraps below dir, an absolute path.
// What the functions print goes to out, which is written to by one at a time.
func NewBootstraps(dir string, out io.Writer) *Bootstraps {
	return &Bootstraps{dir: dir, out: &oneByOne{to: out}, idle: map[string][]*environment{}, alive: map[*environment]bool{}}
}

// Run implements Runner. A process whose invocation does not end in time is killed.
func (b *Bootstraps) Run(ctx context.Context, i Invocation) ([]byte, error) {
	for {
		e, kept, err := b.environment(i.Function)
		if err != nil {
			return nil, exited(i.Request, err.Error())
		}
		payload, err := e.invoke(ctx, i)
		if errors.Is(err, errNotTaken) && kept {
			b.end(e) // it ended while it was idle: another takes the invocation
			continue
		}
		var failure *Failure
		if err == nil || errors.As(err, &failure) && failure.Type != ExitError {
			b.keep(i.Function, e)
			return payload, err
		}
		b.end(e)
		if errors.Is(err, errNotTaken) {
			err = exited(i.Request, e.obituary())
		}
		return nil, err
	}
}

// environment takes a process that is idle, or starts one.
func (b *Bootstraps) environment(f Function) (e *environment, kept bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if idle := b.idle[f.ARN]; len(idle) > 0 {
		e = idle[len(idle)-1]
		b.idle[f.ARN] = idle[:len(idle)-1]
		return e, true, nil
	}
	e, err = startEnvironment(b.dir, f, b.out)
	if err == nil {
		b.alive[e] = true
	}
	return e, false, err
}

func (b *Bootstraps) keep(f Function, e *environment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.idle[f.ARN] = append(b.idle[f.ARN], e)
}

func (b *Bootstraps) end(e *environment) {
	b.mu.Lock()
	delete(b.alive, e)
	b.mu.Unlock()
	e.end()
}

// Close implements Runner: it kills every process and waits until it is gone.
func (b *Bootstraps) Close() error {
	b.mu.Lock()
	all := b.alive
	b.alive, b.idle = map[*environment]bool{}, map[string][]*environment{}
	b.mu.Unlock()
	for e := range all {
		e.end()
	}
	return nil
}

// oneByOne lets several processes print to one writer.
type oneByOne struct {
	mu sync.Mutex
	to io.Writer
}

// Write implements io.Writer.
func (o *oneByOne) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.to.Write(b)
}
