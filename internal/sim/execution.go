package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// execution is one run of the release machine.
type execution struct {
	*world
	name    string
	asked   *asked
	strand  *strand
	clock   *asl.VirtualClock // the machine's own: it waits for nobody, so the timeline follows it at each call
	lag     time.Duration     // how far the timeline is ahead of it, after pauses
	pause   time.Duration     // before the next invocation
	cancel  context.CancelFunc
	invoked int
	idles   bool // waits for a task token
	result  asl.Result
	release task.Release // newest document that went through it
}

// start runs the machine for an event on a strand of its own. A name that was
// used before starts nothing, as Step Functions has it.
func (w *world) start(name string, u *asked) {
	if _, used := w.running[name]; used {
		return
	}
	e := &execution{world: w, name: name, asked: u}
	w.running[name] = e
	u.executions = append(u.executions, e)
	e.strand = w.line.spawn(name, w.line.now, func(*strand) { e.run() })
}

func (e *execution) run() {
	defer e.endWithTheWorld()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e.cancel = cancel
	e.clock = asl.NewVirtualClock(e.line.now)
	e.journal.say(e.name, "starts for %s", e.asked.ID)
	seed := uint64(e.line.luck)
	e.result = e.parts.Machine.Run(ctx, e.asked.event, asl.Options{Caller: e, Tokens: e.tokens, Idle: e.idle, Clock: e.clock, JSONata: e.parts.JSONata,
		Rand:      rand.NewPCG(seed, e.line.luck.of(e.name, 0)),
		Execution: asl.Execution{ARN: "arn:aws:states:eu-west-1:111122223333:execution:release:" + e.name, Name: e.name, StateMachineName: "release"}})
	e.journal.say(e.name, "ends %s %s %s", e.result.Status, e.result.Error, e.result.Cause)
	e.ended = append(e.ended, e)
	e.check(endRules(e))
}

// endWithTheWorld lets a strand end quietly when a rule was broken elsewhere.
func (e *execution) endWithTheWorld() {
	if r := recover(); r != nil && r != worldEnds {
		panic(r)
	}
}

// Call implements asl.Caller: lambda:invoke of a catalogue function.
func (e *execution) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct {
		FunctionName string
		Payload      json.RawMessage
	}
	must(json.Unmarshal(arguments, &in))
	for _, f := range functions.Catalogue() {
		if "${"+f.Substitution()+"}" == in.FunctionName {
			return e.invoke(ctx, f, in.Payload)
		}
	}
	return nil, fmt.Errorf("no function %s at %s", in.FunctionName, resource)
}

// invoke runs a function beside the machine and waits for its answer, for its
// timeout, or for the end of the execution.
func (e *execution) invoke(ctx context.Context, f functions.Function, payload []byte) (json.RawMessage, error) {
	e.lag += e.pause
	e.pause = 0
	e.wait(e.clock.Now().Add(e.lag), func() bool { return ctx.Err() != nil })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e.invoked++
	i := &invocation{execution: e, function: f, name: fmt.Sprintf("%s/%s.%d", e.name, f.Name, e.invoked), caller: e.strand}
	i.strand = e.line.spawn(i.name, e.line.now, func(*strand) { i.run(payload) })
	e.wait(e.line.now.Add(f.Timeout), func() bool { return i.answered || ctx.Err() != nil })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	i.giveUp()
	if err := e.clock.Sleep(ctx, e.line.now.Add(-e.lag).Sub(e.clock.Now())); err != nil {
		return nil, err
	}
	if i.err != nil {
		return nil, i.err
	}
	must(json.Unmarshal(i.output, &e.release))
	return json.Marshal(map[string]json.RawMessage{"Payload": i.output})
}

// stop ends the execution from outside, as StopExecution does: the machine goes
// no further, the function that runs does.
func (e *execution) stop() {
	if e.cancel != nil && e.result.Status == "" {
		e.cancel()
		e.strand.rouse()
	}
}

// idle is how the machine waits for a task token.
func (e *execution) idle(ctx context.Context, until time.Time, answered func() bool) {
	e.idles = true
	e.wait(until.Add(e.lag), func() bool { return answered() || ctx.Err() != nil })
	e.idles = false
	_ = e.clock.Sleep(ctx, e.line.now.Add(-e.lag).Sub(e.clock.Now())) // ctx says whether it is done
}

func (e *execution) rouseIdle() {
	if e.idles {
		e.strand.rouse()
	}
}

// wait lets others go on until the time has come or something has happened.
func (e *execution) wait(until time.Time, happened func() bool) {
	for !happened() && e.line.now.Before(until) {
		e.strand.sleepUntil(until)
		e.endIfBroken()
	}
}

// taskError is an error as the machine hears of it.
func taskError(err error) error {
	return &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
}
