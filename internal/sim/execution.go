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

// execution is one run of a machine.
type execution struct {
	*world
	machine functions.Machine
	name    string
	input   []byte
	of      string // whose faults it meets: an event's id, or of another machine than release its name
	asked   *asked // what it is for; nil: no event of the schedule
	strand  *strand
	clock   *asl.VirtualClock // the machine's own: it waits for nobody, so the timeline follows it at each call
	lag     time.Duration     // how far the timeline is ahead of it, after pauses
	pause   time.Duration     // before the next invocation
	cancel  context.CancelFunc
	invoked int
	started time.Time
	over    time.Time     // when it ended
	acting  []*invocation // functions that have not returned
	idles   bool          // waits for a task token
	result  asl.Result
	release task.Release // newest document that went through a release
	words   []*execution // of the machine that recovers, which word of this one's end has started
}

// start runs the release machine for an event.
func (w *world) start(name string, u *asked) { w.startOn(functions.Release, name, u) }

// startOn runs a machine for an event.
func (w *world) startOn(machine functions.Machine, name string, u *asked) {
	of := u.ID
	if u.dead != "" {
		of = undo
	}
	if e := w.launch(machine, name, of, u.event); e != nil {
		e.asked = u
		u.executions = append(u.executions, e)
	}
}

// launch runs a machine on a strand of its own. A name that was used before
// starts nothing, as Step Functions has it: nil.
func (w *world) launch(machine functions.Machine, name, of string, input []byte) *execution {
	e := &execution{world: w, machine: machine, name: name, of: of, input: input}
	if _, used := w.running[e.arn()]; used {
		return nil
	}
	w.running[e.arn()] = e
	e.strand = w.line.spawn(name, w.line.now, func(*strand) { e.run() })
	return e
}

// account is where the machines are.
const account = "arn:aws:states:eu-west-1:111122223333:"

func (e *execution) arn() string { return account + "execution:" + string(e.machine) + ":" + e.name }

// runs tells whether the execution has been started and has not ended.
func (e *execution) runs() bool { return e != nil && e.result.Status == "" }

// by is whose writes the execution's are: the release's id, or the machine's name.
func (e *execution) by() string {
	if e.asked == nil {
		return string(e.machine)
	}
	return e.asked.release
}

func (e *execution) run() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e.cancel = cancel
	e.clock, e.started = asl.NewVirtualClock(e.line.now), e.line.now
	e.journal.say(e.name, "starts for %s", e.of)
	seed := uint64(e.line.luck)
	e.result = e.parts.Machines[e.machine].Run(ctx, e.input, asl.Options{Caller: e, Tokens: e.tokens, Idle: e.idle, Clock: e.clock, JSONata: e.parts.JSONata,
		Rand:      rand.NewPCG(seed, e.line.luck.of(e.name, 0)),
		Execution: asl.Execution{ARN: e.arn(), Name: e.name, StateMachineName: string(e.machine)}})
	e.journal.say(e.name, "ends %s %s %s", e.result.Status, e.result.Error, e.result.Cause)
	e.over = e.line.now
	e.tellOfDeath()
	e.check(endRules(e))
}

// Call implements asl.Caller: lambda:invoke of a catalogue function, or the
// object that a Map reads its items from.
func (e *execution) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	if resource == asl.ReadObject {
		return e.readObject(ctx, arguments)
	}
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
	i.deadline = e.line.now.Add(f.Timeout)
	e.acting = append(e.acting, i)
	i.strand = e.line.spawn(i.name, e.line.now, func(*strand) { i.run(payload) })
	e.wait(i.deadline, func() bool { return i.answered || ctx.Err() != nil })
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
	if e.machine == functions.Release {
		must(json.Unmarshal(i.output, &e.release))
	}
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

// wait lets others go on until the time has come or something has happened. The
// end of the world stops the execution.
func (e *execution) wait(until time.Time, happened func() bool) {
	for !happened() && e.line.now.Before(until) && e.broken == nil {
		e.strand.sleepUntil(until)
	}
	if e.broken != nil {
		e.cancel()
	}
}

// readObject reads what an ItemReader names.
func (e *execution) readObject(ctx context.Context, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct{ Bucket, Key string }
	must(json.Unmarshal(arguments, &in))
	if e.line.now.Before(e.away[LedgerAway]) {
		return nil, &asl.Error{Name: "S3.S3Exception", Cause: "503 Slow Down"}
	}
	body, _, err := e.memory.Get(ctx, in.Key)
	return body, err
}

// taskError is an error as the machine hears of it.
func taskError(err error) error {
	return &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
}
