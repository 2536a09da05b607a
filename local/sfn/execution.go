package sfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
)

// StatusRunning is the status of an execution that has not ended; the others are asl's.
const StatusRunning = "RUNNING"

// Machine is a state machine that can be executed.
type Machine struct {
	ARN, Name, RoleARN string
	Definition         []byte // Amazon States Language, JSONata
}

// Execution is one run of a machine.
type Execution struct {
	ARN        string          `json:"arn"`
	Name       string          `json:"name"`
	MachineARN string          `json:"machineArn"`
	Status     string          `json:"status"` // RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Started    time.Time       `json:"started"`
	Ended      time.Time       `json:"ended,omitzero"`
	Input      json.RawMessage `json:"input"`
	Output     json.RawMessage `json:"output,omitempty"`
	Error      string          `json:"error,omitempty"`
	Cause      string          `json:"cause,omitempty"`
}

// Event is an entry of an execution's history: asl's, as it is written to the file.
type Event struct {
	ID        int             `json:"id"`
	Execution string          `json:"execution"`
	Type      string          `json:"type"`
	State     string          `json:"state,omitempty"`
	Time      time.Time       `json:"time"`
	Input     json.RawMessage `json:"input,omitempty"`
	Output    json.RawMessage `json:"output,omitempty"`
	Error     string          `json:"error,omitempty"`
	Cause     string          `json:"cause,omitempty"`
	Resource  string          `json:"resource,omitempty"`
	Index     int             `json:"index,omitempty"`
	Location  string          `json:"location,omitempty"`
}

// ended is the execution with asl's result.
func (e Execution) ended(r asl.Result, at time.Time) Execution {
	e.Status, e.Output, e.Error, e.Cause, e.Ended = r.Status, r.Output, r.Error, r.Cause, at
	return e
}

// Error is a refusal, under the code that the service's API has for it.
// Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Codes of refusals.
const (
	ExecutionAlreadyExists   = "ExecutionAlreadyExists"
	ExecutionDoesNotExist    = "ExecutionDoesNotExist"
	StateMachineDoesNotExist = "StateMachineDoesNotExist"
	InvalidName              = "InvalidName"
	InvalidExecutionInput    = "InvalidExecutionInput"
)

func refuse(code, message string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(message, args...)}
}

// IsRefused reports whether an error is a refusal with that code.
func IsRefused(err error, code string) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Code == code
}

// Limits of an execution's name and input.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const (
	maxName  = 80      // characters
	maxInput = 1 << 18 // bytes
)

func checkName(name string) error {
	if name == "" || len([]rune(name)) > maxName {
		return refuse(InvalidName, "the name of an execution has 1 to %d characters, not %d", maxName, len([]rune(name)))
	}
	bad := func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r <= 0x9f || strings.ContainsRune("<>{}[]?*\"#%\\^|~`$&,;:/", r)
	}
	if i := strings.IndexFunc(name, bad); i >= 0 {
		return refuse(InvalidName, "the name %q of an execution has a character that is not allowed", name)
	}
	return nil
}

func checkInput(input []byte) error {
	switch {
	case len(input) > maxInput:
		return refuse(InvalidExecutionInput, "the input has %d bytes, at most %d are allowed", len(input), maxInput)
	case !json.Valid(input):
		return refuse(InvalidExecutionInput, "the input is no JSON")
	}
	return nil
}
