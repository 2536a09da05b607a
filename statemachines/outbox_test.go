package statemachines_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// TestWhatOneFunctionLeftToBeSentHoldsUpNoOther: the outbox holds an execution
// that only recovery may start, and a call that nobody takes. A release is
// settled all the same, both stay for recovery, and a repair is asked for.
func TestWhatOneFunctionLeftToBeSentHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.ailing()
	w.refuses = map[ledger.MessageKind]bool{ledger.StartMachine: true, ledger.Escalation: true}
	_, err := ledger.Update(t.Context(), w.ledger, app, func(d *ledger.Document) error {
		d.Post(ledger.Message{Name: "again", Kind: ledger.StartMachine, Payload: []byte(`{"machine":"arn:x","input":{}}`)})
		d.Post(ledger.Message{Name: "call", Kind: ledger.Escalation, Payload: []byte(`{"subject":"s","text":"t"}`)})
		return nil
	})
	must(t, err)
	w.onFirstRepair(func() { r.set("fraud", flink.AlarmOK) })
	r.set("fraud", flink.AlarmRaised)
	if result, out := r.remediate(r.event("fraud", "ALARM", dimensionsOf(app))); result.Status != "SUCCEEDED" || out.Outcome != flink.IncidentHelped {
		t.Errorf("the repair: %s, %s: %s", result.Status, out.Outcome, out.Message)
	}
	if result, out := w.run(w.put(app.String()+"/v2.jar", w.jar("v2", targettest.Behaviour{}))); result.Status != "SUCCEEDED" {
		t.Errorf("the release: %s: %s", result.Status, out.Message)
	}
	d, _, err := w.ledger.Document(t.Context(), app)
	must(t, err)
	if len(d.Outbox) != 2 {
		t.Errorf("the outbox holds %+v", d.Outbox)
	}
}
