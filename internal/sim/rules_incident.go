package sim

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// repair is something that was done about an alarm, and when.
type repair struct {
	ledger.Repair
	at time.Time
}

// incidentRules hold for every write of the ledger document.
func incidentRules(j *journal, s documentStep) []rule {
	rules := []rule{
		{"IncidentIsNotDropped", func() string { return incidentIsNotDropped(j, s) }},
		{"FailedRepairOpensTheCircuit", func() string { return failedRepairOpensTheCircuit(j, s) }},
	}
	for _, r := range s.to.Repairs {
		if !slices.ContainsFunc(j.repairs, func(known repair) bool { return known.Request == r.Request }) {
			before := j.repairs
			j.repairs = append(j.repairs, repair{r, j.line.now})
			rules = append(rules,
				rule{"OneRepairAtATime", func() string { return oneRepairAtATime(j, before, r, s.to) }},
				rule{"NoMoreThanPerDay", func() string { return noMoreThanPerDay(j) }})
		}
	}
	return rules
}

// incidentIsNotDropped: an incident ends with the record of how it went.
func incidentIsNotDropped(j *journal, s documentStep) string {
	old := s.from.Incident
	if old == nil || s.to.Incident != nil && s.to.Incident.ID == old.ID {
		return ""
	}
	if r := j.incident(old.ID); r == nil || r.Outcome == flink.IncidentIgnored {
		return "incident " + old.ID + " was open, and how it ended is not recorded"
	}
	return ""
}

// incident is the newest record of an alarm's event, if there is one.
func (j *journal) incident(id string) *ledger.IncidentRecord {
	all := j.incidents[id]
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// failedRepairOpensTheCircuit: an incident whose last repair left the job as
// somebody has to look at ends with the circuit open.
func failedRepairOpensTheCircuit(j *journal, s documentStep) string {
	old := s.from.Incident
	if old == nil || s.to.Incident != nil || s.to.Circuit != nil || len(old.Steps) == 0 {
		return ""
	}
	last := old.Steps[len(old.Steps)-1]
	if r := j.record(last.Release); r != nil && r.Outcome == flink.FailedDirty {
		return "incident " + old.ID + " ended after release " + last.Release + " had ended dirty, and the circuit is closed"
	}
	return ""
}

// oneRepairAtATime: nothing is done about an alarm before what was done last has
// ended, or nobody has it any more.
func oneRepairAtATime(j *journal, before []repair, r ledger.Repair, d ledger.Document) string {
	for _, old := range before {
		lost := slices.ContainsFunc(d.Repairs, func(known ledger.Repair) bool { return known.Request == old.Request && known.Outcome != "" })
		if j.record(old.Release) == nil && !lost {
			return fmt.Sprintf("%s is asked for as %s, and %s, which was asked for as %s, has not ended", r.Step, r.Request, old.Step, old.Request)
		}
	}
	return ""
}

// noMoreThanPerDay: so many repairs as the policy allows.
func noMoreThanPerDay(j *journal) string {
	n := 0
	for _, r := range j.repairs {
		if j.line.now.Sub(r.at) < 24*time.Hour {
			n++
		}
	}
	if n > maxPerDay {
		return fmt.Sprintf("%d repairs within a day, and the policy allows %d", n, maxPerDay)
	}
	return ""
}

// incidentRecordRules hold for every record of an alarm's event.
func incidentRecordRules(j *journal, id string) []rule {
	all := j.incidents[id]
	return []rule{
		{"IncidentSaysWhy", func() string { return incidentSaysWhy(all[len(all)-1]) }},
		{"IncidentKeepsItsOutcome", func() string { return incidentKeepsItsOutcome(all) }},
	}
}

func incidentSaysWhy(r ledger.IncidentRecord) string {
	if r.Outcome != "" && r.Check != "" && namesSomething.MatchString(r.Message) {
		return ""
	}
	return fmt.Sprintf("the record of incident %s (%s %s) does not say why: %q", r.ID, r.Outcome, r.Check, r.Message)
}

// incidentKeepsItsOutcome: the same event again does not take the place of what
// became of it.
func incidentKeepsItsOutcome(all []ledger.IncidentRecord) string {
	if len(all) < 2 {
		return ""
	}
	old, now := all[len(all)-2], all[len(all)-1]
	if old.Application == now.Application && old.Outcome != flink.IncidentIgnored && now.Outcome == flink.IncidentIgnored {
		return fmt.Sprintf("incident %s ended %s, and its record was written again as %s: %s", now.ID, old.Outcome, now.Outcome, now.Message)
	}
	return ""
}

// everyAlarmHasItsRecord: each event of an alarm that was delivered has one.
func everyAlarmHasItsRecord(w *world) string {
	for _, id := range slices.Sorted(maps.Keys(w.asked)) {
		u := w.asked[id]
		told := w.journal.incident(u.release) != nil || w.journal.incident(u.ofTheDay) != nil
		if u.Alarm != nil && u.delivered > 0 && !u.excused() && !told {
			return "the alarm of " + u.ID + " was told of, and there is no record " + u.release
		}
	}
	return ""
}
