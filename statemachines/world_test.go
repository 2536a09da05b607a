package statemachines_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

var (
	app   = flink.Application{Namespace: "team-a", Name: "counter"}
	begin = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
)

const (
	artifactBucket, ledgerBucket = "artifacts", "ledger"
	machineARN                   = "arn:aws:states:eu-west-1:111122223333:stateMachine:release"
)

// world is everything around the release machine: the real machine and the
// real handlers over a model of operator and Flink, with a clock of its own.
type world struct {
	t          *testing.T
	clock      *asl.VirtualClock
	target     *targettest.Model
	ledger     ledger.Store
	objects    *ledger.Memory // what the ledger lies in
	saved      *savepoints
	artifacts  *artifacts.Memory
	machine    *asl.Machine
	engine     *jsonata.Engine
	handlers   map[string]task.Handler
	sent       []ledger.Message
	tokens     *asl.Tokens
	after      func(state string)       // what happens once a state's function has returned
	before     func(state string) error // what happens before a state's function is called
	runs       int
	asked      int
	others     []flink.Application // that something was asked of
	sameSecond bool
	uploaded   time.Time // the newest object
	abort      func()    // ends the execution that runs, as StopExecution does
	onSend     func(ledger.Message)
	name       string // of the next execution; empty: the next number's
	executions map[string]task.Execution
	died       []byte                      // the event of the execution that died last
	mute       bool                        // nothing can be sent
	unheard    string                      // the state whose function's next answer is lost
	refuses    map[ledger.MessageKind]bool // nor can messages of these kinds
}

func newWorld(t *testing.T) *world {
	t.Helper()
	path, err := jsonata.Find()
	must(t, err)
	engine, err := jsonata.Load(path)
	must(t, err)
	machine, err := asl.Parse(statemachines.Release)
	must(t, err)
	objects := ledger.NewMemory()
	w := &world{t: t, executions: map[string]task.Execution{}, clock: asl.NewVirtualClock(begin), ledger: ledger.New(objects), objects: objects, artifacts: artifacts.NewMemory(), machine: machine, engine: engine, tokens: asl.NewTokens()}
	w.target = targettest.NewModel(w.clock.Now, targettest.Options{})
	w.saved = &savepoints{Model: w.target, files: savepoint.NewMemory(), clock: w.clock}
	w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: w.artifacts, Target: w.saved, Sender: w, Executions: w, Clock: w.clock,
		Objects: objects, Snapshots: savepoint.Store{Objects: w.saved, Lists: objects},
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, LongPoll: functions.LongPoll, Poll: 2 * time.Second,
			LastWord: functions.LastWord, ReleaseMachine: machineARN}}}.Handlers()
	return w
}

// Send implements task.Sender.
func (w *world) Send(_ context.Context, _ flink.Application, m ledger.Message) error {
	if w.mute || w.refuses[m.Kind] {
		return flink.Errorf(flink.Unavailable, "send "+m.Name, "planted")
	}
	if m.Kind == ledger.EndWait {
		var wake ledger.Wake
		must(w.t, json.Unmarshal(m.Payload, &wake))
		_ = w.tokens.SendTaskSuccess(wake.Token, json.RawMessage("{}")) // who does not sleep any more needs no waking
		return nil
	}
	w.sent = append(w.sent, m)
	if w.onSend != nil {
		w.onSend(m)
	}
	return nil
}

// onFirstRepair runs the first release that is to be started at once, and then does
// what comes of it; what is sent later is sent alone.
func (w *world) onFirstRepair(then func()) {
	w.onSend = func(m ledger.Message) {
		if m.Kind == ledger.StartRelease {
			w.onSend = nil
			w.run(m.Payload)
			then()
		}
	}
}

// Call implements asl.Caller: lambda:invoke of a catalogue function.
func (w *world) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	if resource == asl.ReadObject {
		return w.readObject(ctx, arguments)
	}
	if strings.TrimSuffix(resource, ".waitForTaskToken") != "arn:aws:states:::lambda:invoke" {
		return nil, fmt.Errorf("no resource %s here", resource)
	}
	var in struct {
		FunctionName string
		Payload      json.RawMessage
	}
	must(w.t, json.Unmarshal(arguments, &in))
	for _, f := range functions.Catalogue() {
		if "${"+f.Substitution()+"}" == in.FunctionName {
			return w.invoke(ctx, f, in.Payload)
		}
	}
	return nil, fmt.Errorf("no function %s", in.FunctionName)
}

