package sfn

import (
	"context"
	"errors"
	"os"

	"github.com/sluice-flink/sluice/internal/asl"
)

// aborted carries what StopExecution was told.
type aborted struct{ name, cause string }

func (a *aborted) Error() string { return a.name + ": " + a.cause }

// Stop aborts an execution. One that has ended already stays as it is.
func (s *Service) Stop(arn, name, cause string) (Execution, error) {
	s.mu.Lock()
	k := s.known[arn]
	if k != nil && k.stop != nil {
		k.stop(&aborted{name: name, cause: cause})
	}
	s.mu.Unlock()
	return s.Describe(arn)
}

// run executes a machine to its end, writing its history as it goes.
func (s *Service) run(ctx context.Context, m loaded, e Execution, file *os.File) {
	s.o.Observe(e)
	var lost error // the first record that could not be written
	keep := func(r record) {
		if err := write(file, r); err != nil && lost == nil {
			lost = err
			s.o.Log("the history of %s is not complete: %v", e.ARN, err)
		}
	}
	result := m.program.Run(ctx, e.Input, asl.Options{
		Caller: caller{invoke: s.o.Invoke, read: s.o.Read}, Tokens: s.tokens, Clock: s.o.Clock, JSONata: s.o.JSONata,
		Execution: asl.Execution{ARN: e.ARN, Name: e.Name, StateMachineARN: m.ARN, StateMachineName: m.Name, RoleARN: m.RoleARN, Start: e.Started},
		Observe: func(event asl.Event) {
			own := Event(event)
			keep(record{Event: &own})
		},
	})
	e = e.ended(withReason(ctx, result), s.o.Clock.Now())
	keep(record{Execution: &e})
	if err := file.Close(); err != nil {
		s.o.Log("the history of %s may not be complete: %v", e.ARN, err)
	}
	s.mu.Lock()
	s.known[e.ARN] = &known{execution: e}
	s.mu.Unlock()
	s.o.Observe(e)
}

// withReason says of an aborted execution who aborted it.
func withReason(ctx context.Context, r asl.Result) asl.Result {
	if r.Status != asl.StatusAborted {
		return r
	}
	var by *aborted
	if cause := context.Cause(ctx); errors.As(cause, &by) {
		r.Error, r.Cause = by.name, by.cause
	} else if cause != nil {
		r.Error, r.Cause = "Local.Stopped", cause.Error()
	}
	return r
}
