package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// MaxPayload is the largest input, output or result of a state, in bytes.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MaxPayload = 256 << 10

// visit is one stay in a state.
type visit struct {
	*strand
	ctx     context.Context //nolint:containedctx // lives as long as the stay
	name    string
	kind    string
	input   json.RawMessage
	id      int // of the event with which the state was entered
	entered time.Time
	retries int
	token   string // of a task that waits for one
}

func (v *visit) record(event Event) int {
	event.State = v.name
	return v.history.add(event)
}

// leave assigns variables and notes that the state was left.
func (v *visit) leave(left exit) *Error {
	if err := v.scope.assign(left.assign); err != nil {
		return v.failure(err.Name, err.Cause)
	}
	v.record(Event{Type: v.kind + "StateExited", Output: left.output})
	return nil
}

// abort notes that something outside the state ended it.
func (v *visit) abort() *Error {
	switch v.kind {
	case "Task", "Wait", "Parallel", "Map": // the only ones that take time
		v.record(Event{Type: v.kind + "StateAborted"})
	}
	return stopped
}

// failure words an error as AWS does.
func (v *visit) failure(name, cause string) *Error {
	return &Error{name, fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). %s", v.name, v.id, cause)}
}

// evaluationFailed notes and words a fault in a JSONata field.
func (v *visit) evaluationFailed(bad *fault) *Error {
	err := v.failure(ErrorQueryEvaluation, bad.cause)
	v.record(Event{Type: "EvaluationFailed", Error: err.Name, Cause: err.Cause, Location: bad.location})
	return err
}

// evaluate opens the moment that steps see: variables as they were when the
// state was entered, and $states with input, context and what extra adds.
func (v *visit) evaluate(extra map[string]json.RawMessage, steps func(e *evaluation) *fault) *Error {
	if v.JSONata == nil {
		return v.failure(ErrorRuntime, "Options.JSONata is missing, without which expressions cannot be evaluated.")
	}
	session, err := v.JSONata.Open(jsonata.Env{Variables: v.variables(extra), Now: v.Clock.Now, Rand: v.random})
	if err != nil {
		return v.failure(ErrorRuntime, err.Error())
	}
	defer session.Close()
	if bad := steps(&evaluation{v.ctx, session}); bad != nil {
		if v.ctx.Err() != nil {
			return stopped
		}
		return v.evaluationFailed(bad)
	}
	return nil
}

func (v *visit) variables(extra map[string]json.RawMessage) map[string]json.RawMessage {
	reserved := map[string]json.RawMessage{"input": v.input, "context": v.contextObject()}
	for name, value := range extra {
		reserved[name] = value
	}
	all := v.scope.all()
	all["states"], _ = json.Marshal(reserved) // JSON already
	return all
}

// ending is how a state wants to be left.
type ending struct {
	output, assign *template
	prefix         string                     // of the fields' names in messages
	extra          map[string]json.RawMessage // of $states
	otherwise      json.RawMessage            // the output when there is no Output
	next           string
}

// settle evaluates Output and Assign, both against the same values.
func (v *visit) settle(e ending) (exit, *Error) {
	left := exit{output: e.otherwise, next: e.next}
	if e.output != nil || e.assign != nil {
		err := v.evaluate(e.extra, func(moment *evaluation) *fault { return moment.settle(e, &left) })
		if err != nil {
			return exit{}, err
		}
	}
	if err := withinLimit(left.output, "the output of the state"); err != nil {
		return exit{}, v.failure(err.Name, err.Cause)
	}
	return left, nil
}

func (e *evaluation) settle(want ending, left *exit) *fault {
	if want.output != nil {
		output, bad := e.value(want.output, want.prefix+"Output")
		if bad != nil {
			return bad
		}
		left.output = output
	}
	if want.assign == nil {
		return nil
	}
	left.assign = map[string]json.RawMessage{}
	for i, name := range want.assign.names {
		value, bad := e.value(want.assign.items[i], want.prefix+"Assign/"+name)
		if bad != nil {
			return bad
		}
		left.assign[name] = value
	}
	return nil
}

// withinLimit holds a payload against the size that AWS allows.
func withinLimit(payload json.RawMessage, what string) *Error {
	if len(payload) <= MaxPayload {
		return nil
	}
	return &Error{ErrorDataLimitExceeded, fmt.Sprintf("%s has %d bytes, exceeding the maximum number of bytes service limit (%d): keep documents in S3 and pass references.", what, len(payload), MaxPayload)}
}
