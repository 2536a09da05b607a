package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// MaxPayload is the largest input, output or result of a state, in bytes.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MaxPayload = 256 << 10

// visit is one stay in a state.
type visit struct {
	*strand
	ctx     context.Context // lives as long as the stay
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

// failed notes the end of a task that failed for good inside a branch or an
// iteration; at the top level the end of the execution says as much. So AWS was
// seen to do it, both for timeouts and for errors.
func (v *visit) failed() {
	if v.kind == "Task" && v.scope.outer != nil {
		v.record(Event{Type: "TaskStateAborted"})
	}
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

// evaluate runs steps at one moment and words the fault they meet.
func (v *visit) evaluate(extra map[string]json.RawMessage, steps func(e *evaluation) *fault) *Error {
	moment := &evaluation{visit: v, extra: extra}
	defer moment.close()
	bad := steps(moment)
	switch {
	case bad == nil:
		return nil
	case v.ctx.Err() != nil:
		return stopped
	}
	return v.evaluationFailed(bad)
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

// withinLimit holds a payload against the size that AWS allows.
func withinLimit(payload json.RawMessage, what string) *Error {
	if len(payload) <= MaxPayload {
		return nil
	}
	return &Error{ErrorDataLimitExceeded, fmt.Sprintf("%s has %d bytes, exceeding the maximum number of bytes service limit (%d): keep documents in S3 and pass references.", what, len(payload), MaxPayload)}
}
