package jsonata

import (
	"errors"
	"fmt"
)

// ErrUndefined says that an expression had no result. JSON cannot say
// "undefined", so Step Functions fails the state (States.QueryEvaluationError).
var ErrUndefined = errors.New("returned nothing (undefined)")

// ErrUnsupportedResult says that the result is, or contains, a function.
var ErrUnsupportedResult = errors.New("returned an unsupported result type")

// ErrTooLong says that an evaluation was stopped because it did not end.
var ErrTooLong = errors.New("took too long and was stopped: look for a recursion without an end")

// CodeNewerOperator is the Error.Code of an operator that jsonata.js has and
// Step Functions (JSONata 2.0.6) has not.
const CodeNewerOperator = "NewerOperator"

// Error is a fault in an expression, found when it was read (codes S…) or when
// it was evaluated (codes T… and D…). The codes are those of jsonata.js.
type Error struct {
	Code     string
	Message  string
	Position int // characters from the start of the expression; 0 when not known
}

func (e *Error) Error() string {
	if e.Code == "" {
		return e.Message
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}
