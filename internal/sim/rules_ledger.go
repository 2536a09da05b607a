package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// documentRules hold for every write of the ledger document.
func documentRules(j *journal, s documentStep) []rule {
	return []rule{
		{"NothingForgotten", func() string { return nothingForgotten(j, s) }},
		{"NeverBelowTheMinimum", func() string { return neverBelowTheMinimum(s) }},
		{"LeaseOutlivesTheRelease", func() string { return leaseOutlives(j, s) }},
		{"PendingIsNotDropped", func() string { return pendingIsNotDropped(j, s) }},
		{"ParkedIsNotDropped", func() string { return parkedIsNotDropped(j, s) }},
		{"ParkedHoldsNothing", func() string { return parkedHoldsNothing(s) }},
		{"CancelIsHeard", func() string { return cancelIsHeard(j, s) }},
		{"DryRunChangesNothing", func() string { return dryRunChangesNothing(j, s.by) }},
		{"DirtyOpensTheCircuit", func() string { return dirtyOpensTheCircuit(j, s) }},
	}
}

// nothingForgotten: fences only grow; events, savepoints with files, repairs and
// messages that were not sent stay.
func nothingForgotten(j *journal, s documentStep) string {
	if s.to.Fence < s.from.Fence {
		return fmt.Sprintf("the fence fell from %d to %d", s.from.Fence, s.to.Fence)
	}
	for _, event := range s.from.Seen {
		if !s.to.HasSeen(event) {
			return "event " + event + " was admitted and the ledger does not know it any more"
		}
	}
	for _, known := range s.from.Snapshots {
		switch now := s.to.Snapshot(known.Path); {
		case now == nil && (known.Retiring.IsZero() || j.model.Stored(known.Path)):
			return "savepoint " + known.Path + " was recorded, its files are there, and the ledger does not know it any more"
		case now != nil && now.Retiring.IsZero() && !known.Retiring.IsZero() && !j.model.Stored(known.Path):
			return "savepoint " + known.Path + " was being removed, its files are gone, and the ledger counts on it again"
		case now != nil && (now.Revision != known.Revision || now.Kind != known.Kind || !now.Taken.Equal(known.Taken)):
			return "savepoint " + known.Path + " was recorded, and the ledger says something else of it now"
		}
	}
	for _, r := range s.from.Repairs {
		if !slices.ContainsFunc(s.to.Repairs, func(o ledger.Repair) bool { return o.Request == r.Request }) {
			return "repair " + r.Request + " was made and the ledger does not know it any more"
		}
	}
	for _, m := range s.from.Outbox {
		kept := slices.ContainsFunc(s.to.Outbox, func(o ledger.Message) bool { return o.Name == m.Name })
		if !kept && j.messages[m.Name] == 0 {
			return "message " + m.Name + " left the outbox and was never sent"
		}
	}
	return ""
}

// leaseOutlives: a lease ends with the recorded outcome of its release, or
// because it ran out; while it is good nobody else gets it.
func leaseOutlives(j *journal, s documentStep) string {
	old, now := s.from.Lease, s.to.Lease
	if old == nil || now != nil && now.Release == old.Release && (now.Fence == old.Fence || old.Holder == "") {
		return "" // it goes on, or is started again: nobody had taken it up
	}
	if s.to.IsParked(old.Release) {
		return "" // it was handed the lease, and gave it back to wait for something else
	}
	if _, told := j.rotations[old.Release]; told && old.For == ledger.ForRotation {
		return ""
	}
	if s.to.LastRelease == old.Release {
		if r := j.record(old.Release); r == nil || r.Outcome == "" {
			return "the lease of release " + old.Release + " was given back and its outcome is not recorded"
		}
		return ""
	}
	if j.line.now.Before(old.Expires) {
		return fmt.Sprintf("the lease of release %s is good until %s and went to %s", old.Release, since(old.Expires), holderOf(now))
	}
	return ""
}

func holderOf(l *ledger.Lease) string {
	if l == nil {
		return "nobody, without an outcome"
	}
	return "release " + l.Release
}

// pendingIsNotDropped: what waits is handed the lease, or another change takes
// the lease or its place; that the one overtaken is recorded is asked at the end.
func pendingIsNotDropped(j *journal, s documentStep) string {
	p, l := s.from.Pending, s.to.Lease
	taken := l != nil && (s.from.Lease == nil || s.from.Lease.Fence != l.Fence)
	if p == nil || s.to.Pending != nil || taken || s.to.IsParked(p.ID) || j.calledOff(p.ID) {
		return ""
	}
	return "change " + p.ID + " waited and was dropped"
}

// calledOff tells whether the record says so.
func (j *journal) calledOff(id string) bool {
	r := j.record(id)
	return r != nil && r.Reason == flink.Cancelled
}

// parkedIsNotDropped: what waits for an answer or a window goes on, is overtaken
// or called off, or ends; which of these its record says.
func parkedIsNotDropped(j *journal, s documentStep) string {
	p := s.from.Parked
	if p == nil || s.to.IsParked(p.ID) || s.to.Pending != nil && s.to.Pending.ID == p.ID || s.to.Lease != nil && s.to.Lease.Release == p.ID {
		return ""
	}
	if r := j.record(p.ID); r != nil && r.Outcome != "" {
		return ""
	}
	return "change " + p.ID + " was parked and was dropped"
}

// parkedHoldsNothing: a change that is parked holds no lease.
func parkedHoldsNothing(s documentStep) string {
	if p, l := s.to.Parked, s.to.Lease; p != nil && l != nil && l.Release == p.ID {
		return "change " + p.ID + " is parked and holds the lease"
	}
	return ""
}

// dirtyOpensTheCircuit: when somebody has to look, nothing automatic happens
// until somebody has. What an incident awaits is the incident's to judge.
func dirtyOpensTheCircuit(j *journal, s documentStep) string {
	id := s.to.LastRelease
	if id == s.from.LastRelease || s.to.Circuit != nil {
		return ""
	}
	if dead, _ := undoOf(s.to); dead == id {
		return "" // it is undone
	}
	if r := j.record(id); r != nil && r.Outcome == flink.FailedDirty && !s.from.Incident.Awaits(id) {
		return "release " + id + " ended dirty, and the circuit is closed"
	}
	return ""
}

// dryRunChangesNothing: whatever a dry run reads, it writes its record alone.
func dryRunChangesNothing(j *journal, by string) string {
	for _, u := range j.asked {
		if u.release == by && u.Ask != nil && u.Ask.DryRun {
			return "the dry run of " + u.ID + " has changed something"
		}
	}
	return ""
}

// cancelIsHeard: a release that was called off is undone, or says that it was too late.
func cancelIsHeard(j *journal, s documentStep) string {
	old, now := s.from.Lease, s.to.Lease
	if old == nil || old.Cancel == nil {
		return ""
	}
	if now != nil && now.Release == old.Release && now.Cancel == nil {
		return "release " + old.Release + " was called off, and the ledger does not know it any more"
	}
	r := j.record(old.Release)
	if s.to.LastRelease != old.Release || r == nil || r.Outcome != flink.Succeeded || strings.Contains(r.Message, "too late") {
		return ""
	}
	return "release " + old.Release + " was called off, went on all the same, and does not say why: " + r.Message
}
