package statemachines_test

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
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// Describe implements task.Executions.
func (w *world) Describe(_ context.Context, arn string) (task.Execution, error) {
	e, known := w.executions[arn]
	if !known {
		return e, flink.Errorf(flink.NotFound, "look at execution "+arn, "there is none")
	}
	return e, nil
}

// diedEvent is what Step Functions says of an execution that ended without an answer.
func diedEvent(arn, name string, r asl.Result, input []byte, at time.Time) []byte {
	stop := at.UnixMilli()
	machine := strings.Replace(strings.TrimSuffix(arn, ":"+name), ":execution:", ":stateMachine:", 1)
	detail, _ := json.Marshal(events.ExecutionChangedDetail{ExecutionArn: arn, StateMachineArn: machine, Name: name, Status: r.Status, StopDate: &stop,
		Input: string(input), Error: r.Error, Cause: r.Cause})
	e, _ := json.Marshal(events.Event{Version: "0", ID: name, Source: events.ExecutionChangedSource, DetailType: events.ExecutionChangedType, Time: at, Detail: detail})
	return e
}

// recover runs the recover machine and tells what it did.
func (s *stage) recover(told bool) {
	event := []byte(`{}`)
	if told {
		event = s.died
	}
	machine, err := asl.Parse(statemachines.Recover)
	must(s.t, err)
	died := s.died // the event of a recovery that fails is nobody's
	result := s.execute(machine, functions.Recover, event)
	s.died = died
	fmt.Fprintf(&s.seen, "%s %v\n", result.Status, path(result.Path))
	var r task.Recovery
	must(s.t, json.Unmarshal(result.Output, &r))
	for _, did := range r.Done {
		fmt.Fprintf(&s.seen, "  %s %s\n", did.Action, did.Message)
	}
	for _, failed := range r.Failed {
		fmt.Fprintf(&s.seen, "  not done: %s %s\n", failed.Action, failed.Message)
	}
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	fmt.Fprintf(&s.seen, "  ledger: current %q, fence %d, leased %v, circuit open %v, outbox %d\n", d.Current, d.Fence, d.Lease != nil, d.Circuit != nil, len(d.Outbox))
}
