package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
)

// callerFunc is a Caller made of a function.
type callerFunc func(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error)

func (f callerFunc) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	return f(ctx, resource, arguments)
}

func parse(t testing.TB, states string) *asl.Machine {
	t.Helper()
	machine, err := asl.Parse([]byte(`{"QueryLanguage":"JSONata",` + states + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return machine
}

const oneTask = `"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"r","End":true}}`

func TestAPayloadAboveTheLimitFailsTheExecution(t *testing.T) {
	atLimit := json.RawMessage(`"` + strings.Repeat("x", asl.MaxPayload-2) + `"`)
	above := json.RawMessage(`"` + strings.Repeat("x", asl.MaxPayload-1) + `"`)
	answer := func(payload json.RawMessage) asl.Options {
		return asl.Options{Caller: callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) { return payload, nil })}
	}
	cases := []struct {
		name          string
		input, result json.RawMessage
		want          string
	}{
		{"a result at the limit", nil, atLimit, ""},
		{"a result above it", nil, above, asl.ErrorDataLimitExceeded},
		{"an input at the limit", atLimit, nil, ""},
		{"an input above it", above, nil, asl.ErrorDataLimitExceeded},
		{"an input with spaces that do not count", append(slices.Clone(atLimit), "   "...), nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := parse(t, oneTask).Run(context.Background(), c.input, answer(c.result)); got.Error != c.want {
				t.Errorf("got %q %s, want %q", got.Error, got.Cause, c.want)
			}
		})
	}
}

func TestVariablesHaveLimitsOfTheirOwn(t *testing.T) {
	half := strings.Repeat("x", asl.MaxPayload/2)
	machine := parse(t, `"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"a":"`+half+`","b":"`+half+`"},"End":true}}`)
	got := machine.Run(context.Background(), nil, asl.Options{JSONata: loadEngine(t)})
	if got.Error != asl.ErrorDataLimitExceeded || !strings.Contains(got.Cause, "one Assign has") {
		t.Errorf("got %q %s", got.Error, got.Cause)
	}
}

func TestALoopWithoutAnEndFillsTheHistoryAndFails(t *testing.T) {
	machine := parse(t, `"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"Next":"A"}}`)
	var last asl.Event
	count := 0
	got := machine.Run(context.Background(), nil, asl.Options{
		Clock: asl.NewVirtualClock(start), Observe: func(e asl.Event) { count++; last = e },
	})
	if got.Status != asl.StatusFailed || got.Error != asl.ErrorRuntime || !strings.Contains(got.Cause, "25000") {
		t.Errorf("ended %s %s %s", got.Status, got.Error, got.Cause)
	}
	if count != asl.MaxEvents || last.Type != "ExecutionFailed" || last.ID != asl.MaxEvents {
		t.Errorf("%d events, the last is %d %s", count, last.ID, last.Type)
	}
}

func TestACancelledContextAbortsTheExecution(t *testing.T) {
	for _, clock := range []asl.Clock{asl.RealClock{}, asl.NewVirtualClock(start)} {
		t.Run(fmt.Sprintf("%T", clock), func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			caller := callerFunc(func(inner context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
				cancel(errors.New("stopped by the operator"))
				<-inner.Done()
				return nil, inner.Err()
			})
			machine := parse(t, `"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"r","Retry":[{"ErrorEquals":["States.ALL"]}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Call"}],"End":true}}`)
			got := machine.Run(ctx, nil, asl.Options{Caller: caller, Clock: clock})
			if got.Status != asl.StatusAborted || got.Cause != "stopped by the operator" || len(got.Path) != 1 {
				t.Errorf("ended %s %q after %v", got.Status, got.Cause, got.Path)
			}
		})
	}
}

