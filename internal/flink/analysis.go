package flink

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// AnalysisCase is what is known, before anything is touched, of whether a
// policy's analysis can be carried out.
type AnalysisCase struct {
	Policy      Policy
	ReadsAlarms bool    // the installation can read CloudWatch alarms
	AsksQueries bool    // the installation has a Prometheus to ask
	Signals     Signals // what the policy names, as it is now
	Before      Observation
	Batch       bool // the new version is a batch job
	Now         time.Time
}

// tellsLagAfter is how long a job runs before it can be said that its sources
// tell no lag: connectors register the metric with the first records they get.
const tellsLagAfter = 2 * time.Minute

// ImpossibleAnalysis says what a policy asks for that cannot be answered; nil
// when there is nothing. A check that cannot be carried out must not pass, and
// must not fail a version that is good: so nothing is begun.
func ImpossibleAnalysis(c AnalysisCase) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Policy.Analysis.LagRecovery != nil && c.Batch {
		fault("analysis.lagRecovery: a batch job has no lag to recover from; remove it")
	} else if l := c.Policy.Analysis.LagRecovery; l != nil && l.Within >= c.Policy.ProgressDeadline {
		fault("analysis.lagRecovery: it has %s, and the progress deadline of %s would fail the version before; make progressDeadline the longer one", l.Within, c.Policy.ProgressDeadline)
	} else if l != nil && c.tellsNoLag() {
		fault("analysis.lagRecovery: the job that runs tells no lag (%s), so there is nothing to compare with; use sources that report pendingRecords, or remove it", orNothing(c.Before.Job.Lag.Unknown))
	}
	if names := c.Policy.Analysis.CloudWatchAlarms; len(names) > 0 && !c.ReadsAlarms {
		fault("analysis.cloudWatchAlarms: this installation reads no CloudWatch alarms, so %s would never be looked at; remove it", strings.Join(names, ", "))
	} else {
		faults = append(faults, c.deafAlarms()...)
	}
	if len(c.Policy.Analysis.Prometheus) > 0 && !c.AsksQueries {
		fault("analysis.prometheus: this installation knows no Prometheus, so the queries would never be asked; give it the address of one, or remove them")
	} else {
		faults = append(faults, c.deafQueries()...)
	}
	return errors.Join(faults...)
}

// tellsNoLag: of a job that does not run well nothing can be said.
func (c AnalysisCase) tellsNoLag() bool {
	j := c.Before.Job
	return c.Before.Exists && j.Reachable && allRunning(j) && !j.Lag.Known && c.Now.Sub(j.Started) >= tellsLagAfter
}

func (c AnalysisCase) deafAlarms() (faults []error) {
	for _, name := range c.Policy.Analysis.CloudWatchAlarms {
		switch a := c.Signals.alarm(name); {
		case a.Unread != "":
			faults = append(faults, fmt.Errorf("analysis.cloudWatchAlarms: %s cannot be read: %s", name, a.Unread))
		case a.State == AlarmUnknown:
			faults = append(faults, fmt.Errorf("analysis.cloudWatchAlarms: there is no alarm %s in this account and region; create it, or correct its name", name))
		}
	}
	return faults
}

// deafQueries: one that finds no data now may find some later.
func (c AnalysisCase) deafQueries() (faults []error) {
	for _, q := range c.Policy.Analysis.Prometheus {
		switch f := c.Signals.query(q.Query); {
		case f.Refused != "":
			faults = append(faults, fmt.Errorf("analysis.prometheus: Prometheus refuses the query %s: %s", brief(q.Query), f.Refused))
		case f.Unread != "":
			faults = append(faults, fmt.Errorf("analysis.prometheus: the query %s has no answer: %s", brief(q.Query), f.Unread))
		}
	}
	return faults
}
