package flink

import (
	"fmt"
	"time"
)

// Diagnosis is what is done about an incident next.
type Diagnosis struct {
	Action      DiagnosisAction `json:"action"`
	Step        RemediationStep `json:"step,omitempty"`        // Act
	Parallelism int             `json:"parallelism,omitempty"` // Act, of the step Scale
	Until       time.Time       `json:"until,omitzero"`        // Wait: look again then
	Outcome     IncidentOutcome `json:"outcome,omitempty"`     // Close
	Check       Check           `json:"check"`                 // that decided
	Message     string          `json:"message"`               // a sentence with the fact
	Passed      []string        `json:"passed,omitempty"`      // why each step before was passed over
}

// DiagnosisAction is what to do.
type DiagnosisAction string

// The actions.
const (
	DoAct      DiagnosisAction = "Act"      // take the step
	DoWait     DiagnosisAction = "Wait"     // look again later
	DoEscalate DiagnosisAction = "Escalate" // call somebody
	DoClose    DiagnosisAction = "Close"    // the incident is over
)

// Case is what a diagnosis is made from.
type Case struct {
	Now         time.Time
	Opened      time.Time    // of the incident
	Symptom     time.Time    // when its first alarm went off, by CloudWatch's clock
	Alarms      []AlarmFacts // of the incident, as they are now; the one that opened it first
	Policy      Remediation
	Observation Observation
	Running     Revision // what runs
	Gone        string   // why there is nothing any more that could be repaired, in words; empty when there is
	InFlight    string   // the release that changes the application now, in words; empty when none does
	Released    *Ended   // the newest release that brought the revision that runs
	GoodBefore  string   // revision to go back to; empty when there is none
	Tried       []Tried  // in this incident, oldest first
	Before      []Tried  // in incidents before, oldest first
}

// Ended is a release that has ended.
type Ended struct {
	ID      string
	At      time.Time
	Running time.Time // when all tasks of the version it brought were first seen running; zero: not known
}

const (
	// recheckEvery is how often an incident is looked at: CloudWatch evaluates an
	// alarm once a minute (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
	recheckEvery = time.Minute
	// steadyFor is how long an alarm has to stay that came and went, or that is
	// raised beside a job that is well: most evaluate over some minutes, and lag
	// behind by as much.
	steadyFor = 5 * time.Minute
	// incidentPatience bounds an incident: longer than two releases one after the
	// other that come to their deadlines.
	incidentPatience = 12 * time.Hour
	day              = 24 * time.Hour
)

type diagnosisCheck struct {
	name  Check
	check func(Case) *Diagnosis // nil: it holds
}

// diagnosisChecks is the chain: the first check that does not hold decides.
var diagnosisChecks = []diagnosisCheck{
	{CheckLastRepair, lastRepair},
	{CheckQuiet, alarmQuiet},
	{CheckPatience, patience},
	{CheckThere, stillThere},
	{CheckNotInFlight, notInFlight},
	{CheckSettled, settled},
	{CheckSteady, alarmSteady},
	{CheckPerDay, perDay},
	{CheckStep, firstStep},
}

// DiagnosisChecks lists the names of the checks in their order.
func DiagnosisChecks() []Check {
	names := make([]Check, len(diagnosisChecks))
	for i, c := range diagnosisChecks {
		names[i] = c.name
	}
	return names
}

// Diagnose says what is done about an incident next.
func Diagnose(c Case) Diagnosis {
	for _, named := range diagnosisChecks {
		if d := named.check(c); d != nil {
			d.Check = named.name
			return *d
		}
	}
	return Diagnosis{Action: DoEscalate, Check: CheckStep, Message: "no step of the policy can help"}
}

func (c Case) wait(until time.Time, format string, args ...any) *Diagnosis {
	if next := c.Now.Add(recheckEvery); until.IsZero() || until.After(next) {
		until = next
	}
	return &Diagnosis{Action: DoWait, Until: until, Message: fmt.Sprintf(format, args...)}
}

func escalate(format string, args ...any) *Diagnosis {
	return &Diagnosis{Action: DoEscalate, Message: fmt.Sprintf(format, args...)}
}

// last is the step that was taken last in this incident; nil when none was.
func (c Case) last() *Tried {
	if len(c.Tried) == 0 {
		return nil
	}
	return &c.Tried[len(c.Tried)-1]
}

// alarmQuiet: the incident is over when no alarm of it is raised any more.
func alarmQuiet(c Case) *Diagnosis {
	if raised, _ := c.raised(); raised {
		return nil
	}
	if last := c.last(); last != nil && last.Outcome == FailedDirty {
		return escalate("%s, and %s failed: %s", c.quietWords(), last.Step, last.Message)
	}
	d := &Diagnosis{Action: DoClose, Outcome: IncidentPassed, Message: c.quietWords() + " by itself: nothing was done"}
	if last := c.last(); last != nil && last.Outcome == Succeeded {
		d.Outcome, d.Message = IncidentHelped, c.quietWords()+" after "+string(last.Step)
	}
	return d
}

// raised tells whether an alarm still is, and says which. Where CloudWatch has
// too little data, or does not answer, the job itself tells.
func (c Case) raised() (bool, AlarmFacts) {
	var unclear *AlarmFacts
	for i, a := range c.Alarms {
		switch {
		case a.State == AlarmRaised:
			return true, a
		case a.State == AlarmNoData, a.State == AlarmUnknown && a.Unread != "":
			unclear = &c.Alarms[i]
		}
	}
	if unclear != nil && Unwell(c.Observation, c.Running, c.Now) != "" {
		return true, *unclear
	}
	return false, AlarmFacts{}
}