func TestTheRealClockEndsATaskThatIsTooSlow(t *testing.T) {
	machine := parse(t, `"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"r","TimeoutSeconds":1,"End":true}}`)
	caller := callerFunc(func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if got := machine.Run(context.Background(), nil, asl.Options{Caller: caller}); got.Error != asl.ErrorTimeout {
		t.Errorf("got %s %s", got.Error, got.Cause)
	}
}

func TestBranchesRunAtTheSameTimeOnTheRealClock(t *testing.T) {
	machine := parse(t, `"StartAt":"Each","States":{"Each":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"r","End":true}}}}}`)
	arrived := make(chan struct{}, 3)
	caller := callerFunc(func(ctx context.Context, _ string, arguments json.RawMessage) (json.RawMessage, error) {
		arrived <- struct{}{}
		for len(arrived) < 3 { // until all are here
			if err := (asl.RealClock{}).Sleep(ctx, time.Millisecond); err != nil {
				return nil, err
			}
		}
		return arguments, nil
	})
	got := machine.Run(context.Background(), json.RawMessage(`[1,2,3]`), asl.Options{Caller: caller})
	if string(got.Output) != "[1,2,3]" {
		t.Errorf("got %s %s", got.Output, got.Cause)
	}
}

func TestARunOnTheVirtualClockIsTheSameEveryTime(t *testing.T) {
	machine := parse(t, `"StartAt":"Each","States":{"Each":{"Type":"Map","End":true,"MaxConcurrency":7,"ItemProcessor":{"StartAt":"Wait","States":{
		"Wait":{"Type":"Wait","Seconds":"{% $floor($random() * 100) %}","Next":"Call"},
		"Call":{"Type":"Task","Resource":"r","Retry":[{"ErrorEquals":["States.ALL"],"JitterStrategy":"FULL"}],"End":true}}}}}`)
	engine := loadEngine(t)
	once := func() []string {
		caller := &script{answers: map[string][]answer{"r": {{Error: "A"}, {After: 3}, {Error: "B", After: 2}, {After: 5}}}}
		input := json.RawMessage(`[1,2,3,4,5,6,7,8,9,10,11,12]`)
		got := play(t, machine, input, caller, engine)
		return append(append(got.events, got.calls...), got.elapsed.String(), string(got.Output))
	}
	first := once()
	for range 5 {
		if again := once(); !slices.Equal(first, again) {
			t.Fatalf("got\n%q\nthen\n%q", first, again)
		}
	}
}

func TestEventsComeInTheOrderOfTheirTimesAndNumbers(t *testing.T) {
	machine := parse(t, `"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
		{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":9,"End":true}}},
		{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":4,"Next":"C"},"C":{"Type":"Wait","Seconds":4,"End":true}}}]}}`)
	var events []asl.Event
	machine.Run(context.Background(), nil, asl.Options{
		Clock: asl.NewVirtualClock(start), Observe: func(e asl.Event) { events = append(events, e) },
	})
	for i, event := range events {
		if event.ID != i+1 || (i > 0 && event.Time.Before(events[i-1].Time)) {
			t.Errorf("event %d has number %d and time %s", i, event.ID, event.Time)
		}
	}
	if last := events[len(events)-1]; last.Time.Sub(start) != 9*time.Second {
		t.Errorf("the last event is at %s", last.Time.Sub(start))
	}
}

func TestAnInputThatIsNotJSONIsRefused(t *testing.T) {
	got := parse(t, oneTask).Run(context.Background(), json.RawMessage(`{`), asl.Options{})
	if got.Status != asl.StatusFailed || !strings.Contains(got.Cause, "is not JSON") {
		t.Errorf("got %s %s", got.Status, got.Cause)
	}
}

func TestWhatIsMissingFromTheOptionsIsNamed(t *testing.T) {
	if got := parse(t, oneTask).Run(context.Background(), nil, asl.Options{}); !strings.Contains(got.Cause, "Options.Caller is missing") {
		t.Errorf("got %s", got.Cause)
	}
	machine := parse(t, `"StartAt":"A","States":{"A":{"Type":"Pass","Output":"{% 1 %}","End":true}}`)
	if got := machine.Run(context.Background(), nil, asl.Options{}); !strings.Contains(got.Cause, "Options.JSONata is missing") {
		t.Errorf("got %s", got.Cause)
	}
}

func TestATaskThatAnswersWithSomethingElseThanJSONFails(t *testing.T) {
	caller := callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`oops`), nil
	})
	got := parse(t, oneTask).Run(context.Background(), nil, asl.Options{Caller: caller})
	if got.Error != asl.ErrorTaskFailed || !strings.Contains(got.Cause, "not JSON") {
		t.Errorf("got %s %s", got.Error, got.Cause)
	}
}

func BenchmarkRunOfFortyTransitions(b *testing.B) {
	machine := parse(b, `"StartAt":"Init","States":{
		"Init":{"Type":"Pass","Assign":{"n":0},"Next":"Observe"},
		"Observe":{"Type":"Task","Resource":"r","Arguments":{"n":"{% $n %}"},"Assign":{"n":"{% $n + 1 %}"},"Next":"Enough?"},
		"Enough?":{"Type":"Choice","Choices":[{"Condition":"{% $n < 13 %}","Next":"Wait"}],"Default":"Done"},
		"Wait":{"Type":"Wait","Seconds":30,"Next":"Observe"},"Done":{"Type":"Succeed"}}`)
	engine := loadEngine(b)
	caller := callerFunc(func(_ context.Context, _ string, arguments json.RawMessage) (json.RawMessage, error) {
		return arguments, nil
	})
	for b.Loop() {
		got := machine.Run(context.Background(), nil, asl.Options{Caller: caller, JSONata: engine, Clock: asl.NewVirtualClock(start)})
		if got.Status != asl.StatusSucceeded {
			b.Fatal(got.Cause)
		}
	}
}

func TestTheRealClockLetsATaskLiveThatSendsHeartbeats(t *testing.T) {
	machine := parse(t, `"StartAt":"Ask","States":{"Ask":{"Type":"Task","Resource":"arn:aws:states:eu-west-1:123456789012:activity:ask","HeartbeatSeconds":1,"End":true}}`)
	beating := callerFunc(func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
		for range 6 {
			if err := (asl.RealClock{}).Sleep(ctx, 200*time.Millisecond); err != nil {
				return nil, err
			}
			asl.Heartbeat(ctx)
		}
		return json.RawMessage(`"alive"`), nil
	})
	if got := machine.Run(context.Background(), nil, asl.Options{Caller: beating}); string(got.Output) != `"alive"` {
		t.Errorf("a task that beats ended %s %s", got.Error, got.Cause)
	}
	silent := callerFunc(func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if got := machine.Run(context.Background(), nil, asl.Options{Caller: silent}); got.Error != asl.ErrorHeartbeatTimeout {
		t.Errorf("a silent task ended %s %s", got.Error, got.Cause)
	}
}
