package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/local/api"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/sfn"
)

const machine = "arn:aws:states:eu-west-3:111122223333:stateMachine:demo"

// definitions: one machine ends at once, one waits until it is stopped.
var machines = []sfn.Machine{
	{ARN: machine, Name: "demo", Definition: []byte(`{"QueryLanguage": "JSONata", "StartAt": "End", "States": {"End": {"Type": "Succeed"}}}`)},
	{ARN: machine + "-asks", Name: "demo-asks", Definition: []byte(`{"QueryLanguage": "JSONata", "StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "Arguments": {"FunctionName": "ask", "Payload": "{% $states.context.Task.Token %}"}, "TimeoutSeconds": 3600, "End": true}}}`)},
	{ARN: machine + "-slow", Name: "demo-slow", Definition: []byte(`{"QueryLanguage": "JSONata", "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": true}}}`)},
}

func engine(t *testing.T) *jsonata.Engine {
	t.Helper()
	path, err := jsonata.Find()
	if err != nil {
		t.Skip(err)
	}
	loaded, err := jsonata.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

type clients struct {
	events *eventbridge.Client
	states *awssfn.Client
	put    map[string]events.Event // by bus
	ended  chan sfn.Execution
	tokens chan string // that the function ask was given
}

func start(t *testing.T) clients {
	t.Helper()
	c := clients{put: map[string]events.Event{}, ended: make(chan sfn.Execution, 10), tokens: make(chan string, 10)}
	ask := func(_ context.Context, _ string, payload []byte) ([]byte, error) {
		var token string
		err := json.Unmarshal(payload, &token)
		c.tokens <- token
		return []byte("null"), err
	}
	states, err := sfn.Open(sfn.Options{Dir: t.TempDir(), Machines: machines, Invoke: ask, JSONata: engine(t), Clock: asl.RealClock{}, Log: t.Logf, Observe: func(e sfn.Execution) {
		if e.Status != sfn.StatusRunning {
			c.ended <- e
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(states.Close)
	server, err := api.Serve(api.Options{
		AccessKey: "AKLOCAL", Account: "111122223333", Region: "eu-west-3", States: states,
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC) },
		Put: func(name string, e events.Event) error {
			if name == "nowhere" {
				return bus.ErrNoBus
			}
			c.put[name] = e
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	provider := credentials.NewStaticCredentialsProvider("AKLOCAL", "secret", "")
	c.events = eventbridge.New(eventbridge.Options{Region: "eu-west-3", BaseEndpoint: aws.String(server.Endpoint()), Credentials: provider})
	c.states = awssfn.New(awssfn.Options{Region: "eu-west-3", BaseEndpoint: aws.String(server.Endpoint()), Credentials: provider})
	return c
}

func TestEventsArePutWithTheSDK(t *testing.T) {
	c := start(t)
	out, err := c.events.PutEvents(context.Background(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{
		{Source: aws.String("sluice"), DetailType: aws.String("Sluice Release Ended"), Detail: aws.String(`{"outcome":"Succeeded"}`), EventBusName: aws.String("arn:aws:events:eu-west-3:111122223333:event-bus/Sluice")},
		{Source: aws.String("other"), DetailType: aws.String("x"), Detail: aws.String(`{}`), Time: aws.Time(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)), Resources: []string{"arn:x"}},
		{Source: aws.String("other"), DetailType: aws.String("x"), Detail: aws.String(`{}`), EventBusName: aws.String("nowhere")},
		{Source: aws.String("other"), DetailType: aws.String("x"), Detail: aws.String(`[]`)},
		{Source: aws.String("aws.s3"), DetailType: aws.String("x"), Detail: aws.String(`{}`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, entry := range out.Entries {
		codes = append(codes, aws.ToString(entry.ErrorCode))
	}
	if diff := cmp.Diff([]string{"", "", "ResourceNotFoundException", "MalformedDetail", "MalformedDetail"}, codes); diff != "" || out.FailedEntryCount != 3 {
		t.Errorf("%d failed: %s", out.FailedEntryCount, diff)
	}
	want := events.Event{
		Version: "0", ID: aws.ToString(out.Entries[0].EventId), DetailType: "Sluice Release Ended", Source: "sluice", Account: "111122223333", Region: "eu-west-3",
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Resources: []string{}, Detail: []byte(`{"outcome":"Succeeded"}`),
	}
	if diff := cmp.Diff(want, c.put["Sluice"]); diff != "" {
		t.Error(diff)
	}
	if e := c.put["default"]; e.Time.Year() != 2025 || len(e.Resources) != 1 {
		t.Errorf("got %+v", e)
	}
}

func TestAnExecutionIsStartedAndFollowedWithTheSDK(t *testing.T) {
	c, ctx := start(t), context.Background()
	started, err := c.states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine), Name: aws.String("one"), Input: aws.String(`{"n":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	<-c.ended
	got, err := c.states.DescribeExecution(ctx, &awssfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != types.ExecutionStatusSucceeded || *got.Output != `{"n":1}` || *got.Input != `{"n":1}` || *got.Name != "one" || !got.StartDate.Equal(*started.StartDate) || got.StopDate == nil {
		t.Errorf("got %+v", got)
	}
	list, err := c.states.ListExecutions(ctx, &awssfn.ListExecutionsInput{StateMachineArn: aws.String(machine), StatusFilter: types.ExecutionStatusSucceeded})
	if err != nil || len(list.Executions) != 1 || *list.Executions[0].ExecutionArn != *started.ExecutionArn {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestAnExecutionIsStoppedWithTheSDK(t *testing.T) {
	c, ctx := start(t), context.Background()
	started, err := c.states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine + "-slow")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.states.StopExecution(ctx, &awssfn.StopExecutionInput{ExecutionArn: started.ExecutionArn, Error: aws.String("Operator"), Cause: aws.String("enough")}); err != nil {
		t.Fatal(err)
	}
	if e := <-c.ended; e.Status != "ABORTED" || e.Error != "Operator" || e.Cause != "enough" {
		t.Errorf("got %+v", e)
	}
}

func TestATaskTokenIsAnsweredWithTheSDKAndIsThenWorthNothing(t *testing.T) {
	c, ctx := start(t), context.Background()
	if _, err := c.states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine + "-asks")}); err != nil {
		t.Fatal(err)
	}
	token := aws.String(<-c.tokens)
	if _, err := c.states.SendTaskHeartbeat(ctx, &awssfn.SendTaskHeartbeatInput{TaskToken: token}); err != nil {
		t.Error(err)
	}
	_, err := c.states.SendTaskSuccess(ctx, &awssfn.SendTaskSuccessInput{TaskToken: token, Output: aws.String(`{`)})
	var output *types.InvalidOutput
	if !errors.As(err, &output) {
		t.Errorf("got %v", err)
	}
	if _, err := c.states.SendTaskSuccess(ctx, &awssfn.SendTaskSuccessInput{TaskToken: token, Output: aws.String(`{"by":"ann"}`)}); err != nil {
		t.Fatal(err)
	}
	if e := <-c.ended; e.Status != "SUCCEEDED" || string(e.Output) != `{"by":"ann"}` {
		t.Errorf("got %+v", e)
	}
	_, err = c.states.SendTaskFailure(ctx, &awssfn.SendTaskFailureInput{TaskToken: token, Error: aws.String("Denied")})
	var late *types.TaskTimedOut
	if !errors.As(err, &late) {
		t.Errorf("got %v", err)
	}
	_, err = c.states.SendTaskFailure(ctx, &awssfn.SendTaskFailureInput{TaskToken: aws.String("x")})
	var invalid *types.InvalidToken
	if !errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
}

func TestATaskThatWaitsForItsTokenFailsAsItIsTold(t *testing.T) {
	c, ctx := start(t), context.Background()
	if _, err := c.states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine + "-asks")}); err != nil {
		t.Fatal(err)
	}
	denied := &awssfn.SendTaskFailureInput{TaskToken: aws.String(<-c.tokens), Error: aws.String("Denied"), Cause: aws.String("not on a friday")}
	if _, err := c.states.SendTaskFailure(ctx, denied); err != nil {
		t.Fatal(err)
	}
	if e := <-c.ended; e.Status != "FAILED" || e.Error != "Denied" || e.Cause != "not on a friday" {
		t.Errorf("got %+v", e)
	}
}

func TestAnExecutionThatWaitsForItsTokenIsStoppedWithTheSDK(t *testing.T) {
	c, ctx := start(t), context.Background()
	started, err := c.states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine + "-asks")})
	if err != nil {
		t.Fatal(err)
	}
	token := <-c.tokens
	if _, err := c.states.StopExecution(ctx, &awssfn.StopExecutionInput{ExecutionArn: started.ExecutionArn}); err != nil {
		t.Fatal(err)
	}
	if e := <-c.ended; e.Status != "ABORTED" {
		t.Errorf("got %+v", e)
	}
	_, err = c.states.SendTaskSuccess(ctx, &awssfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`{}`)})
	var late *types.TaskTimedOut
	if !errors.As(err, &late) {
		t.Errorf("got %v", err)
	}
}

func TestARefusalIsTheErrorTypeThatTheSDKKnows(t *testing.T) {
	c, ctx := start(t), context.Background()
	again := &awssfn.StartExecutionInput{StateMachineArn: aws.String(machine), Name: aws.String("one"), Input: aws.String(`{}`)}
	if _, err := c.states.StartExecution(ctx, again); err != nil {
		t.Fatal(err)
	}
	<-c.ended
	_, err := c.states.StartExecution(ctx, again)
	var exists *types.ExecutionAlreadyExists
	if !errors.As(err, &exists) {
		t.Errorf("got %v", err)
	}
	_, err = c.states.DescribeExecution(ctx, &awssfn.DescribeExecutionInput{ExecutionArn: aws.String("arn:aws:states:eu-west-3:1:execution:x:y")})
	var missing *types.ExecutionDoesNotExist
	if !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	_, err = c.states.GetExecutionHistory(ctx, &awssfn.GetExecutionHistoryInput{ExecutionArn: aws.String("arn:x")})
	refused(t, err, "UnknownOperationException", "GetExecutionHistory")
	_, err = c.events.ListRules(ctx, &eventbridge.ListRulesInput{})
	refused(t, err, "UnknownOperationException", "ListRules")
	_, err = c.states.ListExecutions(ctx, &awssfn.ListExecutionsInput{StateMachineArn: aws.String(machine), RedriveFilter: types.ExecutionRedriveFilterRedriven})
	refused(t, err, "ValidationException", "redriveFilter")
}

func TestARequestOfSomebodyElseIsRefused(t *testing.T) {
	c := start(t)
	_, err := c.states.ListExecutions(context.Background(), &awssfn.ListExecutionsInput{StateMachineArn: aws.String(machine)}, func(o *awssfn.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("AKOTHER", "secret", "")
	})
	refused(t, err, "UnrecognizedClientException", "access key")
}

func refused(t *testing.T, err error, code, says string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != code || !strings.Contains(refusal.ErrorMessage(), says) {
		t.Errorf("want %s saying %q, got %v", code, says, err)
	}
}
