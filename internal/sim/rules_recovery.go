package sim

import (
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// recoveryRules hold for every write of the ledger document, too.
func recoveryRules(j *journal, s documentStep) []rule {
	rules := []rule{{"HandedOverIsStarted", func() string { return handedOverIsStarted(s) }}}
	if s.by == string(functions.Recover) {
		rules = append(rules, rule{"NothingIsTakenFromTheLiving", func() string { return nothingIsTakenFromTheLiving(j, s) }})
	}
	if dead, asked := undoOf(s.to); dead != "" && (s.from.Lease == nil || s.from.Lease.Release != s.to.Lease.Release) {
		rules = append(rules, rule{"UndoneOnce", func() string { return undoneOnce(j, dead, s.to.Lease.Release) }},
			rule{"UndoGoesBackToWhatRan", func() string { return undoGoesBack(j, dead, asked) }})
	}
	return rules
}

// handedOverIsStarted: whoever is handed the lease does not know it: the message
// that starts it is posted with it.
func handedOverIsStarted(s documentStep) string {
	l := s.to.Lease
	if l == nil || l.Holder != "" || s.from.Lease != nil && s.from.Lease.Fence == l.Fence {
		return ""
	}
	if posted(s.to, l.StartName()) == nil {
		return "release " + l.Release + " was handed the lease, and nothing starts it"
	}
	return ""
}

func posted(d ledger.Document, name string) *ledger.Message {
	for _, m := range d.Outbox {
		if m.Name == name {
			return &m
		}
	}
	return nil
}

// nothingIsTakenFromTheLiving: recovery takes the lease, or the place of what
// waits, from an execution that has ended and whose last function is silent. A
// release that was handed the lease may have an execution that is about to
// take it up, and finds it gone.
func nothingIsTakenFromTheLiving(j *journal, s documentStep) string {
	if l, now := s.from.Lease, s.to.Lease; l != nil && l.Holder != "" && (now == nil || now.Fence != l.Fence) {
		if alive := j.alive(l.Holder); alive != "" {
			return fmt.Sprintf("recovery took the lease from release %s, and %s", l.Release, alive)
		}
	}
	if p, now := s.from.Parked, s.to.Parked; p != nil && (now == nil || now.Holder != p.Holder) && j.running[p.Holder].runs() {
		return "recovery took change " + p.ID + " from the execution that waits with it"
	}
	return ""
}

// alive says who of an execution may still act, or nothing.
func (w *world) alive(arn string) string {
	e := w.running[arn]
	if e.runs() {
		return "its execution " + e.name + " runs"
	}
	if e != nil {
		for _, i := range e.acting {
			if acts(i.function) && !i.killed && w.line.now.Before(i.deadline) {
				return "its function " + i.name + " may still act"
			}
		}
	}
	return ""
}

// acts tells whether a function may change what runs: who only asks the cluster
// may be late.
func acts(f functions.Function) bool {
	return slices.Contains(f.Grants, functions.UseCluster) && f.State != "Prepare"
}

// undoOf reads whether a document's lease was just handed to a release that undoes
// what a dead one left: that one's id, and what is asked for.
func undoOf(d ledger.Document) (dead string, asked events.ChangeRequestedDetail) {
	if d.Lease == nil || d.Lease.Holder != "" {
		return "", asked
	}
	m := posted(d, d.Lease.StartName())
	if m == nil {
		return "", asked
	}
	event, err := events.Parse(m.Payload)
	must(err)
	asked, is, err := events.ChangeRequested(event)
	must(err)
	if !is || asked.By != task.RecoveredBy {
		return "", asked
	}
	return deadOf(asked.Request), asked
}

// undoneOnce: of several recoveries at work at once only one has the release undone.
func undoneOnce(j *journal, dead, by string) string {
	if !slices.Contains(j.undone[dead], by) {
		j.undone[dead] = append(j.undone[dead], by)
	}
	if len(j.undone[dead]) > 1 {
		return fmt.Sprintf("what release %s left is to be undone by releases %v", dead, j.undone[dead])
	}
	return ""
}

// undoGoesBack: what is brought back is what ran before the dead release began.
func undoGoesBack(j *journal, dead string, asked events.ChangeRequestedDetail) string {
	if flink.ChangeKind(asked.Change) != flink.Rollback || asked.Revision == j.ranBefore[dead] {
		return ""
	}
	return fmt.Sprintf("what release %s left is to be undone by bringing back %s, and before it %s ran", dead, asked.Revision, j.ranBefore[dead])
}

// restRules are asked each time that all is quiet and recovery has found nothing more to do.
func restRules(w *world) []rule {
	return []rule{
		{"NothingDeadStaysDead", func() string { return nothingDeadStaysDead(w) }},
		{"LedgerSaysWhatRuns", func() string { return ledgerSaysWhatRuns(w) }},
		{"WhatWasStoppedIsSomebodys", func() string { return whatWasStoppedIsSomebodys(w) }},
	}
}

// nothingDeadStaysDead: when nothing runs any more, whatever somebody has still
// to deal with is a dead one's.
func nothingDeadStaysDead(w *world) string {
	if what := left(w.journal.document); what != "" {
		return what + ", whoever is to deal with it is dead, and recovery leaves it so"
	}
	return ""
}

// whatWasStoppedIsSomebodys: a job that had run is not down unless somebody wants
// it so or is called.
func whatWasStoppedIsSomebodys(w *world) string {
	d, o := w.journal.document, w.look()
	down := !o.Exists || o.Spec.Run == flink.Suspended
	if !down || d.Current == "" || d.Suspended != nil || d.Deleted != nil || d.Circuit != nil || !w.journal.meddled.IsZero() {
		return ""
	}
	return fmt.Sprintf("revision %s ran, nothing runs now, and nobody is called", d.Current)
}

// cleanIsClean: recovery says of a dead release that it ended clean only when that
// has changed nothing in the cluster, or what ran before it runs.
func cleanIsClean(j *journal, r ledger.Record) string {
	changed := slices.ContainsFunc(j.changes, func(c change) bool { return c.Outside == "" && c.Release == r.ID })
	if r.ToldBy != task.RecoveredBy || r.Outcome != flink.FailedClean || !changed || j.kindOf(r.ID) == flink.Adopt || !j.meddled.IsZero() {
		return ""
	}
	before, o := j.ranBefore[r.ID], j.look()
	if before == "" && !o.Exists || before != "" && o.Exists && o.Spec.Run == flink.Running && o.Spec.Revision == before {
		return ""
	}
	return fmt.Sprintf("recovery recorded release %s as clean, which has changed the cluster, and %q ran before and %q (%s) is there", r.ID, before, o.Spec.Revision, o.Spec.Run)
}
