package flink

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Signals is what the world beside the runtime says of an application: alarms
// and queries that its policy names.
type Signals struct {
	Alarms  []AlarmFacts `json:"alarms,omitempty"`
	Queries []QueryFacts `json:"queries,omitempty"`
}

// AlarmState is a CloudWatch alarm's; the values are CloudWatch's.
type AlarmState string

// The states of an alarm.
const (
	AlarmOK      AlarmState = "OK"
	AlarmRaised  AlarmState = "ALARM"
	AlarmNoData  AlarmState = "INSUFFICIENT_DATA"
	AlarmUnknown AlarmState = "" // no alarm of that name, or it could not be read
)

// AlarmFacts is one alarm at one moment.
type AlarmFacts struct {
	Name   string     `json:"name"`
	State  AlarmState `json:"state,omitempty"`
	Since  time.Time  `json:"since,omitzero"`   // of that state, by CloudWatch's clock
	Reason string     `json:"reason,omitempty"` // CloudWatch's, one line
	Unread string     `json:"unread,omitempty"` // why it could not be read, one line; empty with AlarmUnknown: there is none
}

// QueryFacts is the answer to one query at one moment.
type QueryFacts struct {
	Query   string    `json:"query"`
	Values  []float64 `json:"-"`                 // one for each series, NaN among them; empty: no data. Never stored: JSON has no NaN
	Refused string    `json:"refused,omitempty"` // the server says that the query is wrong, in its own words
	Unread  string    `json:"unread,omitempty"`  // why there is no answer, one line
}

// alarmDataGrace is how long an alarm may be without data after all tasks run,
// or half the progress deadline if that is shorter. An alarm on what happens
// seldom is so most of the time: then it is quiet.
const alarmDataGrace = 5 * time.Minute

// alarmsQuiet blames a version for what was raised after all its tasks ran.
// What was raised before is the downtime's, or older: it has to end in time.
func alarmsQuiet(w Watch, o Observation, e Expectation, now time.Time) said {
	for _, name := range e.Policy.Analysis.CloudWatchAlarms {
		a := o.Signals.alarm(name)
		switch {
		case a.State == AlarmRaised && a.Since.After(w.RunningAt):
			return fail("the alarm %s was raised %s after all tasks ran: %s", name, a.Since.Sub(w.RunningAt).Round(time.Second), orNothing(a.Reason))
		case a.State == AlarmRaised:
			return waitFor("the alarm %s was raised before all tasks ran and is still: %s", name, orNothing(a.Reason))
		case a.State == AlarmNoData && now.Sub(w.RunningAt) < min(alarmDataGrace, e.Policy.ProgressDeadline/2):
			return waitFor("the alarm %s has too little data to tell", name)
		case a.State == AlarmUnknown && a.Unread != "":
			return waitFor("the alarm %s could not be read: %s", name, a.Unread)
		case a.State == AlarmUnknown:
			return waitFor("there is no CloudWatch alarm %s any more", name)
		}
	}
	return ok()
}

func (s Signals) alarm(name string) AlarmFacts {
	for _, a := range s.Alarms {
		if a.Name == name {
			return a
		}
	}
	return AlarmFacts{Name: name, Unread: "nobody asked for it"}
}

// untold says which alarms were quiet only because they had nothing to tell.
func (s Signals) untold() string {
	said := ""
	for _, a := range s.Alarms {
		if a.State == AlarmNoData {
			said += "; the alarm " + a.Name + " had too little data to tell"
		}
	}
	return said
}

// queriesHold: a query looks back, over the downtime at first, so its answer
// may become good; once the version bakes it has to stay good.
func queriesHold(w Watch, o Observation, e Expectation, _ time.Time) said {
	for _, q := range e.Policy.Analysis.Prometheus {
		condition, err := ParseCondition(q.SuccessCondition)
		if err != nil {
			return fail("analysis.prometheus: %v", err)
		}
		switch s := answered(condition, o.Signals.query(q.Query)); {
		case s.result == waits && !w.HealthySince.IsZero() && s.wrong:
			return fail("%s", s.message)
		case s.result != holds:
			return s.said
		}
	}
	return ok()
}

// answer is what a query's answer comes to; wrong when it is known, and not good.
type answer struct {
	said
	wrong bool
}

func answered(c Condition, q QueryFacts) answer {
	switch {
	case q.Refused != "":
		return answer{said: fail("Prometheus refuses the query %s: %s", brief(q.Query), q.Refused)}
	case q.Unread != "":
		return answer{said: waitFor("the query %s has no answer: %s", brief(q.Query), q.Unread)}
	case len(q.Values) == 0:
		return answer{said: waitFor("the query %s finds no data", brief(q.Query))}
	}
	for _, v := range q.Values {
		if math.IsNaN(v) { // a rate of nothing, divided by nothing
			return answer{said: waitFor("the query %s answers NaN, which tells nothing", brief(q.Query))}
		}
	}
	for _, v := range q.Values {
		if !c.Holds(v) {
			return answer{waitFor("the query %s answers %g, which is not %s", brief(q.Query), v, strings.Replace(c.String(), "result ", "", 1)), true}
		}
	}
	return answer{}
}

func (s Signals) query(query string) QueryFacts {
	for _, q := range s.Queries {
		if q.Query == query {
			return q
		}
	}
	return QueryFacts{Query: query, Unread: "nobody asked it"}
}

// brief is a query as a message can carry it.
func brief(query string) string {
	const limit = 120
	query = strings.Join(strings.Fields(query), " ")
	if runes := []rune(query); len(runes) > limit {
		query = string(runes[:limit-1]) + "…"
	}
	return fmt.Sprintf("%q", query)
}
