package task

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/testevents"
)

// post remembers what is sent.
type post struct{ sent []ledger.Message }

func (p *post) Send(_ context.Context, _ flink.Application, m ledger.Message) error {
	p.sent = append(p.sent, m)
	return nil
}

func TestAnAlarmWhoseExecutionsDieAgainAndAgainCallsSomebody(t *testing.T) {
	alarm, err := testevents.FS.ReadFile("alarm-state-changed.metric.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"e1_r1": "-again-1", "a-again-1": "-again-2", "a-again-2": "-again-3", "a-again-3": ""} {
		p := &post{}
		tasks := Tasks{Deps{Ledger: ledger.New(ledger.NewMemory()), Clock: noon{}, Sender: p}}
		detail, _ := json.Marshal(events.ExecutionChangedDetail{ExecutionArn: "arn:aws:states:eu-west-1:111122223333:execution:x-remediate:" + name, Name: name,
			StateMachineArn: "arn:aws:states:eu-west-1:111122223333:stateMachine:x-remediate", Status: "FAILED", Input: string(alarm), Error: "States.Runtime"})
		event, _ := json.Marshal(events.Event{Source: events.ExecutionChangedSource, DetailType: events.ExecutionChangedType, Detail: detail})
		r, err := tasks.Sweep(t.Context(), Recovery{Event: event})
		if err != nil || r.Decision != ToSucceeded || len(r.Done) != 1 || len(p.sent) != 1 {
			t.Errorf("%s: %+v, %v; sent %+v", name, r, err, p.sent)
			continue
		}
		if m := p.sent[0]; want != "" {
			if m.Kind != ledger.StartMachine || !strings.HasSuffix(m.Name, want) || len(m.Name) > 80 {
				t.Errorf("%s: sent %s %s", name, m.Kind, m.Name)
			}
			continue
		}
		ids, err := tasks.Ledger.Incidents(t.Context(), ledger.NoApplication, 10)
		if m := p.sent[0]; m.Kind != ledger.Escalation || err != nil || len(ids) != 1 {
			t.Errorf("%s: sent %s %s, records %v, %v", name, m.Kind, m.Name, ids, err)
		}
	}
}
