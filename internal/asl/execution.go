package asl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// How an execution ends.
const (
	StatusSucceeded = "SUCCEEDED"
	StatusFailed    = "FAILED"
	StatusTimedOut  = "TIMED_OUT"
	StatusAborted   = "ABORTED"
)

// Caller does what a Task's resource names.
type Caller interface {
	// Call returns the task's result as JSON. An *Error says how the task failed;
	// any other error is States.TaskFailed. It must return soon after ctx is
	// done: a timeout, an abort and the failure of another branch end it so.
	Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error)
}

// Idle lets time pass on behalf of a Task that waits for its token, until
// answered says true, ctx is done or the time has come. Where tokens are
// answered on another clock than the execution's, Options.Idle keeps the two together.
type Idle func(ctx context.Context, until time.Time, answered func() bool)

// Execution is what $states.context says of the execution and its machine.
type Execution struct {
	ARN, Name                         string
	StateMachineARN, StateMachineName string
	RoleARN                           string
	Start                             time.Time // zero: the clock's time when Run is called
}

// Options are what an execution needs.
type Options struct {
	Caller    Caller          // may be nil if the machine has no Task
	Tokens    *Tokens         // may be nil if no Task waits for a token
	Idle      Idle            // how a Task waits for its token; nil: the Clock sleeps
	Clock     Clock           // nil: RealClock
	JSONata   *jsonata.Engine // may be nil if the machine has no expression
	Execution Execution
	Observe   func(Event) // called for every event, in order, never concurrently; may be nil
	Rand      rand.Source // jitter, $random and $uuid; nil: unpredictable
}

// Result is how an execution ended.
type Result struct {
	Status      string // one of the Status constants
	Output      json.RawMessage
	Error       string
	Cause       string
	Path        []string // the states that were entered, in order, those of branches and iterations included
	Transitions int      // what AWS bills: states entered, and retries
}

// run is what all strands of one execution share.
type run struct {
	Options
	random *rand.Rand // nil: unpredictable

	observing sync.Mutex // children of a distributed Map have histories of their own

	mu          sync.Mutex
	path        []string
	transitions int
}

// Run executes the machine and returns when it has ended. A cancelled ctx aborts it.
func (m *Machine) Run(ctx context.Context, input json.RawMessage, o Options) Result {
	r := newRun(o)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if m.timeout > 0 {
		limited, _, stop := withDeadline(ctx, r.Clock, m.timeout, errExecutionTimeout, false)
		defer stop()
		ctx = limited
	}
	top := r.strand(r.Execution, cancel)
	compacted, err := compact(input)
	if err != nil {
		return Result{Status: StatusFailed, Error: ErrorRuntime, Cause: "the input of the execution is not JSON: " + err.Error()}
	}
	top.input = compacted
	top.history.add(Event{Type: "ExecutionStarted", Input: compacted})
	output, failure := top.begin(ctx, m.top, compacted)
	result := conclude(ctx, output, failure)
	top.history.end(Event{Type: endTypes[result.Status], Output: result.Output, Error: result.Error, Cause: result.Cause})
	result.Path, result.Transitions = slices.Clone(r.path), r.transitions
	return result
}

func newRun(o Options) *run {
	if o.Clock == nil {
		o.Clock = RealClock{}
	}
	if o.Execution.Start.IsZero() {
		o.Execution.Start = o.Clock.Now()
	}
	r := &run{Options: o}
	if o.Rand != nil {
		r.random = rand.New(&lockedSource{source: o.Rand})
	}
	return r
}

// strand starts a history of its own: the execution's, or that of a child of a
// distributed Map.
func (r *run) strand(execution Execution, cancel context.CancelCauseFunc) *strand {
	return &strand{
		run: r, execution: execution, scope: &scope{own: map[string]json.RawMessage{}},
		history: &history{execution: execution.ARN, full: cancel, observe: r.observe, now: r.Clock.Now},
	}
}

func (r *run) observe(event Event) {
	if r.Observe == nil {
		return
	}
	r.observing.Lock()
	defer r.observing.Unlock()
	r.Observe(event)
}

var endTypes = map[string]string{
	StatusSucceeded: "ExecutionSucceeded", StatusFailed: "ExecutionFailed",
	StatusTimedOut: "ExecutionTimedOut", StatusAborted: "ExecutionAborted",
}

// conclude says how an execution ended, from what its states answered and from
// what stopped it.
func conclude(ctx context.Context, output json.RawMessage, failure *Error) Result {
	switch {
	case failure == nil:
		return Result{Status: StatusSucceeded, Output: output}
	case ctx.Err() == nil:
		return Result{Status: StatusFailed, Error: failure.Name, Cause: failure.Cause}
	}
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errHistoryFull):
		return Result{Status: StatusFailed, Error: ErrorRuntime, Cause: cause.Error()}
	case errors.Is(cause, errExecutionTimeout):
		return Result{Status: StatusTimedOut, Error: ErrorTimeout, Cause: cause.Error()}
	}
	return Result{Status: StatusAborted, Cause: cause.Error()}
}

// compact makes sizes comparable with those that AWS counts; nothing is null.
func compact(raw json.RawMessage) (json.RawMessage, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return json.RawMessage("null"), nil
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// lockedSource lets strands share a source.
type lockedSource struct {
	mu     sync.Mutex
	source rand.Source
}

func (l *lockedSource) Uint64() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source.Uint64()
}
