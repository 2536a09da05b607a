package task

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Escalate calls somebody, with the record's own text, and ends the incident.
// Where a repair failed or did not help, the circuit opens: nothing automatic is
// done until somebody has looked. It is also where the machine's errors end.
func (t Tasks) Escalate(ctx context.Context, r Remediation) (Remediation, error) {
	r.concludeError()
	if r.ID == "" { // it failed before anything was handed on
		if err := t.recallIncident(ctx, &r); err != nil {
			return r, err
		}
	}
	if r.ID == "" {
		return t.escalateUnknown(ctx, r)
	}
	for {
		d, err := t.handOver(ctx, &r)
		if errors.Is(err, errJoinedSince) { // whoever is called has to read of that alarm, too
			continue
		}
		if err != nil {
			return r, err
		}
		return r, t.send(ctx, r.Application, d.Outbox, ledger.Escalation)
	}
}

// handOver ends the incident with a call, or finds that an earlier try of this
// state has ended it. The record is written before the ledger is, as
// closeIncident does it.
func (t Tasks) handOver(ctx context.Context, r *Remediation) (ledger.Document, error) {
	d, _, err := t.Ledger.Document(ctx, r.Application)
	if err != nil {
		return d, err
	}
	if d.Incident == nil || d.Incident.ID != r.ID {
		r.Decision = ToSucceeded
		return d, nil
	}
	if d, err = t.holdIncident(ctx, r); err != nil {
		return d, err
	}
	now, i := t.Clock.Now(), d.Incident
	r.end(flink.IncidentEscalated, r.Diagnosis.Check, t.callText(*r, *i))
	r.note(now, "Escalate", "somebody is called")
	if err := t.Ledger.WriteIncident(ctx, r.record(now, i)); err != nil {
		return d, err
	}
	return t.updateIncident(ctx, r, func(d *ledger.Document) error {
		if d.Incident.Joined != i.Joined {
			return errJoinedSince
		}
		if failed := unhelpful(i.Steps); failed != nil && d.Circuit == nil {
			d.Circuit = &ledger.Circuit{Release: failed.Release, Since: now, Message: flink.Foreign("incident "+r.ID+": "+r.Diagnosis.Message, flink.MaxLine)}
		}
		d.Post(t.call(*r))
		d.Incident = nil
		return nil
	})
}

// unhelpful is the newest step that did not do what it was to; nil when there is
// none. A job that was suspended is as it was meant to be.
func unhelpful(steps []ledger.Repair) *ledger.Repair {
	for n := len(steps) - 1; n >= 0; n-- {
		if s := steps[n]; s.Step != flink.StepSuspend || s.Outcome != flink.Succeeded {
			return &s
		}
	}
	return nil
}

// concludeError makes an error that the machine caught the reason for calling somebody.
func (r *Remediation) concludeError() {
	if r.Error == nil {
		return
	}
	r.Diagnosis = flink.Diagnosis{Action: flink.DoEscalate, Check: flink.CheckAlarmEvent,
		Message: flink.Foreign(r.FailedIn+" failed: "+r.Error.Error+" "+r.Error.Cause, flink.MaxSentence/2)}
	if r.ID != "" {
		r.Diagnosis.Check = flink.CheckStep
	}
}

// recallIncident finds the incident that this execution had opened before it
// failed, where the event says whose it is. Any other is taken over when it expires.
func (t Tasks) recallIncident(ctx context.Context, r *Remediation) error {
	a, err := readAlarm(r.Event)
	if err != nil || a == nil {
		return nil
	}
	app, _, ok := nameOf(a.Dimensions(), a.Tags)
	if !ok {
		return nil
	}
	d, _, err := t.Ledger.Document(ctx, app)
	if err != nil || d.Incident == nil || d.Incident.Holder != r.Execution {
		return err
	}
	r.ID, r.Application, r.Alarm, r.Event = d.Incident.ID, app, d.Incident.Alarms[0], d.Incident.Event
	r.Diagnosis.Check = flink.CheckStep
	return nil
}

// escalateUnknown records and tells of an event that nobody could look into.
func (t Tasks) escalateUnknown(ctx context.Context, r Remediation) (Remediation, error) {
	r.ID, r.Application = r.Started.UTC().Format(releaseTime)+"-"+baseName(r.Execution), ledger.NoApplication
	r.Event = keptEvent(r.Event)
	if a, err := readAlarm(r.Event); err == nil && a != nil {
		r.ID, r.Alarm = a.id, a.raised()
	}
	r.end(flink.IncidentEscalated, r.Diagnosis.Check, t.callText(r, ledger.Incident{Alarms: []ledger.Raised{r.Alarm}}))
	if err := t.Ledger.WriteIncident(ctx, r.record(t.Clock.Now(), nil)); err != nil {
		return r, err
	}
	return r, t.Sender.Send(ctx, r.Application, t.call(r))
}

// call is the message that somebody is called by.
func (t Tasks) call(r Remediation) ledger.Message {
	return ledger.Message{Name: "call-" + r.ID, Kind: ledger.Escalation, Payload: asJSON(ledger.Call{Subject: subject(r), Text: r.Message})}
}

// subject is one line of ASCII, at most 100 characters, as SNS takes it
// (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
func subject(r Remediation) string {
	const most = 99
	text := "Sluice: " + r.Application.String() + ": " + r.Alarm.Alarm
	if r.Application == ledger.NoApplication {
		text = "Sluice: " + r.Alarm.Alarm
	}
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text)
	return text[:min(len(text), most)]
}

// callText says what is wrong, what was tried and what to do next.
func (t Tasks) callText(r Remediation, i ledger.Incident) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s needs somebody: %s.\n", r.Application, strings.TrimSuffix(r.Diagnosis.Message, "."))
	for _, a := range i.Alarms[:min(len(i.Alarms), 5)] {
		fmt.Fprintf(&b, "Alarm %s went off at %s: %s\n", a.Alarm, a.At.UTC().Format(time.RFC3339), orNoReason(a.Reason))
	}
	if more := len(i.Alarms) - 5; more > 0 {
		fmt.Fprintf(&b, "And %d more alarms.\n", more)
	}
	for _, s := range i.Steps {
		fmt.Fprintf(&b, "Tried: %s at %s, %s: %s (release %s)\n", s.Step, s.At.UTC().Format(time.RFC3339), orUnknown(s.Outcome), s.Message, s.Release)
	}
	for _, why := range r.Diagnosis.Passed {
		fmt.Fprintf(&b, "Not done: %s\n", why)
	}
	fmt.Fprintf(&b, "Next: %s", next(r, i))
	return b.String()
}

func orUnknown(o flink.Outcome) string {
	if o == "" {
		return "how it ended is not known"
	}
	return string(o)
}

func next(r Remediation, i ledger.Incident) string {
	app := r.Application.String()
	if r.Application == ledger.NoApplication {
		return "find out whose alarm it is, and look at that application; sluice incidents show " + app + " " + r.ID + " shows the event"
	}
	look := "look at the job; sluice status " + app + " and sluice incidents show " + app + " " + r.ID + " tell what is known. "
	if n := len(i.Steps); n > 0 && i.Steps[n-1].Step == flink.StepSuspend && i.Steps[n-1].Outcome == flink.Succeeded {
		return look + "It is suspended: when it may run again, run sluice resume " + app
	}
	if unhelpful(i.Steps) != nil {
		return look + "Nothing automatic is done until you run sluice resume " + app
	}
	return look + "The alarm has to go quiet before it can tell again: nothing was changed that would hold the next repair back"
}
