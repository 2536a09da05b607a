package rest

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of no it was, and so who tries again.
type Code string

// The codes.
const (
	// Unavailable: nobody answered, only the proxy did, or the answer was cut short; so it is while a JobManager
	// restarts. The caller retries until its own deadline. A POST may have been carried out all the same.
	Unavailable Code = "Unavailable"
	// FlinkFault: Flink itself answered 500. The caller retries a few times at most: for the job of an application
	// whose main() threw, Flink 1.20 answers this for ever.
	FlinkFault Code = "FlinkFault"
	// NotFound: Flink answered that it has no such job or operation. Nobody retries; the caller decides what it means.
	// An operation is forgotten when the JobManager restarts.
	NotFound Code = "NotFound"
	// Rejected: Flink, or this package before asking it, refused the request as it stands. Nobody retries.
	Rejected Code = "Rejected"
	// Denied: the credentials, the permissions or the certificate were not good enough. Whoever holds the credentials
	// renews them once; then a person looks.
	Denied Code = "Denied"
	// Malformed: something answered that does not speak Flink's REST API as we know it. Nobody retries.
	Malformed Code = "Malformed"
)

// Error is every error this package returns.
type Error struct {
	Code    Code
	Op      string // what was being done, as in "could not <Op>"
	Status  int    // HTTP status; 0 when there was no answer
	Message string // one line, the useful one, at most about a thousand bytes
	Err     error  // what lay below, if anything: a network error, the context's
}

// Error is the sentence a person reads.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "could not %s: %s", e.Op, e.Message)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	return b.String()
}

// Unwrap gives what lay below, so that errors.Is finds context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf finds the code of an error of this package; any other error has none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func rejected(op, format string, args ...any) error {
	return &Error{Code: Rejected, Op: op, Message: fmt.Sprintf(format, args...)}
}

func malformed(op, format string, args ...any) error {
	return &Error{Code: Malformed, Op: op, Message: fmt.Sprintf(format, args...)}
}
