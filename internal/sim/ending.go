package sim

import (
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// endRules are asked when an execution has ended.
func endRules(e *execution) []rule {
	if e.machine != functions.Release {
		return []rule{{"EndsAsDefined", func() string { return endsAsDefined(e) }}}
	}
	return []rule{
		{"EndsAsDefined", func() string { return endsAsDefined(e) }},
		{"RecordSaysTheEnd", func() string { return recordSaysTheEnd(e) }},
		{"RepairIsNotHeld", func() string { return repairIsNotHeld(e) }},
		{"WhatWasSentIsGone", func() string { return whatWasSentIsGone(e) }},
		{"LeaseIsGivenBack", func() string { return leaseIsGivenBack(e) }},
	}
}

// endsAsDefined: Succeeded, FailedClean and FailedDirty are the only ends of a
// release, Succeeded that of any other machine, unless somebody stopped it.
func endsAsDefined(e *execution) string {
	r := e.result
	switch {
	case r.Status == asl.StatusSucceeded, r.Status == asl.StatusAborted:
		return ""
	case e.machine == functions.Release && r.Status == asl.StatusFailed && (r.Error == string(flink.FailedClean) || r.Error == string(flink.FailedDirty)):
		return ""
	case e.machine == functions.Rotate && r.Error == "Sluice.NotListed" && e.goesWrong(LedgerAway):
		return "" // the next tick lists what is due
	case e.machine == functions.Recover && r.Error == "RecoverFailed" && (e.goesWrong(LedgerAway) || len(e.faults[string(functions.Recover)]) > 0):
		return "" // the next tick looks again
	}
	return fmt.Sprintf("execution %s ended %s with %s: %s", e.name, r.Status, r.Error, r.Cause)
}

// recordSaysTheEnd: the record's outcome is the machine's end.
func recordSaysTheEnd(e *execution) string {
	if e.excused() || e.release.Decision == task.Queue || e.release.Reason == flink.Duplicate || e.release.Reason == flink.NotForUs {
		return ""
	}
	r := e.journal.record(e.asked.release)
	if r == nil {
		return fmt.Sprintf("execution %s ended %s %s and there is no record %s", e.name, e.result.Status, e.result.Error, e.asked.release)
	}
	if e.release.Decision == task.Ignore {
		return "" // what is ignored leaves an outcome that is there alone
	}
	want := e.result.Error
	if e.result.Status == asl.StatusSucceeded {
		want = string(flink.Succeeded)
	}
	if r.Outcome == flink.Ignored {
		r = &ledger.Record{Outcome: flink.Succeeded}
	}
	if want != string(r.Outcome) {
		return fmt.Sprintf("execution %s ended %s and record %s says %s", e.name, want, e.asked.release, r.Outcome)
	}
	return ""
}

// repairIsNotHeld: windows and approvals are for uploads.
func repairIsNotHeld(e *execution) string {
	waited := slices.Contains(e.result.Path, "AwaitWindow") || slices.Contains(e.result.Path, "AwaitApproval")
	if !waited || e.asked.Ask == nil {
		return ""
	}
	return fmt.Sprintf("execution %s waited, and it is a %s, which nothing may hold back", e.name, e.asked.Ask.Kind)
}

// whatWasSentIsGone: who has come to its end has told of it, and no longer means to.
func whatWasSentIsGone(e *execution) string {
	name := "ended-" + e.asked.release
	for _, m := range e.journal.document.Outbox {
		if m.Name == name && !e.excused() && e.release.Reason != flink.Duplicate && e.release.ID == e.asked.release && e.release.Decision == task.ToSettle {
			return "execution " + e.name + " has ended and the message that tells of it is still in the outbox"
		}
	}
	return ""
}

// leaseIsGivenBack: who comes to its own end leaves nothing to recovery.
func leaseIsGivenBack(e *execution) string {
	if l := e.journal.document.Lease; !e.excused() && l != nil && l.Holder == e.arn() {
		return "execution " + e.name + " has ended and holds the lease"
	}
	return ""
}

// excused executions end without a record of their own, until the machine that
// recovers writes it for them: somebody stopped them.
func (e *execution) excused() bool { return e.result.Status == asl.StatusAborted }

// excused: somebody stopped an execution of the event, and recovery was not told
// of that, or could not read the ledger then. Of one that had taken nothing by then
// nobody can find a trace.
func (u *asked) excused() bool {
	return slices.ContainsFunc(u.executions, func(e *execution) bool { return e.excused() && !e.heard() })
}

// heard tells whether recovery has dealt with the word of an execution's end.
func (e *execution) heard() bool {
	return slices.ContainsFunc(e.words, func(r *execution) bool { return r.result.Status == asl.StatusSucceeded })
}