func (c Case) quietWords() string {
	for _, a := range c.Alarms {
		switch {
		case a.State == AlarmNoData:
			return "the alarm " + a.Name + " has too little data to tell, and the job is well: it counts as quiet"
		case a.State == AlarmUnknown && a.Unread != "":
			return "the alarm " + a.Name + " cannot be read (" + a.Unread + "), and the job is well: it counts as quiet"
		case a.State == AlarmUnknown:
			return "the alarm " + a.Name + " was removed"
		}
	}
	if len(c.Alarms) > 1 {
		return fmt.Sprintf("all %d alarms are quiet", len(c.Alarms))
	}
	return "the alarm is quiet"
}

// lastRepair: one that failed half-way, or that was to end the job, leaves
// nothing to try. One that left the job as unwell as it had been is no worse than none.
func lastRepair(c Case) *Diagnosis {
	last := c.last()
	switch {
	case last == nil || last.Outcome == "":
		return nil
	case last.Outcome == FailedDirty && last.Reason != HeldForSomebody:
		return escalate("%s failed and left the application as somebody has to look at: %s", last.Step, last.Message)
	case last.Step == StepSuspend && last.Outcome == Succeeded:
		return escalate("the job was suspended, as the policy says: somebody has to look, and run sluice resume when it may run again")
	}
	return nil
}

func patience(c Case) *Diagnosis {
	if c.Now.Sub(c.Opened) < incidentPatience {
		return nil
	}
	return escalate("the alarm has been raised for %s, and nothing that could be done has ended it", incidentPatience)
}

// notInFlight: a release has a judgement and a rollback of its own.
func notInFlight(c Case) *Diagnosis {
	if c.InFlight == "" {
		return nil
	}
	return c.wait(time.Time{}, "%s: it judges the job itself, and what is left of the alarm is seen to when it has ended", c.InFlight)
}

// stillThere: what was taken away meanwhile needs no repair.
func stillThere(c Case) *Diagnosis {
	last := c.last()
	switch {
	case c.Gone == "":
		return nil
	case last != nil && last.Outcome == FailedDirty:
		return escalate("%s, and %s failed before: %s", c.Gone, last.Step, last.Message)
	}
	return &Diagnosis{Action: DoClose, Outcome: IncidentPassed, Message: c.Gone + ": there is nothing that could be repaired"}
}

// settled gives what was done the policy's cool-down to show. What was refused
// or undone has nothing to show.
func settled(c Case) *Diagnosis {
	last := c.last()
	if last == nil || last.Outcome != Succeeded {
		return nil
	}
	due := last.Ended.Add(c.Policy.Cooldown)
	if !c.Now.Before(due) {
		return nil
	}
	return c.wait(due, "%s has succeeded: the alarm has until %s to go quiet", last.Step, due.UTC().Format(time.RFC3339))
}

// alarmSteady: an alarm that came and went in this incident, or one beside a job that
// is well, may end by itself.
func alarmSteady(c Case) *Diagnosis {
	if len(c.Tried) > 0 {
		return nil
	}
	_, a := c.raised()
	if a.Since.Sub(c.Symptom) > recheckEvery && c.Now.Sub(a.Since) < steadyFor {
		return c.wait(a.Since.Add(steadyFor), "the alarm %s comes and goes: it went off again at %s, and is dealt with when it stays", a.Name, a.Since.UTC().Format(time.RFC3339))
	}
	if Unwell(c.Observation, c.Running, c.Now) == "" && c.Now.Sub(c.Opened) < steadyFor {
		return c.wait(c.Opened.Add(steadyFor), "the job is well: all its tasks run and its checkpoints complete. An alarm lags behind, so it is looked at again")
	}
	return nil
}

func perDay(c Case) *Diagnosis {
	n := int64(0)
	for _, t := range append(append([]Tried{}, c.Before...), c.Tried...) {
		if c.Now.Sub(t.At) < day {
			n++
		}
	}
	if n < c.Policy.MaxPerDay {
		return nil
	}
	return escalate("%d repairs were made within 24 hours, which is all that the policy allows (maxPerDay)", n)
}

// firstStep is the first step of the policy that can help.
func firstStep(c Case) *Diagnosis {
	var passed []string
	for _, step := range c.Policy.Steps {
		if step == StepEscalate {
			break
		}
		if c.wasTried(step) {
			continue // the record tells of it where it tells what was tried
		}
		parallelism, why := c.canHelp(step)
		if why == "" {
			_, a := c.raised()
			return &Diagnosis{Action: DoAct, Step: step, Parallelism: parallelism, Passed: passed, Message: "the alarm " + a.Name + " is raised (" + orNothing(a.Reason) + "), and " + c.unwellWords()}
		}
		passed = append(passed, string(step)+": "+why)
	}
	_, a := c.raised()
	d := escalate("the alarm %s is raised (%s), %s, and no step of the policy can help", a.Name, orNothing(a.Reason), c.unwellWords())
	d.Passed = passed
	return d
}

func (c Case) unwellWords() string {
	if why := Unwell(c.Observation, c.Running, c.Now); why != "" {
		return why
	}
	return "the job is well as far as Flink tells"
}
