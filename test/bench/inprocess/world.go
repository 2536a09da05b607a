package inprocess

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

var app = flink.Application{Namespace: "team-a", Name: "counter"}

const (
	artifactBucket = "artifacts"
	lambdaInvoke   = "arn:aws:states:::lambda:invoke"
	// How the deployed functions poll: internal/boot.
	poll      = 2 * time.Second
	firstPoll = 100 * time.Millisecond
)

// world is what is around the machine.
type world struct {
	clock    *asl.VirtualClock
	machine  *asl.Machine
	engine   *jsonata.Engine
	deps     task.Deps
	handlers map[string]task.Handler
	model    *targettest.Model
	onSend   func(ledger.Message) error // nil: nobody listens
	objects  *counted
	jars     *countedArtifacts
	requests requests
	counts   figures.Release // what this execution has used so far
	runs     int
}

func newWorld(engine *jsonata.Engine) (*world, error) {
	machine, err := asl.Parse(statemachines.Release)
	if err != nil {
		return nil, err
	}
	w := &world{clock: asl.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), machine: machine, engine: engine}
	w.objects, w.jars = &counted{Memory: ledger.NewMemory(), counts: &w.requests}, &countedArtifacts{Memory: artifacts.NewMemory(), counts: &w.requests}
	w.model = targettest.NewModel(w.clock.Now, targettest.Options{})
	w.deps = task.Deps{Ledger: ledger.New(w.objects), Artifacts: w.jars, Target: w.model, Sender: w, Clock: w.clock,
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: "ledger", LongPoll: functions.LongPoll, Poll: poll, FirstPoll: firstPoll}}
	w.handlers = task.Tasks{Deps: w.deps}.Handlers()
	return w, nil
}

// Send implements task.Sender.
func (w *world) Send(_ context.Context, _ flink.Application, m ledger.Message) error {
	w.counts.Events++
	if w.onSend != nil {
		return w.onSend(m)
	}
	return nil
}

// Call implements asl.Caller: lambda:invoke of a catalogue function.
func (w *world) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct {
		FunctionName string
		Payload      json.RawMessage
	}
	if err := json.Unmarshal(arguments, &in); err != nil {
		return nil, err
	}
	for _, f := range functions.Catalogue() {
		if resource == lambdaInvoke && "${"+f.Substitution()+"}" == in.FunctionName {
			return w.invoke(ctx, f, in.Payload)
		}
	}
	return nil, fmt.Errorf("no function %s for %s here", in.FunctionName, resource)
}

func (w *world) invoke(ctx context.Context, f functions.Function, payload []byte) (json.RawMessage, error) {
	began := w.clock.Now()
	out, err := w.handlers[f.Name](ctx, payload)
	w.counts.Invocations = append(w.counts.Invocations, figures.Invocation{State: f.State, Memory: f.Memory, Waited: w.clock.Now().Sub(began)})
	if err != nil {
		return nil, &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
	}
	return json.Marshal(map[string]json.RawMessage{"Payload": out})
}

// put writes an object of the artifact bucket and makes its event.
func (w *world) put(key string, body []byte) ([]byte, error) {
	if err := w.clock.Sleep(context.Background(), time.Second); err != nil { // no two objects of one second
		return nil, err
	}
	o := w.jars.Put(artifactBucket, key, body, w.clock.Now())
	detail := events.ObjectCreatedDetail{Version: "0"}
	detail.Bucket.Name, detail.Object.Key, detail.Object.Size, detail.Object.ETag, detail.Object.VersionID = artifactBucket, key, o.Size, o.ETag, o.Version
	raw, err := json.Marshal(detail)
	if err != nil {
		return nil, err
	}
	return json.Marshal(events.Event{Version: "0", ID: o.Version, Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType, Time: w.clock.Now(), Detail: raw})
}

// run executes the machine for an event and tells what it used.
func (w *world) run(ctx context.Context, event []byte) (figures.Release, error) {
	w.runs++
	w.counts = figures.Release{}
	w.requests.reset()
	began := w.clock.Now()
	name := fmt.Sprintf("run-%d", w.runs)
	result := w.machine.Run(ctx, event, asl.Options{Caller: w, Clock: w.clock, JSONata: w.engine,
		Execution: asl.Execution{ARN: "arn:aws:states:us-east-1:111122223333:execution:release:" + name, Name: name, StateMachineName: "release"}})
	w.counts.Took, w.counts.Path, w.counts.Transitions = w.clock.Now().Sub(began), result.Path, result.Transitions
	w.counts.Requests = w.requests.made()
	var r task.Release
	if err := json.Unmarshal(result.Output, &r); err != nil {
		return w.counts, fmt.Errorf("the release ended %s, %s: %s", result.Status, result.Error, result.Cause)
	}
	w.counts.Outcome = string(r.Outcome)
	return w.counts, nil
}
