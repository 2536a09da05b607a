package asl_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// A scenario is a txtar file: definition.json, input.json (null if absent),
// tasks.json (answers by resource, in order, the last one for ever) and
// want.json. Fields of want that are absent are not compared.
type want struct {
	Status      string
	Output      json.RawMessage
	Error       string
	Cause       string // a part of it
	Path        []string
	Calls       []string // "resource arguments"
	Elapsed     string
	Transitions int
	Events      []string // the types, in order
}

type answer struct {
	Output json.RawMessage
	Error  string
	Cause  string
	Plain  string  // an error that is no *asl.Error
	After  float64 // seconds the task takes
	Beat   float64 // seconds between heartbeats while it takes them
	Send   string  // success, failure or heartbeat: what it sends with the token that was seen first in an argument "token"
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	engine := loadEngine(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			runScenario(t, file, engine)
		})
	}
}

func runScenario(t *testing.T, file string, engine *jsonata.Engine) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, part := range archive.Files {
		parts[part.Name] = part.Data
	}
	machine, err := asl.Parse(parts["definition.json"])
	if err != nil {
		t.Fatal(err)
	}
	var expected want
	decode(t, parts["want.json"], &expected)
	caller := &script{answers: map[string][]answer{}}
	if tasks := parts["tasks.json"]; tasks != nil {
		decode(t, tasks, &caller.answers)
	}
	got := play(t, machine, parts["input.json"], caller, engine)
	compare(t, expected, got)
}

// played is a result with what was seen on the way.
type played struct {
	asl.Result
	calls, events []string
	elapsed       time.Duration
}

func play(t *testing.T, machine *asl.Machine, input []byte, caller *script, engine *jsonata.Engine) played {
	t.Helper()
	clock := asl.NewVirtualClock(start)
	caller.clock, caller.tokens = clock, asl.NewTokens()
	var events []string
	result := machine.Run(context.Background(), input, asl.Options{
		Caller: caller, Tokens: caller.tokens, Clock: clock, JSONata: engine, Execution: execution, Rand: rand.NewPCG(1, 2),
		Observe: func(e asl.Event) { events = append(events, e.Type) },
	})
	return played{result, caller.calls, events, clock.Now().Sub(start)}
}

var (
	start     = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	execution = asl.Execution{
		ARN: "arn:aws:states:eu-west-1:123456789012:execution:demo:one", Name: "one", RoleARN: "arn:aws:iam::123456789012:role/demo",
		StateMachineARN: "arn:aws:states:eu-west-1:123456789012:stateMachine:demo", StateMachineName: "demo",
	}
)

func compare(t *testing.T, expected want, got played) {
	t.Helper()
	if got.Status != expected.Status || got.Error != expected.Error || !strings.Contains(got.Cause, expected.Cause) {
		t.Errorf("ended %s %s %q, want %s %s %q", got.Status, got.Error, got.Cause, expected.Status, expected.Error, expected.Cause)
	}
	if expected.Output != nil && !sameJSON(t, expected.Output, got.Output) {
		t.Errorf("output %s, want %s", got.Output, expected.Output)
	}
	for _, list := range []struct {
		name      string
		want, got []string
	}{{"path", expected.Path, got.Path}, {"calls", expected.Calls, got.calls}, {"events", expected.Events, got.events}} {
		if list.want != nil && !slices.Equal(list.want, list.got) {
			t.Errorf("%s\n got %q\nwant %q", list.name, list.got, list.want)
		}
	}
	if expected.Elapsed != "" && got.elapsed.String() != expected.Elapsed {
		t.Errorf("took %s, want %s", got.elapsed, expected.Elapsed)
	}
	if expected.Transitions != 0 && got.Transitions != expected.Transitions {
		t.Errorf("%d transitions, want %d", got.Transitions, expected.Transitions)
	}
}

func sameJSON(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var left, right any
	decode(t, a, &left)
	decode(t, b, &right)
	return reflect.DeepEqual(left, right)
}

func decode(t *testing.T, raw []byte, target any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

func loadEngine(t testing.TB) *jsonata.Engine {
	t.Helper()
	path, err := jsonata.Find()
	if err != nil {
		t.Skip(err)
	}
	engine, err := jsonata.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// script is a Caller that answers from a list and lets virtual time pass.
type script struct {
	mu      sync.Mutex
	answers map[string][]answer
	clock   asl.Clock
	calls   []string
	tokens  *asl.Tokens
	token   string
}

func (s *script) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	next, err := s.next(resource, arguments)
	if err != nil {
		return nil, err
	}
	if err := s.pass(ctx, next); err != nil {
		return nil, err
	}
	switch {
	case next.Send != "":
		if err := s.send(next); err != nil {
			return nil, err
		}
		if next.Plain != "" {
			return nil, errors.New(next.Plain)
		}
		return json.RawMessage("null"), nil
	case next.Plain != "":
		return nil, errors.New(next.Plain)
	case next.Error != "":
		return nil, fmt.Errorf("wrapped: %w", &asl.Error{Name: next.Error, Cause: next.Cause})
	}
	if next.Output == nil {
		return arguments, nil
	}
	return next.Output, nil
}

func (s *script) send(next answer) error {
	s.mu.Lock()
	token := s.token
	s.mu.Unlock()
	switch next.Send {
	case "success":
		return s.tokens.SendTaskSuccess(token, next.Output)
	case "failure":
		return s.tokens.SendTaskFailure(token, next.Error, next.Cause)
	}
	return s.tokens.SendTaskHeartbeat(token)
}

func (s *script) next(resource string, arguments json.RawMessage) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seen struct{ Token string }
	if json.Unmarshal(arguments, &seen) == nil && seen.Token != "" && s.token == "" {
		s.token = seen.Token
		arguments = []byte(strings.ReplaceAll(string(arguments), seen.Token, "<token>"))
	}
	s.calls = append(s.calls, resource+" "+string(arguments))
	list := s.answers[resource]
	if len(list) == 0 {
		return answer{}, fmt.Errorf("the scenario has no answer for %s", resource)
	}
	if len(list) > 1 {
		s.answers[resource] = list[1:]
	}
	return list[0], nil
}

func (s *script) pass(ctx context.Context, next answer) error {
	left := time.Duration(next.After * float64(time.Second))
	beat := time.Duration(next.Beat * float64(time.Second))
	for beat > 0 && left > beat {
		if err := s.clock.Sleep(ctx, beat); err != nil {
			return err
		}
		asl.Heartbeat(ctx)
		left -= beat
	}
	return s.clock.Sleep(ctx, left)
}
