package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// Error types that Lambda itself reports.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (Sandbox.Timedout)
// and https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html (Runtime.ExitError).
const (
	TimedOut  = "Sandbox.Timedout"
	ExitError = "Runtime.ExitError"
)

// ErrNoFunction is wrapped where the function that is asked for is not there.
var ErrNoFunction = errors.New("there is no such function")

// Failure is what an invocation that failed answers.
type Failure struct {
	Type    string          // what a state machine's ErrorEquals is held against
	Message string          // for people
	Payload json.RawMessage // the whole answer: errorType, errorMessage and, if there is one, stackTrace
}

func (f *Failure) Error() string { return f.Type + ": " + f.Message }

// failureOf reports an error as the Go runtime of Lambda does: an
// InvokeResponse_Error as it is, any other by the name of its outermost Go type.
// Source: github.com/aws/aws-lambda-go/lambda, errors.go
func failureOf(err error) *Failure {
	if answer, ok := err.(messages.InvokeResponse_Error); ok { //nolint:errorlint // a wrapped one loses its type on AWS, too
		return answered(answer)
	}
	return answered(messages.InvokeResponse_Error{Type: typeName(err), Message: err.Error()})
}

// panicked reports a panic by the name of the Go type of its value.
func panicked(value any) *Failure {
	if answer, ok := value.(messages.InvokeResponse_Error); ok {
		return answered(answer)
	}
	return answered(messages.InvokeResponse_Error{Type: typeName(value), Message: fmt.Sprint(value), StackTrace: stack()})
}

func answered(answer messages.InvokeResponse_Error) *Failure {
	payload, err := json.Marshal(answer)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	return &Failure{Type: answer.Type, Message: answer.Message, Payload: payload}
}

func typeName(value any) string {
	t := reflect.TypeOf(value)
	if t == nil {
		return "PanicNilError"
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// stack lists the frames of the panic that is being recovered from.
func stack() []*messages.InvokeResponse_Error_StackFrame {
	const above = 4 // Callers, stack, panicked and the deferred function
	programCounters := make([]uintptr, 32)
	frames := runtime.CallersFrames(programCounters[:runtime.Callers(above, programCounters)])
	var all []*messages.InvokeResponse_Error_StackFrame
	for {
		frame, more := frames.Next()
		all = append(all, &messages.InvokeResponse_Error_StackFrame{Path: frame.File, Line: int32(frame.Line), Label: frame.Function})
		if !more {
			return all
		}
	}
}

func timedOut(request string, after time.Duration) *Failure {
	return answered(messages.InvokeResponse_Error{Type: TimedOut, Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", request, after.Seconds())})
}

func exited(request, why string) *Failure {
	return answered(messages.InvokeResponse_Error{Type: ExitError, Message: fmt.Sprintf("RequestId: %s Error: %s", request, why)})
}

// errTimeout is the cause with which the context of an invocation ends at its function's timeout.
var errTimeout = errors.New("the function's timeout is over")

// deadlineOver tells the function's own timeout from every other end of a context.
func deadlineOver(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errTimeout) }

// errHandlersRun is what Close answers when handlers do not end.
var errHandlersRun = errors.New("a function's handler goes on although its context has ended; it is left behind")
