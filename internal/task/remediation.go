package task

import (
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Remediation is the one document that goes in and out of every handler of the
// remediate machine. Each field names the state that writes it. What was done is
// in the ledger: it is what another execution goes on from.
type Remediation struct {
	Decision Decision `json:"decision"` // every Task: what comes next; the Choice after it switches on this alone

	Event     json.RawMessage `json:"event,omitempty"` // Receive: as it came; Diagnose: what is kept of it
	Execution string          `json:"execution"`       // Receive
	Started   time.Time       `json:"started"`         // Receive

	ID          string            `json:"id,omitempty"` // Diagnose: of the incident, or of the event's record
	Application flink.Application `json:"application"`  // Diagnose
	Alarm       ledger.Raised     `json:"alarm"`        // Diagnose
	FoundBy     string            `json:"foundBy,omitempty"`
	Diagnosis   flink.Diagnosis   `json:"diagnosis"`         // Diagnose: the newest
	Seconds     int64             `json:"seconds,omitempty"` // Diagnose: until the next look, at least 1
	Request     string            `json:"request,omitempty"` // Act: under which the change was asked for

	Outcome flink.IncidentOutcome `json:"outcome,omitempty"` // Diagnose, Escalate
	Check   flink.Check           `json:"check,omitempty"`   //
	Message string                `json:"message,omitempty"` //

	Timeline []ledger.Moment `json:"timeline,omitempty"` // every Task

	Error    *CaughtError `json:"error,omitempty"`    // the machine, when it caught one
	FailedIn string       `json:"failedIn,omitempty"` // the machine: the state that failed
}

// The decisions of the remediate machine. A test holds them against its Choice states.
const (
	ToAct       Decision = "Act"
	ToFollow    Decision = "Follow"
	ToRecheck   Decision = "Recheck"
	ToDiagnose  Decision = "Diagnose"
	ToEscalate  Decision = "Escalate"
	ToSucceeded Decision = "Succeeded" // the incident is over, or never was one
)

// RemediationDecisions lists them all.
func RemediationDecisions() []Decision {
	return []Decision{ToAct, ToFollow, ToRecheck, ToDiagnose, ToEscalate, ToSucceeded}
}

// incidentTerm is how long an incident lasts without a step of its holder: well
// over the longest invocation with its retries, and over the longest wait.
const incidentTerm = leaseTerm

// note adds a line to the timeline; the same line twice in a row is kept once.
func (r *Remediation) note(now time.Time, state, text string) {
	r.Timeline = noted(r.Timeline, now, state, text)
}

// end has the machine end with an outcome.
func (r *Remediation) end(o flink.IncidentOutcome, why flink.Check, message string) {
	r.Decision, r.Outcome, r.Check, r.Message = ToSucceeded, o, why, flink.Foreign(message, flink.MaxSentence)
}

// record is what is kept of the event for good; of one that opened an incident
// with what the ledger knows of it.
func (r *Remediation) record(now time.Time, i *ledger.Incident) ledger.IncidentRecord {
	record := ledger.IncidentRecord{ID: r.ID, Application: r.Application, Execution: r.Execution, Event: r.Event, Opened: r.Started, Ended: now,
		Outcome: r.Outcome, Check: r.Check, Message: r.Message, Timeline: r.Timeline}
	if r.Alarm.Alarm != "" {
		record.Alarms = []ledger.Raised{r.Alarm}
	}
	if i != nil {
		record.Alarms, record.Joined, record.Steps, record.Opened = i.Alarms, i.Joined, i.Steps, i.Opened
	}
	return record
}
