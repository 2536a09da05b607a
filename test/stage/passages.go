package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// Passage is something that went from one part to another.
type Passage struct {
	Where string // in words: the output of Prepare, the event ended-…
	Text  string
	Input bool // what was sent, as it was sent: into the first task, and past it when it failed
}

func (s *Stage) pass(where string, text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	input := where == "the input of Admit" || where == "the input of Settle" && strings.Contains(string(text), `"failedIn":"Admit"`)
	s.passed = append(s.passed, Passage{Where: where, Text: string(text), Input: input})
}

// Passages is everything that went in or out so far: inputs, outputs and errors
// of tasks and executions, and messages that were sent.
func (s *Stage) Passages() []Passage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Passage(nil), s.passed...)
}

// Documents are the ledger's objects as they lie there now, but for revisions,
// which hold the manifest as it is.
func (s *Stage) Documents() []Passage {
	s.t.Helper()
	keys, err := s.Objects.Keys(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	var all []Passage
	for _, key := range keys {
		if strings.HasPrefix(key, ledger.RevisionPrefix) {
			continue
		}
		body, _, err := s.Objects.Get(s.t.Context(), key)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, Passage{Where: "the object " + key, Text: string(body)})
	}
	return all
}

// Send implements task.Sender.
func (s *Stage) Send(_ context.Context, _ flink.Application, m ledger.Message) error {
	s.pass("the message "+m.Name, m.Payload)
	if m.Kind == ledger.EndWait {
		s.wake(m.Payload)
	}
	if s.send != nil {
		return s.send(m)
	}
	return nil
}

// Call implements asl.Caller: lambda:invoke of a function of the catalogue.
func (s *Stage) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	if strings.TrimSuffix(resource, ".waitForTaskToken") != "arn:aws:states:::lambda:invoke" {
		return nil, fmt.Errorf("no resource %s here", resource)
	}
	var in struct {
		FunctionName string
		Payload      json.RawMessage
	}
	if err := json.Unmarshal(arguments, &in); err != nil {
		return nil, err
	}
	for _, f := range functions.Catalogue() {
		if "${"+f.Substitution()+"}" == in.FunctionName {
			return s.invoke(ctx, f, in.Payload)
		}
	}
	return nil, fmt.Errorf("no function %s", in.FunctionName)
}

func (s *Stage) invoke(ctx context.Context, f functions.Function, payload []byte) (json.RawMessage, error) {
	s.pass("the input of "+f.State, payload)
	out, err := s.handlers[f.Name](ctx, payload)
	if err != nil {
		s.pass("the error of "+f.State, []byte(err.Error()))
		return nil, &asl.Error{Name: task.ErrorName(flink.CodeOf(err)), Cause: err.Error()}
	}
	s.pass("the output of "+f.State, out)
	if f.Name == "await-approval" && s.answer != nil {
		s.respond(ctx)
	}
	return json.Marshal(map[string]json.RawMessage{"Payload": out})
}

// respond says what Options have said, and wakes who waits for it.
func (s *Stage) respond(ctx context.Context) {
	s.t.Helper()
	var wake []ledger.Message
	_, err := ledger.Update(ctx, s.Ledger, App, func(d *ledger.Document) error {
		if d.Parked == nil {
			return nil
		}
		err := d.Respond(d.Parked.ID, *s.answer)
		wake = append(wake[:0], d.Outbox...)
		return err
	})
	if err != nil {
		s.t.Errorf("nobody could answer: %v", err)
	}
	for _, m := range wake {
		if m.Kind == ledger.EndWait {
			s.wake(m.Payload)
		}
	}
}

func (s *Stage) wake(payload []byte) {
	var w ledger.Wake
	if json.Unmarshal(payload, &w) == nil {
		_ = s.tokens.SendTaskSuccess(w.Token, json.RawMessage("{}")) // who does not sleep any more needs no waking
	}
}
