package boot

import (
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// lambdaError makes the error that aws-lambda-go reports under our own name:
// for any other type it would report the outermost Go type's.
func lambdaError(err error) error {
	return messages.InvokeResponse_Error{Type: task.ErrorName(flink.CodeOf(err)), Message: err.Error()}
}
