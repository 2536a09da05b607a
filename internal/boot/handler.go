package boot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

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
	return handler(task.Tasks{Deps: deps}.Handlers()[name]), nil
}

func find(name string) (functions.Function, error) {
	for _, f := range functions.Catalogue() {
		if f.Name == name {
			return f, nil
		}
	}
	return functions.Function{}, fmt.Errorf("there is no function %q in the catalogue", name)
}

// handler is a task as a Lambda handler, whose errors carry our own names.
type handler task.Handler

// Invoke implements lambda.Handler. A step that panics ends like one that
// failed: the machine catches it at once, and the release is settled.
func (h handler) Invoke(ctx context.Context, payload []byte) (out []byte, err error) {
	defer func() {
		if what := recover(); what != nil {
			out, err = nil, lambdaError(bug(what))
		}
	}()
	if out, err = h(ctx, payload); err != nil {
		return nil, lambdaError(err)
	}
	return out, nil
}

// bug makes an error of a panic. The stack goes to the log.
func bug(what any) error {
	err := flink.Errorf(flink.Internal, "", "a bug of Sluice's stopped this step: %v", what)
	slog.Error(err.Error(), "stack", string(debug.Stack()))
	return err
}
