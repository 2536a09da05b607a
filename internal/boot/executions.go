package boot

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// executions are those of Step Functions.
type executions struct{ states *sfn.Client }

// NewExecutions makes what looks at executions of an installation, of which it
// needs no more than the endpoint, where that is not Amazon's.
func NewExecutions(cfg aws.Config, e Environment) task.Executions {
	return executions{sfn.NewFromConfig(cfg, func(o *sfn.Options) { o.BaseEndpoint = orDefault(e.StatesEndpoint) })}
}

// Describe implements task.Executions. What it says may be some moments old
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html):
// who is said to have ended has, but for a redrive, and who is said to run is
// asked again at the next tick.
func (s executions) Describe(ctx context.Context, arn string) (task.Execution, error) {
	out, err := s.states.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	var unknown *types.ExecutionDoesNotExist
	var invalid *types.InvalidArn
	switch {
	case errors.As(err, &unknown), errors.As(err, &invalid):
		return task.Execution{}, flink.Errorf(flink.NotFound, "look at execution "+arn, "%w", err)
	case err != nil:
		return task.Execution{}, flink.Errorf(flink.Unavailable, "look at execution "+arn, "%w", err)
	}
	e := task.Execution{Status: string(out.Status), Input: json.RawMessage(aws.ToString(out.Input))}
	e.Runs = out.Status == types.ExecutionStatusRunning || out.Status == types.ExecutionStatusPendingRedrive
	return e, nil
}
