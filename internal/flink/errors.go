package flink

import (
	"errors"
	"fmt"
)

// Code says what kind of error it is and so who tries again.
type Code string

// The codes. Their Lambda error names are made in internal/boot.
const (
	// Unavailable: something outside did not answer or answered that it cannot now. The state machine retries.
	Unavailable Code = "Unavailable"
	// Conflict: somebody else wrote first. The state machine retries, and the step reads again.
	Conflict Code = "Conflict"
	// LeaseLost: another release holds the application. Nobody retries; this execution ends.
	LeaseLost Code = "LeaseLost"
	// Invalid: what the user gave cannot be released. The user mends it; the message says how.
	Invalid Code = "Invalid"
	// Refused: the cluster or Flink said no to a well-formed request. Nobody retries; the release is undone.
	Refused Code = "Refused"
	// NotFound: the thing does not exist. The caller decides what that means.
	NotFound Code = "NotFound"
	// Internal: a bug of ours. Nobody retries.
	Internal Code = "Internal"
)

// Codes lists every code, for the test that holds the machines' ErrorEquals against them.
func Codes() []Code {
	return []Code{Unavailable, Conflict, LeaseLost, Invalid, Refused, NotFound, Internal}
}

// Error is an error of the core or of an adapter of its ports.
type Error struct {
	Code Code
	Op   string // what was being done, as in "could not <Op>"
	Err  error
}

// Error is the sentence a person reads. Every adapter fails with an Error, so
// this is where its words, and those of what lies below, become fit to be told.
func (e *Error) Error() string {
	if e.Op == "" {
		return Foreign(e.Err.Error(), MaxSentence)
	}
	return Foreign(fmt.Sprintf("%s: %v", e.Op, e.Err), MaxSentence)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf finds the code of an error; an error without one is Internal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Errorf makes an Error.
func Errorf(code Code, op, format string, args ...any) error {
	return &Error{Code: code, Op: op, Err: fmt.Errorf(format, args...)}
}
