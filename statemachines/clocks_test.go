package statemachines_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// byAnotherClock is an event whose times are off by that much.
func byAnotherClock(t *testing.T, event []byte, off time.Duration) []byte {
	t.Helper()
	e, err := events.Parse(event)
	must(t, err)
	var detail map[string]any
	must(t, json.Unmarshal(e.Detail, &detail))
	e.Time = e.Time.Add(off)
	detail["state"].(map[string]any)["timestamp"] = e.Time.Format("2006-01-02T15:04:05.000-0700")
	e.Detail, err = json.Marshal(detail)
	must(t, err)
	moved, err := json.Marshal(e)
	must(t, err)
	return moved
}

// TestAClockThatIsMinutesOffChangesNoRepair: CloudWatch's clock, or ours.
func TestAClockThatIsMinutesOffChangesNoRepair(t *testing.T) {
	for _, off := range []time.Duration{-5 * time.Minute, -time.Second, time.Second, 5 * time.Minute} {
		w := newWorld(t)
		r := w.remediating()
		r.ailing()
		r.alarms.now = func() time.Time { return w.clock.Now().Add(off) }
		r.set("fraud", flink.AlarmRaised)
		r.alarms.states["fraud"] = flink.AlarmFacts{Name: "fraud", State: flink.AlarmRaised, Since: w.clock.Now().Add(off)}
		r.alarms.follows["fraud"] = true
		w.onSend = func(m ledger.Message) {
			if m.Kind == ledger.StartRelease {
				w.run(m.Payload)
			}
		}
		result, out := r.remediate(byAnotherClock(t, r.event("fraud", "ALARM", dimensionsOf(app)), off))
		if result.Status != "SUCCEEDED" || out.Outcome != flink.IncidentHelped || len(r.asks()[app]) != 1 {
			t.Errorf("%s off: %s, %s %s: %s; asked for %v", off, result.Status, out.Outcome, out.Check, out.Message, r.asks())
		}
	}
}

// TestAnAlarmThatComesADayLateIsAnsweredByWhatIsNow: EventBridge tries for a day,
// and a dead letter is sent again weeks later.
func TestAnAlarmThatComesADayLateIsAnsweredByWhatIsNow(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.plantWith(app, "steps: [Restart, Escalate]")
	event := r.event("fraud", "ALARM", dimensionsOf(app))
	must(t, w.clock.Sleep(t.Context(), 24*time.Hour))
	r.set("fraud", flink.AlarmOK)
	if out := r.diagnose(event); out.Outcome != flink.IncidentPassed || out.Check != flink.CheckQuiet {
		t.Errorf("an alarm that is quiet by now: %s %s: %s", out.Outcome, out.Check, out.Message)
	}
	if out := r.diagnose(event); out.Decision != task.ToSucceeded || out.Check != flink.CheckFirstOfEvent {
		t.Errorf("the same once more: %s %s: %s", out.Outcome, out.Check, out.Message)
	}
	r.set("fraud", flink.AlarmRaised)
	late := r.event("fraud", "ALARM", dimensionsOf(app))
	must(t, w.clock.Sleep(t.Context(), 24*time.Hour))
	if out := r.diagnose(late); out.Decision != task.ToAct {
		t.Errorf("one that is still raised: %s %s: %s", out.Decision, out.Check, out.Message)
	}
	d, _, err := w.ledger.Document(t.Context(), app)
	must(t, err)
	if ids, err := w.ledger.Incidents(t.Context(), app, 10); err != nil || len(ids) != 1 || d.Incident == nil {
		t.Errorf("records %v, %v, incident %+v", ids, err, d.Incident)
	}
}

// TestNoMoreThanMaxPerDayOverManyIncidents: the job breaks every hour.
func TestNoMoreThanMaxPerDayOverManyIncidents(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.ailing() // maxPerDay has its default, 4
	r.alarms.follows["fraud"] = true
	w.onSend = func(m ledger.Message) {
		if m.Kind == ledger.StartRelease {
			w.run(m.Payload)
		}
	}
	outcomes := map[flink.IncidentOutcome]int{}
	for range 7 {
		r.set("fraud", flink.AlarmRaised)
		_, out := r.remediate(r.event("fraud", "ALARM", dimensionsOf(app)))
		outcomes[out.Outcome]++
		if out.Outcome == flink.IncidentEscalated && out.Check != flink.CheckPerDay {
			t.Errorf("called by %s: %s", out.Check, out.Message)
		}
		must(t, w.clock.Sleep(t.Context(), time.Hour))
		w.target.FailJob(app)
		must(t, w.clock.Sleep(t.Context(), 10*time.Second))
	}
	if outcomes[flink.IncidentHelped] != 4 || outcomes[flink.IncidentEscalated] != 3 || len(r.asks()[app]) != 4 {
		t.Errorf("outcomes %v, asked for %d", outcomes, len(r.asks()[app]))
	}
}
