package sfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/local/lambda"
	"github.com/sluice-flink/sluice/local/sfn"
)

const machineARN = "arn:aws:states:eu-west-3:111122223333:stateMachine:demo"

// definition calls one function and answers with what it said.
const definition = `{"QueryLanguage": "JSONata", "StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "%s",
  "Arguments": {"FunctionName": "fn", "Payload": {"in": "{%% $states.input %%}", "execution": "{%% $states.context.Execution.Name %%}"}},
  "Output": "{%% $states.result.Payload %%}", "End": true,
  "Catch": [{"ErrorEquals": ["Sluice.LeaseLost"], "Output": "{%% $states.errorOutput %%}", "Next": "Lost"}]},
  "Lost": {"Type": "Succeed"}}}`

func open(t *testing.T, dir, resource string, invoke sfn.Invoke) (*sfn.Service, chan sfn.Execution) {
	t.Helper()
	path, err := jsonata.Find()
	if err != nil {
		t.Skip(err)
	}
	engine, err := jsonata.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan sfn.Execution, 10)
	s, err := sfn.Open(sfn.Options{
		Dir: dir, Machines: []sfn.Machine{{ARN: machineARN, Name: "demo", Definition: fmt.Appendf(nil, definition, resource)}},
		Invoke: invoke, JSONata: engine, Clock: asl.RealClock{}, Log: t.Logf,
		Observe: func(e sfn.Execution) {
			if e.Status != sfn.StatusRunning {
				ended <- e
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, ended
}

const lambdaInvoke = "arn:aws:states:::lambda:invoke"

func start(t *testing.T, s *sfn.Service, name, input string) sfn.Execution {
	t.Helper()
	e, err := s.Start(machineARN, name, []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// echo answers with its payload.
func echo(_ context.Context, _ string, payload []byte) ([]byte, error) { return payload, nil }

// blocked answers when its context ends, and says once it has begun.
func blocked(begun chan<- struct{}) sfn.Invoke {
	return func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
}

func TestAnExecutionRunsItsFunctionsAndKeepsItsHistory(t *testing.T) {
	dir := t.TempDir()
	s, ended := open(t, dir, lambdaInvoke, echo)
	started := start(t, s, "one", `{"n": 1}`)
	if want := "arn:aws:states:eu-west-3:111122223333:execution:demo:one"; started.ARN != want || started.Status != "RUNNING" {
		t.Errorf("got %+v", started)
	}
	e := <-ended
	if e.Status != "SUCCEEDED" || string(e.Output) != `{"in":{"n":1},"execution":"one"}` {
		t.Errorf("got %+v", e)
	}
	history, err := s.History(e.ARN)
	if err != nil || len(history) < 4 || history[0].Type != "ExecutionStarted" || history[len(history)-1].Type != "ExecutionSucceeded" {
		t.Errorf("got %+v, %v", history, err)
	}
	s.Close()

	again, _ := open(t, dir, lambdaInvoke, echo)
	if later, err := again.Describe(e.ARN); err != nil || later.Status != "SUCCEEDED" || !later.Ended.Equal(e.Ended) {
		t.Errorf("after a restart: %+v, %v", later, err)
	}
	if later, err := again.History(e.ARN); err != nil || len(later) != len(history) {
		t.Errorf("after a restart: %d events, %v", len(later), err)
	}
}

func TestAFailureOfAFunctionIsCaughtByItsName(t *testing.T) {
	s, ended := open(t, t.TempDir(), lambdaInvoke, func(context.Context, string, []byte) ([]byte, error) {
		return nil, &lambda.Failure{Type: "Sluice.LeaseLost", Message: "gone", Payload: json.RawMessage(`{"errorMessage":"gone","errorType":"Sluice.LeaseLost"}`)}
	})
	start(t, s, "one", `{}`)
	e := <-ended
	if want := `{"Error":"Sluice.LeaseLost","Cause":"{\"errorMessage\":\"gone\",\"errorType\":\"Sluice.LeaseLost\"}"}`; e.Status != "SUCCEEDED" || string(e.Output) != want {
		t.Errorf("got %s %s", e.Status, e.Output)
	}
}

func TestWhatGoesWrongOutsideAFunctionHasTheNameItHasOnAWS(t *testing.T) {
	cases := map[string]struct {
		resource string
		invoke   sfn.Invoke
		name     string
	}{
		"timeout":     {lambdaInvoke, answering(&lambda.Failure{Type: lambda.TimedOut}), "Sandbox.Timedout"},
		"no function": {lambdaInvoke, answering(fmt.Errorf("%w: fn", lambda.ErrNoFunction)), "Lambda.ResourceNotFoundException"},
		"other":       {lambdaInvoke, answering(errors.New("broken pipe")), "Lambda.SdkClientException"},
		"resource":    {"arn:aws:states:::sqs:sendMessage", echo, "States.Runtime"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, ended := open(t, t.TempDir(), c.resource, c.invoke)
			start(t, s, "one", `{}`)
			if e := <-ended; e.Status != "FAILED" || e.Error != c.name {
				t.Errorf("got %s %s: %s", e.Status, e.Error, e.Cause)
			}
		})
	}
}

func answering(err error) sfn.Invoke {
	return func(context.Context, string, []byte) ([]byte, error) { return nil, err }
}

func TestAStartIsIdempotentByNameAndInputWhileTheExecutionRuns(t *testing.T) {
	begun := make(chan struct{}, 1)
	s, ended := open(t, t.TempDir(), lambdaInvoke, blocked(begun))
	first := start(t, s, "one", `{"n":1}`)
	<-begun
	if second := start(t, s, "one", `{"n":1}`); second.ARN != first.ARN || !second.Started.Equal(first.Started) {
		t.Errorf("got %+v", second)
	}
	_, err := s.Start(machineARN, "one", []byte(`{"n":2}`))
	if !sfn.IsRefused(err, sfn.ExecutionAlreadyExists) {
		t.Errorf("another input while it runs: %v", err)
	}
	if _, err := s.Stop(first.ARN, "Operator", "enough"); err != nil {
		t.Fatal(err)
	}
	if e := <-ended; e.Status != "ABORTED" || e.Error != "Operator" || e.Cause != "enough" {
		t.Errorf("got %+v", e)
	}
	_, err = s.Start(machineARN, "one", []byte(`{"n":1}`))
	if !sfn.IsRefused(err, sfn.ExecutionAlreadyExists) {
		t.Errorf("after its end: %v", err)
	}
}

func TestAnImpossibleStartIsRefusedByItsCode(t *testing.T) {
	s, _ := open(t, t.TempDir(), lambdaInvoke, echo)
	cases := map[string]struct{ machine, name, input, code string }{
		"machine":  {machineARN + "x", "one", `{}`, sfn.StateMachineDoesNotExist},
		"path":     {machineARN, "../one", `{}`, sfn.InvalidName},
		"too long": {machineARN, strings.Repeat("x", 81), `{}`, sfn.InvalidName},
		"input":    {machineARN, "one", `{`, sfn.InvalidExecutionInput},
		"large":    {machineARN, "one", `"` + strings.Repeat("x", 1<<18) + `"`, sfn.InvalidExecutionInput},
	}
	for name, c := range cases {
		if _, err := s.Start(c.machine, c.name, []byte(c.input)); !sfn.IsRefused(err, c.code) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := s.Describe("arn:x"); !sfn.IsRefused(err, sfn.ExecutionDoesNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestWhatADeadProcessLeftRunningIsAborted(t *testing.T) {
	dir := t.TempDir()
	begun := make(chan struct{}, 1)
	s, _ := open(t, dir, lambdaInvoke, blocked(begun))
	e := start(t, s, "one", `{}`)
	<-begun
	// What the files hold now is what a killed process leaves; a half-written line at the end included.
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(left, "demo", "one.jsonl")
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(text, `{"event":{"id":9`...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second restart finds it ended
		again, _ := open(t, left, lambdaInvoke, echo)
		got, err := again.List(machineARN, "ABORTED")
		if err != nil || len(got) != 1 || got[0].ARN != e.ARN || got[0].Error != "Local.ProcessEnded" {
			t.Errorf("got %+v, %v", got, err)
		}
		again.Close()
	}
}

func TestClosingAbortsWhatRunsAndSaysSo(t *testing.T) {
	dir := t.TempDir()
	begun := make(chan struct{}, 1)
	s, ended := open(t, dir, lambdaInvoke, blocked(begun))
	start(t, s, "one", `{}`)
	<-begun
	s.Close()
	if e := <-ended; e.Status != "ABORTED" || !strings.Contains(e.Cause, "stopped") {
		t.Errorf("got %+v", e)
	}
	if _, err := s.Start(machineARN, "two", []byte(`{}`)); err == nil {
		t.Error("an execution was started after Close")
	}
}
