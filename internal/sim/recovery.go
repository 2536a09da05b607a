package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// undo is whose faults the releases meet that recovery asks for.
const undo = "undo"

// lag is how long Step Functions may tell of an execution what was so before
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html).
const lag = time.Second

// watchedExecutions are the executions of all machines, as Step Functions tells of them.
type watchedExecutions struct{ *world }

// Describe implements task.Executions.
func (x watchedExecutions) Describe(ctx context.Context, arn string) (told task.Execution, err error) {
	err = x.call(ctx, "executions.Describe", arn, func() error {
		now, late := x.line.now, x.line.luck.of("describe "+arn, invocationOf(ctx).strand.rest)%4 == 0
		e := x.running[arn]
		if e == nil || late && now.Sub(e.started) < lag {
			return flink.Errorf(flink.NotFound, "look at execution "+arn, "there is none")
		}
		told = task.Execution{Runs: e.runs() || late && now.Sub(e.over) < lag, Status: e.result.Status, Input: e.input}
		if told.Runs {
			told.Status = "RUNNING"
		}
		return nil
	})
	return told, err
}

// tellOfDeath is Step Functions' event of an execution that ended without an
// answer: mostly it comes at once, and it may come late, twice, or never.
func (e *execution) tellOfDeath() {
	if e.result.Status == asl.StatusSucceeded || e.machine == functions.Recover || e.broken != nil {
		return
	}
	stop := e.line.now.UnixMilli()
	event := eventOf("died-"+e.name, events.ExecutionChangedSource, events.ExecutionChangedType, e.line.now, events.ExecutionChangedDetail{
		ExecutionArn: e.arn(), StateMachineArn: account + "stateMachine:" + string(e.machine), Name: e.name, Status: e.result.Status,
		StartDate: e.started.UnixMilli(), StopDate: &stop, Input: string(e.input), Error: e.result.Error, Cause: e.result.Cause})
	draw := e.line.luck.of("death of "+e.name, 0)
	after := time.Duration(draw>>8%2000) * time.Millisecond
	if draw>>32%8 == 0 {
		after = time.Duration(draw>>8%600) * time.Second
	}
	times := 1
	switch draw % 8 {
	case 0:
		times = 0
	case 1:
		times = 2
	}
	for n := range times {
		e.line.spawn(fmt.Sprintf("word of %s.%d", e.name, n), e.line.now.Add(after), func(s *strand) {
			if w := e.recover(s.name, event); w != nil {
				e.words = append(e.words, w)
			}
		})
	}
}

// recover starts the machine that recovers.
func (w *world) recover(name string, event []byte) *execution {
	if w.broken != nil {
		return nil
	}
	return w.launch(functions.Recover, name, string(functions.Recover), event)
}

// tick is how often the machine that recovers looks at everything.
const tick = 5 * time.Minute

// ticks come for as long as anything else happens, from some moment on, sometimes
// two at once. One that would find nothing in the ledger is left out.
func (w *world) ticks(s *strand) {
	s.sleep(time.Duration(w.line.luck.of("first tick", 0) % uint64(tick)))
	for n := 0; len(w.line.waiting) > 0 && w.broken == nil; n++ {
		if left(w.journal.document) != "" {
			w.tick(fmt.Sprintf("tick %d", n))
		}
		s.sleep(tick)
	}
}

func (w *world) tick(name string) {
	w.recover(name, []byte(`{"schedule":"recover"}`))
	if w.line.luck.of(name, 0)%8 == 0 {
		w.recover(name+" again", []byte(`{"schedule":"recover"}`))
	}
}

// left is what a document holds that somebody has still to deal with.
func left(d ledger.Document) string {
	switch {
	case len(d.Outbox) > 0:
		return "message " + d.Outbox[0].Name + " is in the outbox"
	case d.Lease != nil:
		return "release " + d.Lease.Release + " holds the lease"
	case d.Pending != nil:
		return "change " + d.Pending.ID + " waits"
	case d.Parked != nil:
		return "change " + d.Parked.ID + " is parked"
	case d.Incident != nil:
		return "incident " + d.Incident.ID + " is open"
	}
	return ""
}

// deadOf reads in a request of recovery's which release it is to undo.
func deadOf(request string) string {
	_, rest, _ := strings.Cut(request, "-")
	_, dead, _ := strings.Cut(rest, "-")
	return dead
}

// startOf reads what a message starts that is for another machine than release,
// and for which event.
func (w *world) startOf(m ledger.Message) (functions.Machine, *asked) {
	var s ledger.Start
	must(json.Unmarshal(m.Payload, &s))
	event, err := events.Parse(s.Input)
	must(err)
	return functions.Machine(s.Machine[strings.LastIndexByte(s.Machine, ':')+1:]), w.asked[event.ID]
}
