package lambda

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Builder makes a handler, named by Function.Code, from its environment, as the
// function's main would at its start.
type Builder func(ctx context.Context, name string, env func(string) string) (lambda.Handler, error)

// InProcess runs functions as handlers of this process. A handler is made at
// the first invocation, kept, and made anew after a panic.
type InProcess struct {
	build    Builder
	mu       sync.Mutex
	handlers map[string]*starting // by ARN
	running  sync.WaitGroup
	grace    time.Duration
}

// starting is a handler that is being made once for all who wait for it.
type starting struct {
	once    sync.Once
	handler lambda.Handler
	err     error
}

// closeGrace is how long Close waits for handlers that do not heed their context.
const closeGrace = 10 * time.Second

// NewInProcess makes a runner of handlers that build makes.
func NewInProcess(build Builder) *InProcess {
	return &InProcess{build: build, handlers: map[string]*starting{}, grace: closeGrace}
}

// Run implements Runner. It returns at the end of ctx even if the handler does not.
func (p *InProcess) Run(ctx context.Context, i Invocation) ([]byte, error) {
	done := make(chan answer, 1)
	p.running.Go(func() { done <- p.call(ctx, i) })
	select {
	case a := <-done:
		return a.payload, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *InProcess) call(ctx context.Context, i Invocation) (a answer) {
	handler, err := p.handler(ctx, i)
	if err != nil {
		return answer{err: exited(i.Request, "the function did not start: "+err.Error())}
	}
	defer func() {
		if value := recover(); value != nil {
			p.forget(i.Function)
			a = answer{err: panicked(value)}
		}
	}()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: i.Request, InvokedFunctionArn: i.Function.ARN})
	payload, err := handler.Invoke(ctx, i.Payload)
	if err != nil {
		return answer{err: failureOf(err)}
	}
	return answer{payload: payload}
}

// handler makes the function's handler, or waits for whoever does.
func (p *InProcess) handler(ctx context.Context, i Invocation) (lambda.Handler, error) {
	p.mu.Lock()
	s := p.handlers[i.Function.ARN]
	if s == nil {
		s = &starting{}
		p.handlers[i.Function.ARN] = s
	}
	p.mu.Unlock()
	s.once.Do(func() {
		// What a handler keeps (clients, tokens) outlives the first invocation.
		s.handler, s.err = p.build(context.WithoutCancel(ctx), i.Function.Code, func(name string) string { return i.Function.Environment[name] })
	})
	if s.err != nil {
		p.forget(i.Function)
	}
	return s.handler, s.err
}

func (p *InProcess) forget(f Function) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.handlers, f.ARN)
}

// Close implements Runner: it waits for handlers that still run, ten seconds at most.
func (p *InProcess) Close() error {
	done := make(chan struct{})
	go func() {
		p.running.Wait()
		close(done)
	}()
	timer := time.NewTimer(p.grace)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-timer.C:
		return errHandlersRun
	}
}
