package inprocess

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
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

// fleetWorld is what is around the rotate machine.
type fleetWorld struct {
	clock    *asl.VirtualClock
	machine  *asl.Machine
	engine   *jsonata.Engine
	objects  *ledger.Memory
	ledger   ledger.Store
	fleet    *fleet
	handlers map[string]task.Handler
	counts   figures.Rotation
	limit    int
}

func newFleetWorld(ctx context.Context, engine string, applications int) (*fleetWorld, error) {
	if engine == "" {
		found, err := jsonata.Find()
		if err != nil {
			return nil, err
		}
		engine = found
	}
	loaded, err := jsonata.Load(engine)
	if err != nil {
		return nil, err
	}
	machine, err := asl.Parse(statemachines.Rotate)
	if err != nil {
		return nil, err
	}
	w := &fleetWorld{clock: asl.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), machine: machine, engine: loaded, objects: ledger.NewMemory()}
	w.counts.Applications = applications
	w.ledger = ledger.New(w.objects)
	w.fleet = &fleet{clock: w.clock, files: savepoint.NewMemory(), asked: map[string]time.Time{}, takes: someTime, fails: func(flink.Application) string { return "" }}
	uploaded := artifacts.NewMemory()
	w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: uploaded, Target: w.fleet, Sender: silent{}, Clock: w.clock, Objects: w.objects,
		Snapshots: savepoint.Store{Objects: w.fleet.files, Lists: w.objects},
		Config:    task.Config{ArtifactBucket: artifactBucket, PinBucket: "ledger", LongPoll: functions.LongPoll, Poll: poll, FirstPoll: firstPoll}}}.Handlers()
	if w.limit, err = concurrency(); err != nil {
		return nil, err
	}
	return w, w.settle(ctx, uploaded)
}

// settle deploys the fleet.
func (w *fleetWorld) settle(ctx context.Context, uploaded *artifacts.Memory) error {
	resource := map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://data/savepoints"}}}
	revision, err := flink.NewRevision(resource, flink.PinnedJar{})
	if err != nil {
		return err
	}
	w.fleet.running = revision.ID
	for n := range w.counts.Applications {
		app := member(n)
		if err := w.ledger.WriteRevision(ctx, app, revision); err != nil {
			return err
		}
		if err := w.ledger.Write(ctx, ledger.Document{Schema: ledger.Schema, Application: app, Fence: 1, Current: revision.ID, LastGood: revision.ID}, ""); err != nil {
			return err
		}
		uploaded.Put(artifactBucket, app.ManifestKey(), []byte(strings.Replace(manifesttest.Deployment, "name: counter", "name: "+app.Name, 1)+rotated), w.clock.Now())
	}
	return nil
}

const rotated = `---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  snapshots: {every: 6h}
`

// someTime is how long an application's savepoints take: 10 to 70 seconds, by its name.
func someTime(a flink.Application) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(a.String())) // never fails
	return 10*time.Second + time.Duration(h.Sum32()%60)*time.Second
}

// concurrency is the limit that the machine sets.
func concurrency() (int, error) {
	var m struct {
		States struct {
			RotateEach struct{ MaxConcurrency int }
		}
	}
	err := json.Unmarshal(statemachines.Rotate, &m)
	return m.States.RotateEach.MaxConcurrency, err
}

type silent struct{}

// Send implements task.Sender.
func (silent) Send(context.Context, flink.Application, ledger.Message) error { return nil }

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
	began := w.clock.Now()
	out, err := w.handlers[f.Name](ctx, payload)
	took := w.clock.Now().Sub(began)
	w.counts.Invocations++
	w.counts.Waited += took
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
	began := w.clock.Now()
	before := heap()
	result := w.machine.Run(ctx, []byte(`{"schedule": "arn:schedule", "time": "2026-01-01T00:00:00Z"}`), asl.Options{Caller: w, Clock: w.clock, JSONata: w.engine,
		Execution: asl.Execution{ARN: "arn:aws:states:us-east-1:111122223333:execution:rotate:one", Name: "one", StateMachineName: "rotate"}})
	w.counts.HeapPerApplication = (heap() - before) / int64(w.counts.Applications)
	w.counts.Took, w.counts.Transitions = w.clock.Now().Sub(began), result.Transitions
	w.counts.Bound = w.counts.Waited / time.Duration(min(w.limit, w.counts.Applications))
	if result.Status != asl.StatusSucceeded {
		return w.counts, fmt.Errorf("the rotation ended %s, %s: %s", result.Status, result.Error, result.Cause)
	}
	for n := range w.counts.Applications {
		d, _, err := w.ledger.Document(ctx, member(n))
		if err != nil {
			return w.counts, err
		}
		if d.Lease != nil {
			return w.counts, fmt.Errorf("%s has a lease left", d.Application)
		}
		if len(d.Snapshots) == 1 && d.Snapshots[0].Verified != nil && d.Snapshots[0].Verified.Sound {
			w.counts.Proven++
		}
		if d.Rotated != nil && d.Rotated.Skipped != "" {
			w.counts.Skipped++
		}
	}
	return w.counts, nil
}

// heap is what is in use once the garbage is gone, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
