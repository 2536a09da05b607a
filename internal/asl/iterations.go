package asl

import (
	"context"
	"encoding/json"
	"fmt"
)

// iterations is the work of one attempt at a Map state.
type iterations struct {
	state   *mapState
	items   []json.RawMessage // as they were
	inputs  []json.RawMessage // as ItemSelector shaped them
	results []json.RawMessage
	limit   int
	count   float64 // failures tolerated; below 0: not said
	part    float64 // percent of failures tolerated; below 0: not said
}

func (w *iterations) readTolerance(v *visit) *Error {
	var err *Error
	if w.count, err = v.number(w.state.toleratedCount, "ToleratedFailureCount", -1, 0, 1<<31, true); err != nil {
		return err
	}
	w.part, err = v.number(w.state.toleratedPart, "ToleratedFailurePercentage", -1, 0, 100, false)
	return err
}

// tolerates reports whether the Map goes on after so many failures: neither of
// the thresholds that were given may be exceeded.
func (w *iterations) tolerates(failed int) bool {
	if w.count < 0 && w.part < 0 {
		return false
	}
	if w.count >= 0 && float64(failed) > w.count {
		return false
	}
	return w.part < 0 || float64(failed)*100 <= w.part*float64(len(w.inputs))
}

// iterate processes one item. The result of a failure that is tolerated is its
// error output.
func (w *iterations) iterate(ctx context.Context, v *visit, i int) *Error {
	item := &mapItem{Index: i, Value: w.items[i]}
	if w.state.distributed {
		return w.keep(i, w.child(ctx, v, item))
	}
	note := func(event Event) {
		event.Index = i
		v.record(event)
	}
	note(Event{Type: "MapIterationStarted"})
	output, err := v.branch(item).walk(ctx, w.state.processor, w.inputs[i])
	w.results[i] = output
	switch {
	case err == nil:
		note(Event{Type: "MapIterationSucceeded"})
	case err == stopped:
		note(Event{Type: "MapIterationAborted"})
	default:
		note(Event{Type: "MapIterationFailed", Error: err.Name, Cause: err.Cause})
	}
	return w.keep(i, err)
}

func (w *iterations) keep(i int, err *Error) *Error {
	if err != nil {
		w.results[i] = errorOutput(err)
	}
	return err
}

// child runs an item as an execution of its own.
func (w *iterations) child(ctx context.Context, v *visit, item *mapItem) *Error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	execution := v.execution
	execution.Name = fmt.Sprintf("%s-%d-%d", w.state.name, v.retries, item.Index)
	execution.ARN = fmt.Sprintf("%s/%s", v.execution.ARN, execution.Name)
	execution.Start = v.Clock.Now()
	input := w.inputs[item.Index]
	child := v.run.strand(execution, cancel)
	child.input, child.item = input, item
	child.history.add(Event{Type: "ExecutionStarted", Input: input})
	output, failure := child.begin(ctx, w.state.processor, input)
	result := conclude(ctx, output, failure)
	child.history.end(Event{Type: endTypes[result.Status], Output: result.Output, Error: result.Error, Cause: result.Cause})
	w.results[item.Index] = result.Output
	switch result.Status {
	case StatusSucceeded:
		return nil
	case StatusFailed:
		return &Error{result.Error, result.Cause}
	}
	return stopped
}
