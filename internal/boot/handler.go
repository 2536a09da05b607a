package boot

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// Handler makes the named function's handler out of an environment.
func Handler(ctx context.Context, name string, env func(string) string) (lambda.Handler, error) {
	f, err := find(name)
	if err != nil {
		return nil, err
	}
	e, err := Read(f, env)
	if err != nil {
		return nil, fmt.Errorf("the environment of function %s is not complete:\n%w", name, err)
	}
	deps, err := wire(ctx, f, e)
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", name, err)
	}
	return handlers(task.Tasks{Deps: deps})[name], nil
}

func find(name string) (functions.Function, error) {
	for _, f := range functions.Catalogue() {
		if f.Name == name {
			return f, nil
		}
	}
	return functions.Function{}, fmt.Errorf("there is no function %q in the catalogue", name)
}

// handlers gives each function of the catalogue its task.
func handlers(t task.Tasks) map[string]lambda.Handler {
	return map[string]lambda.Handler{
		"admit":          handler[task.AdmitInput](t.Admit),
		"prepare":        handler[task.Release](t.Prepare),
		"take-savepoint": handler[task.Release](t.TakeSavepoint),
		"stop":           handler[task.Release](t.Stop),
		"apply":          handler[task.Release](t.Apply),
		"observe":        handler[task.Release](t.Observe),
		"promote":        handler[task.Release](t.Promote),
		"roll-back":      handler[task.Release](t.RollBack),
		"settle":         handler[task.Release](t.Settle),
	}
}

// handler is a task as a Lambda handler: JSON in, JSON or a named error out.
type handler[In any] func(context.Context, In) (task.Release, error)

// Invoke implements lambda.Handler.
func (h handler[In]) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var in In
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, lambdaError(flink.Errorf(flink.Internal, "read the state's input", "%w", err))
	}
	out, err := h(ctx, in)
	if err != nil {
		return nil, lambdaError(err)
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, lambdaError(flink.Errorf(flink.Internal, "write the state's output", "%w", err))
	}
	return b, nil
}
