package sim

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// sweep plants a bug in what recovery alone uses.
func sweep(plant func(*task.Tasks)) Mutant {
	return Mutant{Handlers: func(t task.Tasks, h map[string]task.Handler) {
		plant(&t)
		h["sweep"] = t.Handlers()["sweep"]
	}}
}

// allOf says of all executions that they run, or that they have ended.
type allOf struct {
	task.Executions
	run bool
}

func (a allOf) Describe(ctx context.Context, arn string) (task.Execution, error) {
	e, err := a.Executions.Describe(ctx, arn)
	e.Runs = a.run
	return e, err
}

// nowhere is where messages are lost.
type nowhere struct{}

func (nowhere) Send(context.Context, flink.Application, ledger.Message) error { return nil }

// unwritten is a cluster that does not say who has written what is there.
type unwritten struct{ flink.Target }

func (u unwritten) Observe(ctx context.Context, a flink.Application) (flink.Observation, error) {
	o, err := u.Target.Observe(ctx, a)
	o.Spec.Release = ""
	return o, err
}

func bringBackTheOldest(d *ledger.Document) {
	if len(d.History) > 1 && d.Applied != "" {
		d.Current = d.History[0].Revision
	}
}

func undoFromTheOldest(ctx context.Context, t task.Tasks, r *task.Release) {
	d, _, err := t.Ledger.Document(ctx, r.Application)
	if err == nil && r.Change.By == task.RecoveredBy && len(d.Snapshots) > 0 {
		r.Stopped, r.Plan.Restore = nil, flink.Restore{Kind: flink.RestoreSnapshot, Path: d.Snapshots[0].Path}
	}
}
