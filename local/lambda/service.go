package lambda

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Function is a function that can be invoked.
type Function struct {
	ARN, Name   string
	Code        string            // what a Builder is told to make, or the folder of the bootstrap
	Timeout     time.Duration     // of one invocation; at most 15 minutes
	Environment map[string]string // all of it: a function sees nothing of this process's own
}

// Invocation is one call of a function.
type Invocation struct {
	Function Function
	Request  string // id
	Payload  []byte
}

// Runner runs functions. Run's context ends at the function's timeout or when
// the service closes, and Run must return soon after. Its error is a *Failure,
// or anything else if the function could not be run.
type Runner interface {
	Run(ctx context.Context, i Invocation) ([]byte, error)
	Close() error
}

// Service invokes functions. It is safe for concurrent use.
type Service struct {
	functions []Function
	runner    Runner
	log       func(format string, args ...any)
	ctx       context.Context // ends with Close
	stop      context.CancelFunc
	mu        sync.Mutex // guards closed against working.Add
	closed    bool
	working   sync.WaitGroup
}

// New makes a service of functions that are run by runner.
func New(functions []Function, runner Runner, log func(format string, args ...any)) *Service {
	ctx, stop := context.WithCancel(context.Background())
	return &Service{functions: functions, runner: runner, log: log, ctx: ctx, stop: stop}
}

// answer is how an invocation ended.
type answer struct {
	payload []byte
	err     error
}

// Invoke calls a function by name or ARN and waits for its answer. The error is
// a *Failure if the function failed; it wraps ErrNoFunction if there is none.
// Like on AWS the function goes on when ctx is done, until its own timeout.
func (s *Service) Invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	f, err := s.find(function)
	if err != nil {
		return nil, err
	}
	done := make(chan answer, 1)
	if !s.begin(func() { done <- s.run(Invocation{Function: f, Request: uuid.NewString(), Payload: payload}) }) {
		return nil, errors.New("the functions are being stopped")
	}
	select {
	case a := <-done:
		return a.payload, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// find takes a name, an ARN, and either with the qualifier $LATEST.
func (s *Service) find(function string) (Function, error) {
	wanted := strings.TrimSuffix(function, ":$LATEST")
	for _, f := range s.functions {
		if f.ARN == wanted || f.Name == wanted {
			return f, nil
		}
	}
	return Function{}, fmt.Errorf("%w: %s", ErrNoFunction, function)
}

func (s *Service) begin(work func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.working.Go(work)
	return true
}

// run bounds an invocation by its function's timeout.
func (s *Service) run(i Invocation) answer {
	ctx, cancel := context.WithTimeoutCause(s.ctx, i.Function.Timeout, errTimeout)
	defer cancel()
	payload, err := s.runner.Run(ctx, i)
	if err != nil && deadlineOver(ctx) {
		err = timedOut(i.Request, i.Function.Timeout)
	}
	if err != nil {
		s.log("function %s, request %s: %v", i.Function.Name, i.Request, err)
	}
	return answer{payload: payload, err: err}
}

// Close ends all invocations and what runs them, and waits until they have ended.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.working.Wait()
	return s.runner.Close()
}
