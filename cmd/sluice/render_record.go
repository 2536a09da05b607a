package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// renderRecord tells a release in words.
func renderRecord(r ledger.Record) string {
	var f fields
	f.add("asked", askedFor(r))
	f.add("started", fmt.Sprintf("%s, ended after %s", clock(r.Started), lasted(r.Ended.Sub(r.Started))))
	f.addIf("approval", approval(r.Approval))
	f.addIf("execution", r.Execution)
	f.addIf("revision", revisions(r))
	f.addIf("plan", planned(r.Plan))
	f.addIf("notes", strings.Join(r.Notes, "\n"))
	f.addIf("savepoints", savepoints(r))
	f.addIf("verdict", verdict(r.Verdict))
	f.addIf("rollback", rollbacks(r.Rollback))
	f.add("downtime", downtime(r))
	f.add("restored", restored(r))
	f.add("next", next(r))
	text := fmt.Sprintf("release %s of %s\n%s, %s: %s\n\n%s", r.ID, r.Application, r.Outcome, r.Reason, r.Message, table(f))
	if len(r.Timeline) > 0 {
		text += "\ntimeline\n" + table(timeline(r))
	}
	return text
}

// changeOf is what was asked; records of older versions are all of upgrades.
func changeOf(r ledger.Record) string {
	if r.Change == nil || r.Change.Kind == "" {
		return string(flink.Upgrade)
	}
	return string(r.Change.Kind)
}

// askedFor says what was asked, by whom and why.
func askedFor(r ledger.Record) string {
	if r.Change == nil {
		return orDash(r.Trigger)
	}
	text := changeOf(r) + wanted(*r.Change)
	if r.Trigger != "" {
		text += " by " + r.Trigger
	}
	if r.Change.By != "" {
		text += " by " + r.Change.By
	}
	if r.Change.Why != "" {
		text += ": " + r.Change.Why
	}
	return text
}

// wanted is what a change is to be carried out with.
func wanted(c flink.Change) string {
	text := ""
	if c.Revision != "" {
		text += " to revision " + c.Revision
	}
	if c.Snapshot != "" {
		text += " from " + c.Snapshot
	}
	if c.Parallelism != 0 {
		text += fmt.Sprintf(" to parallelism %d", c.Parallelism)
	}
	if c.Release != "" {
		text += " of release " + c.Release
	}
	if c.AbandonState {
		text += ", even without a savepoint"
	}
	if c.DryRun {
		text += " (dry run)"
	}
	return text
}

func approval(a *ledger.Answer) string {
	if a == nil {
		return ""
	}
	text := fmt.Sprintf("%s by %s at %s", answered(a.Approved), orDash(a.By), clock(a.At))
	if a.Why != "" {
		text += ": " + a.Why
	}
	return text
}

func revisions(r ledger.Record) string {
	switch {
	case r.Revision == "":
		return ""
	case r.Previous == "":
		return r.Revision + " (" + orDash(r.Jar) + "), the first"
	}
	return r.Revision + " (" + orDash(r.Jar) + "), before it " + r.Previous
}

func planned(p *flink.Plan) string {
	if p == nil {
		return ""
	}
	text := p.Message
	if p.Undo != "" {
		text += "\nundone by: " + p.Undo
	}
	if p.Delivery != "" {
		text += "\nthe jar reaches Flink by " + string(p.Delivery)
	}
	return text
}

func savepoints(r ledger.Record) string {
	var lines []string
	for _, s := range r.Snapshots {
		lines = append(lines, fmt.Sprintf("%s %s at %s", s.Kind, s.Path, offset(r.Started, s.Taken)))
	}
	return strings.Join(lines, "\n")
}

func verdict(v *flink.Verdict) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s, %s: %s", v.State, v.Check, v.Message)
}

func rollbacks(all []flink.RollbackDecision) string {
	var lines []string
	for i, d := range all {
		what := string(d.Action) + " from " + string(d.Restore.Kind)
		if d.Restore.Path != "" {
			what += " " + base(d.Restore.Path)
		}
		lines = append(lines, fmt.Sprintf("%d. %s: %s", i+1, what, d.Message))
	}
	return strings.Join(lines, "\n")
}

func timeline(r ledger.Record) [][]string {
	var rows [][]string
	for _, m := range r.Timeline {
		rows = append(rows, []string{"  " + offset(r.Started, m.At), m.State, strings.ReplaceAll(m.Note, "\n", "; ")})
	}
	return rows
}

// offset is how long after the start something was, as in +12.3s.
func offset(start, at time.Time) string { return fmt.Sprintf("%+.1fs", at.Sub(start).Seconds()) }

// next says what to do now.
func next(r ledger.Record) string {
	switch {
	case r.Outcome == flink.FailedDirty:
		return fmt.Sprintf("look at sluice status %s and at the job's logs; when the job is as it should be, run sluice resume %s, then upload again", r.Application, r.Application)
	case r.Reason == flink.CircuitOpen:
		return fmt.Sprintf("see sluice status %s for what has to be looked at, then run sluice resume %s and upload again", r.Application, r.Application)
	case r.Reason == flink.Stopped, r.Reason == flink.JobSuspended:
		return fmt.Sprintf("run sluice resume %s when it shall run again", r.Application)
	case r.Reason == flink.Cancelled, r.Reason == flink.Denied:
		return "nothing is half done; ask again if it shall be done after all"
	case r.Reason == flink.ApprovalExpired, r.Reason == flink.ApprovalOutdated:
		return "ask again, and have it approved in time"
	case r.Reason == flink.RolledBack:
		return "the previous version runs; mend the job and upload a new jar"
	case r.Reason == flink.FirstVersionFailed:
		return "nothing runs; mend the job and upload a new jar"
	case r.Outcome == flink.FailedClean && changeOf(r) != string(flink.Upgrade):
		return "mend what is said above and ask again; what runs was not touched"
	case r.Outcome == flink.FailedClean:
		return "mend what is said above and upload again; what runs was not touched"
	case r.Reason == flink.NoJarYet:
		return "upload a jar beside the manifest"
	}
	return "nothing"
}
