package flink

import (
	"fmt"
	"slices"
)

// Standing is what is known of an application when an alarm of it goes off,
// before anything is looked at.
type Standing struct {
	Alarm      string   // its name
	Triggers   []string // of a composite alarm: the names of those that triggered it
	OwnWork    string   // the metric it is on, if that tells of what Sluice could not do; empty otherwise
	Deployed   bool     // a revision of it was written, and it was not deleted
	Deleted    string   // how it was deleted, in words; empty when it was not
	Unreadable string   // why its policy cannot be read; empty when it can
	Policy     Remediation
	Suspended  bool   // on purpose
	Circuit    string // why nothing automatic happens; empty when it may
}

// Objection is why nothing is done about an alarm.
type Objection struct {
	Check   Check
	Message string
}

// Answer says whether an incident is opened for an alarm; nil when it is. Each
// line is a check by its name, and the first that does not hold decides.
func Answer(s Standing) *Objection {
	object := func(c Check, format string, args ...any) *Objection {
		return &Objection{c, fmt.Sprintf(format, args...)}
	}
	switch {
	case s.Deleted != "":
		return object(CheckDeployed, "%s: the alarm is of something that is no more, remove it", s.Deleted)
	case !s.Deployed:
		return object(CheckDeployed, "nothing is deployed under that name")
	case s.Unreadable != "":
		return object(CheckPolicyReads, "the policy cannot be read, so nobody knows what may be done: %s", s.Unreadable)
	case len(s.Policy.Steps) == 0:
		return object(CheckAnswered, "the policy names no remediation.steps: nothing is done about alarms")
	case !s.Policy.Answers(s.Alarm) && !slices.ContainsFunc(s.Triggers, s.Policy.Answers):
		return object(CheckAnswered, "no pattern of remediation.alarms is of the alarm %s", s.Alarm)
	case s.OwnWork != "" && !s.Policy.Names(s.Alarm):
		return object(CheckAnswered, "the alarm is on %s, which no change of the job mends: it is answered only where a pattern of remediation.alarms names it", s.OwnWork)
	case s.Suspended:
		return object(CheckNotSuspended, "the job was suspended on purpose: that it does not run needs no repair")
	case s.Circuit != "":
		return object(CheckCircuit, "nothing automatic is done until somebody runs sluice resume: %s", s.Circuit)
	}
	return nil
}
