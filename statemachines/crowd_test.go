package statemachines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// interrupted has something happen once, just before the record of an incident's
// end is written.
type interrupted struct {
	ledger.Store
	happens func()
}

func (i *interrupted) WriteIncident(ctx context.Context, r ledger.IncidentRecord) error {
	if happens := i.happens; happens != nil && r.Outcome != flink.IncidentIgnored {
		i.happens = nil
		happens()
	}
	return i.Store.WriteIncident(ctx, r)
}

// TestAnAlarmThatJoinsWhileSomebodyIsCalledIsNamed: it goes off after the message
// was put together and before the incident is closed.
func TestAnAlarmThatJoinsWhileSomebodyIsCalledIsNamed(t *testing.T) {
	w := newWorld(t)
	i := &interrupted{Store: w.ledger}
	w.ledger = i
	r := w.remediating()
	r.plantWith(app, "steps: [Escalate]")
	r.set("first", flink.AlarmRaised)
	r.set("second", flink.AlarmRaised)
	second := r.event("second", "ALARM", dimensionsOf(app))
	i.happens = func() {
		if out := r.diagnose(second); out.Check != flink.CheckOnly {
			t.Errorf("the second alarm: %s, %s", out.Check, out.Message)
		}
	}
	_, out := r.remediate(r.event("first", "ALARM", dimensionsOf(app)))
	record, err := w.ledger.Incident(t.Context(), app, out.ID)
	must(t, err)
	calls := r.calls()
	if len(calls) != 1 || !strings.Contains(calls[0].Text, "Alarm second went off") || len(record.Alarms) != 2 || record.Joined != 1 || record.Message != calls[0].Text {
		t.Errorf("called %+v, record %+v", calls, record)
	}
}

// crowd has that many alarms go off while the first one's step is about to be taken.
func (r *remediating) crowd(n int) []byte {
	r.set("first", flink.AlarmRaised)
	first := r.event("first", "ALARM", dimensionsOf(app))
	r.world.before = func(state string) error {
		if state != "Act" {
			return nil
		}
		r.world.before = nil
		for i := range n {
			name := fmt.Sprintf("alarm-%d", i)
			r.set(name, flink.AlarmRaised)
			r.diagnose(r.event(name, "ALARM", dimensionsOf(app)))
		}
		return nil
	}
	return first
}

// TestAnIncidentIsNotOverWhileAnyAlarmOfTwoHundredIsRaised: all are quiet after
// the restart but the one that joined last.
func TestAnIncidentIsNotOverWhileAnyAlarmOfTwoHundredIsRaised(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.ailing()
	w.onFirstRepair(func() {
		last := fmt.Sprintf("alarm-%d", storm-2)
		r.alarms.states = map[string]flink.AlarmFacts{last: r.alarms.states[last]}
	})
	_, out := r.remediate(r.crowd(storm - 1))
	record, err := w.ledger.Incident(t.Context(), app, out.ID)
	must(t, err)
	calls := r.calls()
	if out.Outcome != flink.IncidentEscalated || len(calls) != 1 || len(record.Alarms) != storm || record.Alarms[storm-1].Alarm != "alarm-198" {
		t.Fatalf("%s: %s; called %d times, %d alarms recorded", out.Outcome, out.Message, len(calls), len(record.Alarms))
	}
	if len(calls[0].Text) > 8<<10 || !strings.Contains(calls[0].Text, "alarm-198") {
		t.Errorf("whoever is called reads %d bytes: %s", len(calls[0].Text), calls[0].Text)
	}
}

// TestAnAlarmThatAnIncidentHasNoRoomForWaitsForItsEnd: the document stays as it
// is, and what becomes of the alarm is recorded all the same.
func TestAnAlarmThatAnIncidentHasNoRoomForWaitsForItsEnd(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(app, "steps: [Restart, Escalate]")
	r.set("first", flink.AlarmRaised)
	long := strings.Repeat("x", 200)
	if out := r.diagnose(r.event("first", "ALARM", dimensionsOf(app))); out.Decision != task.ToAct {
		t.Fatalf("the first alarm: %s, %s", out.Decision, out.Message)
	}
	var last task.Remediation
	var event []byte
	for i := range storm {
		name := fmt.Sprintf("%s-%d", long, i)
		r.set(name, flink.AlarmRaised)
		event = r.event(name, "ALARM", dimensionsOf(app))
		last = r.diagnoseAs("arn:"+name, event)
	}
	d, _, err := w.ledger.Document(t.Context(), app)
	must(t, err)
	text, err := json.Marshal(d)
	must(t, err)
	if last.Decision != task.ToRecheck || last.Seconds < 1 || len(d.Incident.Alarms) != storm || len(text) > 128<<10 {
		t.Fatalf("the last alarm: %s, %s; %d alarms in %d bytes", last.Decision, last.Message, len(d.Incident.Alarms), len(text))
	}
	_, err = ledger.Update(t.Context(), w.ledger, app, func(d *ledger.Document) error { d.Incident = nil; return nil })
	must(t, err)
	input, err := json.Marshal(last)
	must(t, err)
	raw, err := w.handlers["diagnose"](t.Context(), input)
	must(t, err)
	must(t, json.Unmarshal(raw, &last))
	if last.Decision != task.ToAct || last.Alarm.Alarm != fmt.Sprintf("%s-%d", long, storm-1) {
		t.Errorf("after the incident's end: %s, %s", last.Decision, last.Message)
	}
}
