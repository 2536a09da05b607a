package asl

import (
	"errors"
	"slices"
)

// Names that the language reserves.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const (
	ErrorAll                      = "States.ALL"
	ErrorRuntime                  = "States.Runtime"
	ErrorTimeout                  = "States.Timeout"
	ErrorHeartbeatTimeout         = "States.HeartbeatTimeout"
	ErrorTaskFailed               = "States.TaskFailed"
	ErrorPermissions              = "States.Permissions"
	ErrorDataLimitExceeded        = "States.DataLimitExceeded"
	ErrorQueryEvaluation          = "States.QueryEvaluationError"
	ErrorNoChoiceMatched          = "States.NoChoiceMatched"
	ErrorToleratedFailureExceeded = "States.ExceedToleratedFailureThreshold"
	ErrorItemReaderFailed         = "States.ItemReaderFailed"
)

// branchFailed is documented, but recorded histories show that a Parallel state
// fails with the error of its branch. A catcher for it would wait in vain.
const branchFailed = "States.BranchFailed"

// ReservedErrors are the names that start with "States." and may stand in ErrorEquals.
func ReservedErrors() []string {
	return []string{
		ErrorAll, ErrorRuntime, ErrorTimeout, ErrorHeartbeatTimeout, ErrorTaskFailed, ErrorPermissions,
		ErrorDataLimitExceeded, ErrorQueryEvaluation, ErrorNoChoiceMatched, ErrorToleratedFailureExceeded, ErrorItemReaderFailed,
	}
}

// terminal errors are matched by their own name only, never by a wildcard. AWS
// says so of the first two. Of the third its pages disagree (one reports it as
// States.Runtime), so a machine must not rely on a wildcard here.
var terminal = []string{ErrorRuntime, ErrorDataLimitExceeded, ErrorNoChoiceMatched}

// Error is how a state fails: what ErrorEquals is held against, and why.
type Error struct{ Name, Cause string }

func (e *Error) Error() string {
	if e.Cause == "" {
		return e.Name
	}
	return e.Name + ": " + e.Cause
}

// stopped is what a state answers when something outside it ended it; no
// retrier and no catcher sees it. The reason is the cause of its context.
var stopped = &Error{Name: "stopped"}

// Reasons for which an execution, or a part of it, is stopped.
var (
	errExecutionTimeout = errors.New("the execution took longer than its TimeoutSeconds")
	errSiblingFailed    = errors.New("another branch failed")
	errTaskTimeout      = errors.New("the task took longer than its TimeoutSeconds")
	errNoHeartbeat      = errors.New("the task sent no heartbeat for its HeartbeatSeconds")
)

// matches reports whether an ErrorEquals list covers an error.
func matches(names []string, name string) bool {
	if slices.Contains(names, name) {
		return true
	}
	if slices.Contains(terminal, name) {
		return false
	}
	timedOut := name == ErrorTimeout || name == ErrorHeartbeatTimeout
	for _, listed := range names {
		switch listed {
		case ErrorAll:
			return true
		case ErrorTaskFailed:
			if !timedOut {
				return true
			}
		case ErrorTimeout: // "or did not send a heartbeat", says AWS
			if timedOut {
				return true
			}
		}
	}
	return false
}

// failureOf turns what a Caller answered into an Error.
func failureOf(err error) *Error {
	var named *Error
	if errors.As(err, &named) {
		if named.Name == "" {
			return &Error{Name: ErrorTaskFailed, Cause: named.Cause}
		}
		return &Error{Name: named.Name, Cause: named.Cause}
	}
	return &Error{Name: ErrorTaskFailed, Cause: err.Error()}
}
