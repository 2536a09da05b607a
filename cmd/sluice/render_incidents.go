package main

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func renderIncidents(a incidentsAnswer) string {
	if len(a.Incidents) == 0 && len(a.Open) == 0 {
		return "No alarm was answered yet; --all lists those about which nothing was to be done, too.\n"
	}
	text := ""
	if len(a.Incidents) > 0 {
		rows := [][]string{{"OPENED", "APPLICATION", "INCIDENT", "ALARM", "OUTCOME", "BY", "TRIED", "WHY"}}
		for _, r := range a.Incidents {
			rows = append(rows, []string{clock(r.Opened), r.Application.String(), r.ID, alarmNames(r.Alarms), string(r.Outcome), string(r.Check), triedNames(r.Steps), firstLine(r.Message)})
		}
		text = table(rows)
	}
	for _, o := range a.Open {
		text += fmt.Sprintf("%s: %s\n", o.Application, strings.ReplaceAll(incident(o.Incident), "\n", "; "))
	}
	return text
}

// incident says what is being done about an alarm.
func incident(i ledger.Incident) string {
	text := fmt.Sprintf("%s is open since %s: %s", i.ID, clock(i.Opened), alarmNames(i.Alarms))
	if step := i.Pending(); step != nil {
		text += fmt.Sprintf("\n%s is asked for since %s, as release %s", step.Step, clock(step.At), step.Release)
	} else if n := len(i.Steps); n > 0 {
		text += fmt.Sprintf("\n%s ended %s at %s; the alarm is watched", i.Steps[n-1].Step, i.Steps[n-1].Outcome, clock(i.Steps[n-1].Ended))
	}
	return text
}

func alarmNames(alarms []ledger.Raised) string {
	switch len(alarms) {
	case 0:
		return "-"
	case 1:
		return alarms[0].Alarm
	}
	return fmt.Sprintf("%s and %d more", alarms[0].Alarm, len(alarms)-1)
}

func triedNames(steps []ledger.Repair) string {
	var names []string
	for _, s := range steps {
		names = append(names, string(s.Step))
	}
	return orDash(strings.Join(names, ", "))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// alarmsTold is how many alarms of an incident are told one by one: a storm has hundreds.
const alarmsTold = 20

func renderIncident(r ledger.IncidentRecord) string {
	var f fields
	f.add("application", r.Application.String())
	f.add("outcome", fmt.Sprintf("%s (%s)", r.Outcome, r.Check))
	f.add("message", r.Message)
	f.add("lasted", fmt.Sprintf("%s, from %s to %s", lasted(r.Ended.Sub(r.Opened)), clock(r.Opened), clock(r.Ended)))
	for _, a := range r.Alarms[:min(len(r.Alarms), alarmsTold)] {
		f.add("alarm", fmt.Sprintf("%s went off at %s: %s", a.Alarm, clock(a.At), orDash(a.Reason)))
	}
	if more := len(r.Alarms) - alarmsTold; more > 0 {
		f.add("alarms", fmt.Sprintf("and %d more: -o json tells them all", more))
	}
	if r.Joined > 0 {
		f.add("joined by", fmt.Sprintf("%d further events", r.Joined))
	}
	f.addIf("joined", r.Joins)
	for _, s := range r.Steps {
		f.add("tried", triedWhole(s))
	}
	for _, m := range r.Timeline {
		f.add(clock(m.At), m.State+": "+m.Note)
	}
	return "incident " + r.ID + "\n" + table(f)
}

func triedWhole(s ledger.Repair) string {
	text := fmt.Sprintf("%s at %s, release %s: %s", s.Step, clock(s.At), s.Release, orDash(string(s.Outcome)))
	switch {
	case s.Helped:
		text += ", and the alarm went quiet"
	case s.Outcome == flink.Succeeded:
		text += ", and the alarm stayed"
	}
	if s.Message != "" {
		text += "\n" + s.Message
	}
	return text
}
