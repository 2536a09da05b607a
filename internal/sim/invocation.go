package sim

import (
	"context"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// invocation is one call of a function. It may outlive the machine's patience.
type invocation struct {
	*execution
	name     string
	function functions.Function
	strand   *strand
	caller   *strand
	answered bool         // the caller has its answer, or need not wait for one
	killed   bool         // dies at its next turn
	deadline time.Time    // when Lambda ends it, whoever waits for it
	fault    Fault        // of the call that is being made
	given    task.Release // what a release's was given; Admit is given an event
	output   []byte
	err      error
}

// Errors that the machine hears of, in the service's words
// (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and
// .../bp-lambda-serviceexception.html).
var (
	errExit         = &asl.Error{Name: "Runtime.ExitError", Cause: "RequestId: 0 Error: Runtime exited with error: signal: killed"}
	errTimeout      = &asl.Error{Name: "Sandbox.Timedout", Cause: "RequestId: 0 Error: Task timed out"}
	errDisconnected = &asl.Error{Name: "Lambda.ClientExecutionTimeoutException", Cause: "Unable to execute HTTP request: Read timed out"}
)

type invocationKey struct{}

func invocationOf(ctx context.Context) *invocation {
	i, _ := ctx.Value(invocationKey{}).(*invocation)
	return i
}

func (i *invocation) run(payload []byte) {
	defer func() {
		i.acting = slices.DeleteFunc(i.acting, func(o *invocation) bool { return o == i })
		if i.killed {
			i.answer(nil, errExit)
		}
	}()
	_ = json.Unmarshal(payload, &i.given)
	out, err := i.handler()(context.WithValue(context.Background(), invocationKey{}, i), payload)
	if err != nil {
		err = taskError(err)
	}
	i.answer(out, err)
}

// answer is heard once; what comes later goes nowhere.
func (i *invocation) answer(out []byte, err error) {
	if i.answered {
		return
	}
	i.answered, i.output, i.err = true, out, err
	if err != nil {
		i.journal.say(i.name, "fails: %v", err)
	} else {
		i.journal.say(i.name, "answers %s", tellAnswer(out))
	}
	i.caller.rouse()
}

// giveUp is Lambda's timeout: the function dies. A call that it made is on its way all the same.
func (i *invocation) giveUp() {
	if i.answered {
		return
	}
	i.answer(nil, errTimeout)
	i.killed = true
}

func (i *invocation) dieIfKilled() {
	i.endIfBroken()
	if i.killed || !i.line.now.Before(i.deadline) {
		i.die()
	}
}

// die ends the goroutine that is at work for the function. That may be one of
// several: the others end at their next call, and none of them acts any more.
func (i *invocation) die() {
	i.killed = true
	runtime.Goexit()
}

func (i *invocation) endIfBroken() {
	if i.broken != nil {
		runtime.Goexit()
	}
}

// call is a call of a function to the outside: it takes time, others go on
// meanwhile, and what the schedule has for it goes wrong.
func (w *world) call(ctx context.Context, op, about string, effect func() error) error {
	i := invocationOf(ctx)
	i.strand.sleep(w.latency(i))
	i.dieIfKilled()
	i.fault = w.faultOf(i, op)
	if i.fault.Kind != "" {
		w.journal.say(i.name, "! %s at %s %s%s", i.fault.Kind, op, about, i.fault.howLong())
	}
	if err := i.before(op); err != nil {
		w.journal.say(i.name, "%s %s: %v", op, about, err)
		return err
	}
	err := w.absent(op)
	if err == nil {
		err = effect()
	}
	w.journal.call(i.name, op, about, err)
	w.check(w.stepRules())
	i.dieIfKilled()
	return i.after(op, err)
}

// latency is a few milliseconds, and now and then a second.
func (w *world) latency(i *invocation) time.Duration {
	draw := w.line.luck.of(i.name, i.strand.rest)
	d := time.Duration(5+draw%60) * time.Millisecond
	if draw>>32%16 == 0 {
		d += time.Duration(draw>>40%1000) * time.Millisecond
	}
	return d
}

// faultOf finds what goes wrong at this call.
func (w *world) faultOf(i *invocation, op string) Fault {
	u := i.of
	w.calls[u]++
	w.calls[u+" "+op]++
	if w.healed {
		return Fault{}
	}
	for _, f := range w.faults[u] {
		if f.Call == "" && f.Nth == w.calls[u] || f.Call == op && f.Nth == w.calls[u+" "+op] {
			return *f
		}
	}
	return Fault{}
}

func (i *invocation) before(op string) error {
	switch i.fault.Kind {
	case CrashBefore:
		i.die()
	case Throttled:
		return flink.Errorf(flink.Unavailable, op, "503 Slow Down")
	case Disconnect:
		i.answer(nil, errDisconnected)
	case Stall:
		i.strand.sleep(i.hangs(op))
		i.endIfBroken()
	case StopAt:
		i.stop()
	case Pause:
		i.execution.pause = i.fault.For
	}
	return nil
}

// hangs is how long a call hangs. No API server works on a request longer than it
// is let, whoever waits for the answer.
func (i *invocation) hangs(op string) time.Duration {
	if !strings.HasPrefix(op, "target.") {
		return i.fault.For
	}
	return min(i.fault.For, i.deadline.Add(functions.RequestTimeout).Sub(i.line.now))
}

func (i *invocation) after(op string, err error) error {
	switch i.fault.Kind {
	case CrashAfter, CrashBetween:
		i.die()
	case LateAnswer:
		i.strand.sleep(i.fault.For)
		i.dieIfKilled()
	case LostAnswer:
		if err == nil {
			return flink.Errorf(flink.Unavailable, op, "connection reset by peer, the answer is lost")
		}
	}
	return err
}
