package inprocess

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// MeasureRotation has the savepoints of so many applications rotated, all of them due at
// once, by the real machine and the real handlers. engine is as in Measure.
func MeasureRotation(ctx context.Context, engine string, applications int) (figures.Rotation, error) {
	w, err := newFleetWorld(ctx, engine, applications)
	if err != nil {
		return figures.Rotation{}, err
	}
	return w.rotate(ctx)
}

// Call implements asl.Caller.
func (w *fleetWorld) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct {
		FunctionName, Key string
		Payload           json.RawMessage
	}
	if err := json.Unmarshal(arguments, &in); err != nil {
		return nil, err
	}
	if resource == asl.ReadObject {
		body, _, err := w.objects.Get(ctx, in.Key)
		return body, err
	}
	for _, f := range functions.Of(functions.Rotate) {
		if resource == lambdaInvoke && "${"+f.Substitution()+"}" == in.FunctionName {
			return w.invoke(ctx, f, in.Payload)
		}
	}
	return nil, fmt.Errorf("no function %s for %s here", in.FunctionName, resource)
}

// invoke calls a function. Branches of the machine take turns on the clock, so
// that nothing else counts meanwhile.
func (w *fleetWorld) invoke(ctx context.Context, f functions.Function, payload []byte) (json.RawMessage, error) {
	began, really := w.clock.Now(), time.Now()
	out, err := w.handlers[f.Name](ctx, payload)
	if f.State == "ListDue" {
		w.counts.Listing = time.Since(really)
	}
	took := w.clock.Now().Sub(began)
	w.counts.Invocations++
	w.counts.GB += float64(f.Memory) / 1024
	w.counts.GBSeconds += took.Seconds() * float64(f.Memory) / 1024
	w.counts.LargestDocument = max(w.counts.LargestDocument, len(out))
	if err != nil {
		return nil, &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
	}
	return json.Marshal(map[string]json.RawMessage{"Payload": out})
}

// rotate lets the schedule fire once, and counts.
func (w *fleetWorld) rotate(ctx context.Context) (figures.Rotation, error) {
	w.requests.reset()
	began, before := w.clock.Now(), heap()
	result := w.machine.Run(ctx, []byte(`{"schedule": "arn:schedule", "time": "2026-01-01T00:00:00Z"}`), asl.Options{Caller: w, Clock: w.clock, JSONata: w.engine,
		Execution: asl.Execution{ARN: "arn:aws:states:us-east-1:111122223333:execution:rotate:one", Name: "one", StateMachineName: "rotate"}})
	w.counts.HeapPerApplication = (heap() - before) / int64(w.counts.Applications)
	w.counts.Took, w.counts.Transitions, w.counts.Requests = w.clock.Now().Sub(began), result.Transitions, w.requests.made()
	if result.Status != asl.StatusSucceeded {
		return w.counts, fmt.Errorf("the rotation ended %s, %s: %s", result.Status, result.Error, result.Cause)
	}
	err := w.look(ctx)
	return w.counts, err
}

// look counts how the rotations of all applications went. However they are
// ordered, they take no less than their savepoints do, divided by the limit.
func (w *fleetWorld) look(ctx context.Context) error {
	for n := range w.counts.Applications {
		d, _, err := w.ledger.Document(ctx, member(n))
		if err != nil {
			return err
		}
		if d.Lease != nil {
			return fmt.Errorf("%s has a lease left", d.Application)
		}
		if len(d.Snapshots) == 1 && d.Snapshots[0].Verified != nil && d.Snapshots[0].Verified.Sound {
			w.counts.Proven++
		}
		if d.Rotated != nil && d.Rotated.Skipped != "" {
			w.counts.Skipped++
		}
	}
	w.counts.Bound = w.fleet.work() / time.Duration(min(w.limit, w.counts.Applications))
	return nil
}

// heap is what is in use once the garbage is gone, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
