package flink

import "time"

// IncidentOutcome is how an alarm's incident ended.
type IncidentOutcome string

// The outcomes of incidents.
const (
	IncidentHelped    IncidentOutcome = "Helped"    // the alarm is quiet after something was done
	IncidentPassed    IncidentOutcome = "Passed"    // the alarm is quiet, and nothing had to be done
	IncidentEscalated IncidentOutcome = "Escalated" // somebody was called
	IncidentIgnored   IncidentOutcome = "Ignored"   // the event is nobody's, joined another, or nothing is to be done about it
)

// MaxRepairs is how many repairs of an application are remembered, and with them
// the most that maxPerDay may be.
const MaxRepairs = 100

// Check names what decided over an alarm: a closed set, for metrics and for tests.
type Check string

// What decides over an alarm, in the order in which it is asked.
const (
	// About the event, before anything else is looked at.
	CheckAlarmEvent   Check = "AlarmEvent"   // it is an event of an alarm, and of a form that is known
	CheckOurs         Check = "Ours"         // it is not about another installation's applications
	CheckAlarmRaised  Check = "AlarmRaised"  // it went to ALARM
	CheckNotSilenced  Check = "NotSilenced"  // nobody muted it
	CheckApplication  Check = "Application"  // it names one application
	CheckFirstOfEvent Check = "FirstOfEvent" // the event was not dealt with before

	// About the application, before an incident is opened.
	CheckDeployed     Check = "Deployed"      // the application is there
	CheckPolicyReads  Check = "PolicyReads"   // its policy can be read
	CheckAnswered     Check = "Answered"      // the policy answers this alarm
	CheckNotSuspended Check = "NotSuspended"  // the job is meant to run
	CheckCircuit      Check = "CircuitClosed" // nobody has to look first
	CheckOnly         Check = "OnlyIncident"  // no other incident of the application is open: this event joins it

	// About the incident.
	CheckLastRepair  Check = "LastRepair"  // what was done last ended as it should
	CheckQuiet       Check = "AlarmQuiet"  // an alarm is still raised
	CheckPatience    Check = "Patience"    // it has not lasted too long
	CheckThere       Check = "StillThere"  // the application was not taken away meanwhile
	CheckNotInFlight Check = "NotInFlight" // no release changes the application
	CheckSettled     Check = "Settled"     // what was done last has had its time
	CheckSteady      Check = "Steady"      // the alarm does not come and go, and does not lag behind a job that is well
	CheckPerDay      Check = "PerDay"      // fewer repairs than the policy allows
	CheckStep        Check = "Step"        // a step of the policy that can help
)

// Tried is a step that was taken.
type Tried struct {
	Step    RemediationStep `json:"step"`
	At      time.Time       `json:"at"`
	Release string          `json:"release,omitempty"`
	Ended   time.Time       `json:"ended,omitzero"` // zero: it is not known yet
	Outcome Outcome         `json:"outcome,omitempty"`
	Reason  Reason          `json:"reason,omitempty"`
	Message string          `json:"message,omitempty"` // of the release that made it
}

// Change is the change that a step asks for; false for one that changes nothing.
func (s RemediationStep) Change() (ChangeKind, bool) {
	switch s {
	case StepRestart:
		return Restart, true
	case StepRollback:
		return Rollback, true
	case StepScale:
		return Scale, true
	case StepSuspend:
		return Suspend, true
	}
	return "", false
}

// Answers tells whether the policy answers an alarm of that name. Patterns say
// which; with steps and no patterns it answers every alarm that names the application.
func (r Remediation) Answers(alarm string) bool {
	if len(r.Alarms) == 0 {
		return true
	}
	return r.Names(alarm)
}

// Names tells whether one of the policy's patterns is of an alarm of that name.
// A star stands for any characters.
func (r Remediation) Names(alarm string) bool {
	for _, pattern := range r.Alarms {
		if matchesStar(pattern, alarm) {
			return true
		}
	}
	return false
}

// matchesStar tells whether a text is of a pattern, in time of their lengths'
// product at most: patterns are users', and names are, too.
func matchesStar(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0: // the last star takes one character more
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
