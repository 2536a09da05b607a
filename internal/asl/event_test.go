package asl_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl"
)

func observe(t *testing.T, machine *asl.Machine, o asl.Options) map[string]asl.Event {
	t.Helper()
	last := map[string]asl.Event{}
	o.Clock, o.Execution = asl.NewVirtualClock(start), execution
	o.Observe = func(e asl.Event) { last[e.Type] = e }
	machine.Run(context.Background(), json.RawMessage(`["a","b"]`), o)
	return last
}

func TestEventsSayWhatHappenedWhereAndWhen(t *testing.T) {
	machine := parse(t, `"StartAt":"Each","States":{"Each":{"Type":"Map","MaxConcurrency":1,"ToleratedFailureCount":1,"Next":"Bad","ItemProcessor":{"StartAt":"Call","States":{
		"Call":{"Type":"Task","Resource":"r","End":true}}}},"Bad":{"Type":"Pass","Output":{"x":["{% $nothing %}"]},"End":true}}`)
	caller := callerFunc(func(_ context.Context, _ string, arguments json.RawMessage) (json.RawMessage, error) {
		if string(arguments) == `"b"` {
			return nil, &asl.Error{Name: "Refused", Cause: "b is not wanted"}
		}
		return arguments, nil
	})
	seen := observe(t, machine, asl.Options{Caller: caller, JSONata: loadEngine(t)})

	if e := seen["TaskScheduled"]; e.Resource != "r" || e.State != "Call" || string(e.Input) != `"b"` {
		t.Errorf("TaskScheduled is %+v", e)
	}
	if e := seen["TaskFailed"]; e.Error != "Refused" || e.Cause != "b is not wanted" {
		t.Errorf("TaskFailed is %+v", e)
	}
	if e := seen["MapIterationFailed"]; e.Index != 1 || e.State != "Each" || e.Error != "Refused" {
		t.Errorf("MapIterationFailed is %+v", e)
	}
	if e := seen["MapStateExited"]; string(e.Output) != `["a",{"Error":"Refused","Cause":"b is not wanted"}]` {
		t.Errorf("MapStateExited is %+v", e)
	}
	if e := seen["EvaluationFailed"]; e.Location != "Output/x[0]" || e.State != "Bad" || e.Error != asl.ErrorQueryEvaluation {
		t.Errorf("EvaluationFailed is %+v", e)
	}
	if e := seen["ExecutionFailed"]; e.Execution != execution.ARN || !e.Time.Equal(start) || e.Error != asl.ErrorQueryEvaluation {
		t.Errorf("ExecutionFailed is %+v", e)
	}
}

func TestAChildOfADistributedMapHasAHistoryOfItsOwn(t *testing.T) {
	machine := parse(t, `"StartAt":"Each","States":{"Each":{"Type":"Map","End":true,"ItemProcessor":{
		"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"One","States":{"One":{"Type":"Pass","End":true}}}}}`)
	seen := observe(t, machine, asl.Options{})
	child := seen["PassStateExited"]
	if child.Execution != execution.ARN+"/Each-0-1" || child.ID != 3 {
		t.Errorf("the child's event is %+v", child)
	}
	if last := seen["ExecutionSucceeded"]; last.Execution != execution.ARN || last.ID != 8 {
		t.Errorf("the last event is %+v", last)
	}
}