func (w *world) invoke(ctx context.Context, f functions.Function, payload []byte) (json.RawMessage, error) {
	if w.before != nil {
		if err := w.before(f.State); err != nil {
			return nil, failure(err)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	w.saved.alive()
	out, err := w.handlers[f.Name](ctx, payload)
	if w.after != nil {
		w.after(f.State)
	}
	if w.unheard == f.State {
		w.unheard = ""
		return nil, &asl.Error{Name: "Lambda.Unknown", Cause: "planted: the answer is lost"}
	}
	if err != nil {
		return nil, failure(err)
	}
	return json.Marshal(map[string]json.RawMessage{"Payload": out})
}

// failure is an error as Lambda reports it: ours by its code, any other name as it is.
func failure(err error) error {
	var named *asl.Error
	if errors.As(err, &named) {
		return named
	}
	return &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
}

// put writes an object of the artifact bucket and returns its event.
func (w *world) put(key string, body []byte) []byte {
	if !w.sameSecond {
		_ = w.clock.Sleep(w.t.Context(), time.Second)
		w.uploaded = w.clock.Now()
	}
	w.sameSecond = false
	o := w.artifacts.Put(artifactBucket, key, body, w.uploaded)
	detail := events.ObjectCreatedDetail{Version: "0"}
	detail.Bucket.Name, detail.Object.Key, detail.Object.Size, detail.Object.ETag, detail.Object.VersionID = artifactBucket, key, o.Size, o.ETag, o.Version
	raw, _ := json.Marshal(detail)
	e, _ := json.Marshal(events.Event{Version: "0", ID: o.Version, Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType, Time: w.clock.Now(), Detail: raw})
	return e
}

// ask makes the event of a change that somebody asks for: words are key=value.
func (w *world) ask(change string, words []string) []byte {
	_ = w.clock.Sleep(w.t.Context(), time.Second)
	w.asked++
	detail := map[string]any{"request": fmt.Sprintf("request-%d", w.asked), "namespace": app.Namespace, "application": app.Name, "change": change, "by": "ada"}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		var v any = value
		if json.Unmarshal([]byte(value), &v) != nil {
			v = value
		}
		detail[key] = v
		if key == "application" && fmt.Sprint(v) != app.Name {
			w.others = append(w.others, flink.Application{Namespace: app.Namespace, Name: fmt.Sprint(v)})
		}
	}
	raw, _ := json.Marshal(detail)
	e, _ := json.Marshal(events.Event{Version: "0", ID: fmt.Sprint("ask-", w.asked), Source: events.Source, DetailType: events.ChangeRequestedType, Time: w.clock.Now(), Detail: raw})
	return e
}

// answer is what sluice approve and sluice deny do.
func (w *world) answer(approved bool) {
	d, err := ledger.Update(w.t.Context(), w.ledger, app, func(d *ledger.Document) error {
		return d.Respond(d.Parked.ID, ledger.Answer{Approved: approved, By: "ada", Why: "I say so", At: w.clock.Now()})
	})
	must(w.t, err)
	for _, m := range d.Outbox {
		must(w.t, w.Send(w.t.Context(), app, m))
	}
}

// run executes the machine for an event.
func (w *world) run(event []byte) (asl.Result, task.Release) {
	result := w.execute(w.machine, functions.Release, event)
	var r task.Release
	if len(result.Output) > 0 {
		must(w.t, json.Unmarshal(result.Output, &r))
	}
	return result, r
}

// execute runs a machine as an execution of its own name.
func (w *world) execute(machine *asl.Machine, of functions.Machine, event []byte) asl.Result {
	w.runs++
	name := fmt.Sprintf("run-%d", w.runs)
	if w.name != "" {
		name, w.name = w.name, ""
	}
	arn := "arn:aws:states:eu-west-1:111122223333:execution:" + string(of) + ":" + name
	w.executions[arn] = task.Execution{Runs: true, Status: "RUNNING", Input: event}
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	defer func(outer func()) { w.abort = outer }(w.abort) // of the execution that this one runs within
	w.abort = cancel
	result := machine.Run(ctx, event, asl.Options{Caller: w, Tokens: w.tokens, Clock: w.clock, JSONata: w.engine, Rand: rand.NewPCG(1, uint64(w.runs)),
		Execution: asl.Execution{ARN: arn, Name: name, StateMachineName: string(of)}})
	w.executions[arn] = task.Execution{Status: result.Status, Input: event}
	if result.Status != asl.StatusSucceeded {
		w.died = diedEvent(arn, name, result, event, w.clock.Now())
	}
	return result
}

// recordOf is the release's record, else the newest there is.
func (w *world) recordOf(r task.Release) ledger.Record {
	w.t.Helper()
	for _, a := range []flink.Application{subject(r), ledger.NoApplication} {
		if record, err := w.ledger.Record(w.t.Context(), a, r.ID); err == nil && r.ID != "" {
			return record
		}
	}
	return w.newestRecord()
}

// newestRecord is the record that ended last, of the application or of none.
func (w *world) newestRecord() (newest ledger.Record) {
	w.t.Helper()
	for _, a := range append([]flink.Application{app, ledger.NoApplication}, w.others...) {
		ids, err := w.ledger.Records(w.t.Context(), a, 5)
		must(w.t, err)
		for _, id := range ids {
			r, err := w.ledger.Record(w.t.Context(), a, id)
			must(w.t, err)
			if r.Ended.After(newest.Ended) {
				newest = r
			}
		}
	}
	return newest
}

// jar makes a jar with a main class, different for each name, and plants how it behaves.
func (w *world) jar(name string, b targettest.Behaviour) []byte {
	body := jartest.Make(name)
	w.target.Plant(jartest.SHA256(body), b)
	return body
}

const manifestYAML = manifesttest.Short

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
