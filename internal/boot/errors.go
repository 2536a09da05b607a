package boot

import (
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/sluice-flink/sluice/internal/flink"
)

// ErrorName is the name under which the state machines retry and catch a code.
func ErrorName(c flink.Code) string { return "Sluice." + string(c) }

// ErrorNames lists the names that functions can end with.
func ErrorNames() []string {
	var names []string
	for _, c := range flink.Codes() {
		names = append(names, ErrorName(c))
	}
	return names
}

// lambdaError makes the error that aws-lambda-go reports under our own name:
// for any other type it would report the outermost Go type's.
func lambdaError(err error) error {
	return messages.InvokeResponse_Error{Type: ErrorName(flink.CodeOf(err)), Message: err.Error()}
}
