package task

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Act asks for the change that a step stands for: a release of its own, under
// names that follow from the incident and the number of the step, so that a
// repeat asks for the same one. What was asked for is in the ledger before it is sent.
func (t Tasks) Act(ctx context.Context, r Remediation) (Remediation, error) {
	var step ledger.Repair
	d, err := t.updateIncident(ctx, &r, func(d *ledger.Document) error {
		if pending := d.Incident.Pending(); pending != nil {
			step = *pending
			return nil
		}
		event, made, err := t.asked(r, *d.Incident)
		if err != nil {
			return err
		}
		step = made
		d.DidRepair(step)
		d.Post(ledger.Message{Name: step.Release, Kind: ledger.StartRelease, Payload: event})
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Request, r.Decision = step.Request, ToFollow
	r.note(t.Clock.Now(), "Act", string(step.Step)+" is asked for: release "+step.Release)
	return r, t.send(ctx, r.Application, d.Outbox)
}

// asked makes the event that asks for a step's change, and what the ledger remembers of it.
func (t Tasks) asked(r Remediation, i ledger.Incident) ([]byte, ledger.Repair, error) {
	kind, changes := r.Diagnosis.Step.Change()
	if !changes {
		return nil, ledger.Repair{}, flink.Errorf(flink.Internal, "act on an alarm", "the step %q changes nothing", r.Diagnosis.Step)
	}
	step := ledger.Repair{Incident: i.ID, Step: r.Diagnosis.Step, At: t.Clock.Now().UTC().Truncate(time.Second), Request: fmt.Sprintf("%s-%d", i.ID, len(i.Steps)+1), Why: r.Diagnosis.Message}
	event, f, err := t.ask(events.ChangeRequestedDetail{Request: step.Request, Namespace: r.Application.Namespace, Application: r.Application.Name, Change: string(kind),
		By: "alarm " + i.Alarms[0].Alarm, Why: line(step.Why), Automatic: true, Parallelism: r.Diagnosis.Parallelism})
	if err != nil {
		return nil, step, flink.Errorf(flink.Internal, "act on an alarm", "%w", err)
	}
	step.Release = f.release
	return event, step, nil
}
