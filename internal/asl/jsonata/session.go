package jsonata

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dop251/goja"
)

// Env is what expressions see besides their own text.
type Env struct {
	Variables map[string]json.RawMessage // by name, without the dollar sign
	Now       func() time.Time           // what $now and $millis say; nil is the real time
	Rand      *rand.Rand                 // what $random, $uuid and $shuffle draw from; nil is unpredictable
}

// Session evaluates the expressions of one moment on one machine. It is not
// safe for concurrent use.
type Session struct {
	engine    *Engine
	machine   *machine
	variables map[string]json.RawMessage
	bound     map[string]goja.Value // parsed on first use, shared by the session's expressions
}

// Evaluate returns the result as JSON; whole numbers come without a fraction.
// The error is ErrUndefined, ErrUnsupportedResult, ErrTooLong, ctx's own, or an
// *Error.
func (s *Session) Evaluate(ctx context.Context, expression string) (json.RawMessage, error) {
	read, err := s.machine.compile(expression)
	if err != nil {
		return nil, err
	}
	bindings, err := s.bind(read.names)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, read.value, bindings)
}

// Close gives the machine back. The session must not be used afterwards.
func (s *Session) Close() {
	if !s.machine.broken {
		s.engine.give(s.machine)
	}
	s.machine = nil
}

// bind passes only the variables that the expression names: parsing the others
// would be most of the cost.
func (s *Session) bind(names []string) (goja.Value, error) {
	bindings := s.machine.vm.NewObject()
	for _, name := range names {
		value, err := s.variable(name)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		if err := bindings.Set(name, value); err != nil {
			return nil, err
		}
	}
	return bindings, nil
}

func (s *Session) variable(name string) (goja.Value, error) {
	if value, ok := s.bound[name]; ok {
		return value, nil
	}
	raw, ok := s.variables[name]
	if !ok {
		return nil, nil
	}
	value, err := s.machine.parse(goja.Undefined(), s.machine.vm.ToValue(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("variable $%s is not JSON: %w", name, err)
	}
	s.bound[name] = value
	return value, nil
}

// run evaluates under the engine's limit. jsonata.js answers with a promise,
// which is settled when the call returns because nothing in it waits.
func (s *Session) run(ctx context.Context, expression, bindings goja.Value) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	vm := s.machine.vm
	timer := time.AfterFunc(s.engine.limit, func() { vm.Interrupt(ErrTooLong) })
	forget := context.AfterFunc(ctx, func() { vm.Interrupt(ctx.Err()) })
	result, err := s.machine.runner(goja.Undefined(), expression, bindings)
	if !timer.Stop() || !forget() {
		s.machine.broken = true
	}
	if s.machine.broken && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, s.machine.fault(err)
	}
	promise, ok := result.Export().(*goja.Promise)
	if !ok {
		return nil, errors.New("jsonata.js answered with something that is not a promise")
	}
	return s.settled(promise)
}

func (s *Session) settled(promise *goja.Promise) (json.RawMessage, error) {
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		return json.RawMessage(promise.Result().String()), nil
	case goja.PromiseStateRejected:
		return nil, s.machine.thrown(promise.Result())
	default:
		s.machine.broken = true
		return nil, ErrTooLong
	}
}
