package asl_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
)

const asking = `"StartAt":"Ask","States":{"Ask":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","TimeoutSeconds":60,"End":true}}`

// tokenOf is the token that an execution of asking has, as it is the same in every run.
var tokenOf = base64.StdEncoding.EncodeToString([]byte("task:" + execution.ARN + "#2.0"))

func TestATokenIsAnsweredOnTheRealClockAndTheWaitEndsAtOnce(t *testing.T) {
	tokens := asl.NewTokens()
	called := make(chan struct{})
	caller := callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		close(called)
		return json.RawMessage(`{}`), nil
	})
	go func() {
		<-called
		if err := tokens.SendTaskSuccess(tokenOf, json.RawMessage(`"yes"`)); err != nil {
			t.Error(err)
		}
	}()
	if got := parse(t, asking).Run(t.Context(), nil, asl.Options{Caller: caller, Tokens: tokens, Execution: execution}); string(got.Output) != `"yes"` {
		t.Errorf("got %+v", got)
	}
}

func TestAnExecutionThatIsStoppedWaitsNoMoreAndItsTokenIsWorthNothing(t *testing.T) {
	tokens := asl.NewTokens()
	ctx, stop := context.WithCancel(t.Context())
	caller := callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		stop()
		return json.RawMessage(`{}`), nil
	})
	if got := parse(t, asking).Run(ctx, nil, asl.Options{Caller: caller, Tokens: tokens, Execution: execution}); got.Status != asl.StatusAborted {
		t.Errorf("got %+v", got)
	}
	refused(t, tokens.SendTaskSuccess(tokenOf, json.RawMessage(`1`)), asl.ErrorTaskTimedOut)
}

func TestAnswersThatMeanNothingAreRefusedByTheNamesOfTheService(t *testing.T) {
	tokens := asl.NewTokens()
	refused(t, tokens.SendTaskHeartbeat("x"), asl.ErrorInvalidToken)
	refused(t, tokens.SendTaskHeartbeat(tokenOf), asl.ErrorTaskDoesNotExist)
	refused(t, tokens.SendTaskSuccess(tokenOf, json.RawMessage(`{`)), asl.ErrorInvalidOutput)
	refused(t, tokens.SendTaskSuccess(tokenOf, json.RawMessage(`"`+strings.Repeat("x", asl.MaxPayload)+`"`)), asl.ErrorInvalidOutput)
	refused(t, tokens.SendTaskFailure(tokenOf, strings.Repeat("x", 257), ""), "ValidationException")
}

func TestWithoutTokensATaskThatWaitsForOneFailsAndSaysWhatIsMissing(t *testing.T) {
	got := parse(t, asking).Run(t.Context(), nil, asl.Options{Caller: callerFunc(nil), Clock: asl.NewVirtualClock(start)})
	if got.Error != asl.ErrorRuntime || !strings.Contains(got.Cause, "Options.Tokens") {
		t.Errorf("got %+v", got)
	}
}

func TestIdleKeepsAnotherClockBesideTheExecutions(t *testing.T) {
	tokens, clock := asl.NewTokens(), asl.NewVirtualClock(start)
	idle := func(ctx context.Context, until time.Time, answered func() bool) {
		if answered() || !until.Equal(start.Add(time.Minute)) {
			t.Errorf("asked to wait until %s", until)
		}
		if err := clock.Sleep(ctx, 20*time.Second); err != nil {
			t.Error(err)
		}
		if err := tokens.SendTaskFailure(tokenOf, "", "no"); err != nil {
			t.Error(err)
		}
	}
	caller := callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{}`), nil
	})
	got := parse(t, asking).Run(t.Context(), nil, asl.Options{Caller: caller, Tokens: tokens, Clock: clock, Idle: idle, Execution: execution})
	if got.Error != asl.ErrorTaskFailed || got.Cause != "no" || !clock.Now().Equal(start.Add(20*time.Second)) {
		t.Errorf("got %+v after %s", got, clock.Now().Sub(start))
	}
}

func refused(t *testing.T, err error, name string) {
	t.Helper()
	var named *asl.Error
	if !errors.As(err, &named) || named.Name != name {
		t.Errorf("want %s, got %v", name, err)
	}
}
