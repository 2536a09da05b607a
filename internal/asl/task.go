package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// taskState has its Caller do something.
type taskState struct {
	common
	policy
	resource           string
	arguments          *template
	timeout, heartbeat *template
}

func parseTask(f *fields, c common, _ map[string]bool) state {
	s := &taskState{resource: f.required("Resource"), arguments: f.template("Arguments")}
	s.timeout = f.number("TimeoutSeconds", 1, maxSeconds, true)
	s.heartbeat = f.number("HeartbeatSeconds", 1, maxSeconds, true)
	if s.heartbeat != nil && !s.sendsHeartbeats() {
		f.fault("HeartbeatSeconds", "is refused: only activities and resources that end with %s send heartbeats", tokenSuffix)
	}
	if s.heartbeat != nil && s.timeout != nil && !s.heartbeat.below(s.timeout) {
		f.fault("HeartbeatSeconds", "must be smaller than TimeoutSeconds")
	}
	s.policy = f.readPolicy(&c)
	f.readAssign(&c)
	f.readOutput(&c)
	f.readTransition(&c)
	s.common = c
	return s
}

// tokenSuffix marks a resource that answers later, with a token.
const tokenSuffix = ".waitForTaskToken"

func (s *taskState) waitsForToken() bool { return strings.HasSuffix(s.resource, tokenSuffix) }

func (s *taskState) sendsHeartbeats() bool {
	return s.waitsForToken() || strings.Contains(s.resource, ":activity:")
}

func (s *taskState) run(v *visit) (exit, *Error) {
	return v.guarded(s.policy, func() (exit, *Error) { return s.attempt(v) })
}

// attempt evaluates the arguments, calls, and evaluates what is handed on; a
// retry does all of it again.
func (s *taskState) attempt(v *visit) (exit, *Error) {
	if s.waitsForToken() {
		v.token = newToken(v.execution.ARN, v.id, v.retries)
	}
	arguments, err := v.one(s.arguments, "Arguments", v.input)
	if err != nil {
		return exit{}, err
	}
	result, err := s.call(v, arguments)
	if err != nil {
		return exit{}, err
	}
	return v.settle(ending{
		output: s.output, assign: s.assign, otherwise: result, next: s.next,
		extra: map[string]json.RawMessage{"result": result},
	})
}

// call runs the task under its deadlines and notes what became of it.
func (s *taskState) call(v *visit, arguments json.RawMessage) (json.RawMessage, *Error) {
	if v.Caller == nil {
		return nil, v.failure(ErrorRuntime, "Options.Caller is missing, without which tasks cannot be called.")
	}
	if s.waitsForToken() && v.Tokens == nil {
		return nil, v.failure(ErrorRuntime, "Options.Tokens is missing, without which tasks cannot wait for an answer.")
	}
	ctx, free, err := s.limits(v)
	if err != nil {
		return nil, err
	}
	defer free()
	kind := s.eventKind()
	v.record(Event{Type: kind + "Scheduled", Resource: s.resource, Input: arguments})
	v.record(Event{Type: kind + "Started", Resource: s.resource})
	result, err := s.work(ctx, v, arguments)
	switch {
	case err == stopped:
	case err == nil:
		v.record(Event{Type: kind + "Succeeded", Resource: s.resource, Output: result})
	case err.Name == ErrorTimeout || err.Name == ErrorHeartbeatTimeout:
		v.record(Event{Type: kind + "TimedOut", Resource: s.resource, Error: err.Name, Cause: err.Cause})
	default:
		v.record(Event{Type: kind + "Failed", Resource: s.resource, Error: err.Name, Cause: err.Cause})
	}
	return result, err
}

// work calls, and waits for the token's answer where the task waits for one.
func (s *taskState) work(ctx context.Context, v *visit, arguments json.RawMessage) (json.RawMessage, *Error) {
	if s.waitsForToken() {
		return s.callback(ctx, v, arguments)
	}
	answer, failed := v.Caller.Call(ctx, s.resource, arguments)
	expirePassed(ctx, v.Clock.Now())
	return s.outcome(ctx, v, answer, failed)
}

// outcome reads the answer; a deadline that has passed wins over it.
func (s *taskState) outcome(ctx context.Context, v *visit, answer json.RawMessage, failed error) (json.RawMessage, *Error) {
	switch late := v.interrupted(ctx); {
	case late != nil:
		return nil, late
	case failed != nil:
		return nil, failureOf(failed)
	}
	result, err := compact(answer)
	if err != nil {
		return nil, &Error{ErrorTaskFailed, "the task answered with something that is not JSON: " + err.Error()}
	}
	return result, withinLimit(result, fmt.Sprintf("the result of the state/task '%s'", s.resource))
}

// interrupted says what ended a task from outside, if something did.
func (v *visit) interrupted(ctx context.Context) *Error {
	cause := context.Cause(ctx)
	switch {
	case v.ctx.Err() != nil:
		return stopped
	case errors.Is(cause, errTaskTimeout):
		return &Error{ErrorTimeout, cause.Error()}
	case errors.Is(cause, errNoHeartbeat):
		return &Error{ErrorHeartbeatTimeout, cause.Error()}
	}
	return nil
}

// limits puts the deadlines of the task on its context.
func (s *taskState) limits(v *visit) (context.Context, func(), *Error) {
	ctx, free := v.ctx, func() {}
	otherwise := 0.0 // none
	if s.waitsForToken() {
		otherwise = maxSeconds // AWS's default, which matters where nobody may ever answer
	}
	timeout, err := v.number(s.timeout, "TimeoutSeconds", otherwise, 1, maxSeconds, true)
	if err != nil {
		return nil, nil, err
	}
	if timeout > 0 {
		ctx, _, free = withDeadline(ctx, v.Clock, seconds(timeout), errTaskTimeout, false)
	}
	if s.heartbeat == nil {
		return ctx, free, nil
	}
	every, err := v.number(s.heartbeat, "HeartbeatSeconds", 0, 1, maxSeconds, true)
	if err != nil {
		free()
		return nil, nil, err
	}
	ctx, beats, freeBeats := withDeadline(ctx, v.Clock, seconds(every), errNoHeartbeat, true)
	ctx = context.WithValue(ctx, heartbeatKey{}, func() { beats.beat(v.Clock.Now()) })
	return ctx, func() { freeBeats(); free() }, nil
}

func seconds(n float64) time.Duration { return time.Duration(n) * time.Second }

// eventKind is how the history calls this sort of task.
func (s *taskState) eventKind() string {
	service := strings.SplitN(s.resource, ":", 4) // arn:aws:lambda:…
	switch {
	case len(service) == 4 && service[2] == "lambda":
		return "LambdaFunction"
	case strings.Contains(s.resource, ":activity:"):
		return "Activity"
	}
	return "Task"
}
