package events

import (
	"encoding/json"
	"fmt"
)

// Step Functions sends this event on the default bus whenever the status of a
// Standard execution changes, at best effort: it may never come, which is why
// whoever reads it also looks by a schedule
// (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html).
// It is read by the rule that starts the machine that recovers.
const (
	ExecutionChangedSource = "aws.states"
	ExecutionChangedType   = "Step Functions Execution Status Change"
)

// The statuses of an execution that ended without an answer. A machine's own
// Fail states are among the first.
const (
	ExecutionFailed   = "FAILED"
	ExecutionTimedOut = "TIMED_OUT"
	ExecutionAborted  = "ABORTED"
)

// ExecutionChangedDetail is the detail of such an event, as far as anybody here
// reads it (https://docs.aws.amazon.com/step-functions/latest/dg/cw-events.html).
type ExecutionChangedDetail struct {
	ExecutionArn    string `json:"executionArn"`
	StateMachineArn string `json:"stateMachineArn"`
	Name            string `json:"name"`
	Status          string `json:"status"`           // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE
	StartDate       int64  `json:"startDate"`        // milliseconds since 1970
	StopDate        *int64 `json:"stopDate"`         // the same; null while it runs
	Input           string `json:"input,omitempty"`  // JSON in a text; left out when it is too large for an event
	Error           string `json:"error,omitempty"`  // of FAILED, TIMED_OUT and ABORTED
	Cause           string `json:"cause,omitempty"`  // in words
	Output          string `json:"output,omitempty"` // of SUCCEEDED
}

// ExecutionChanged reads the detail; false when the event is another's.
func ExecutionChanged(e Event) (d ExecutionChangedDetail, ok bool, err error) {
	if e.Source != ExecutionChangedSource || e.DetailType != ExecutionChangedType {
		return d, false, nil
	}
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return d, true, fmt.Errorf("the detail of %s is not of its form: %w", ExecutionChangedType, err)
	}
	if d.ExecutionArn == "" || d.StateMachineArn == "" || d.Status == "" {
		return d, true, fmt.Errorf("the event %s names no execution, no machine or no status", ExecutionChangedType)
	}
	return d, true, nil
}

// ExecutionsDied is the pattern of the rule that starts the machine that
// recovers: executions of those machines that ended without an answer. Most of
// them have settled what they did, which their event does not tell. machines
// are ARNs or, in a template, tokens.
func ExecutionsDied(machines ...any) Pattern {
	return Pattern{
		Source:     []string{ExecutionChangedSource},
		DetailType: []string{ExecutionChangedType},
		Detail: map[string]any{
			"status":          []any{ExecutionFailed, ExecutionTimedOut, ExecutionAborted},
			"stateMachineArn": machines,
		},
	}
}
