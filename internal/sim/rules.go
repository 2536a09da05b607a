package sim

import (
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Violation is a rule that did not hold.
type Violation struct {
	Rule    string
	Message string
}

func (v Violation) String() string { return v.Rule + ": " + v.Message }

// rule says what is wrong, or nothing.
type rule struct {
	name string
	ask  func() string
}

// check asks the rules in order; the first that does not hold ends the world.
func (w *world) check(rules []rule) {
	if w.broken != nil {
		return
	}
	for _, r := range rules {
		if message := r.ask(); message != "" && !w.excusedByGap(r.name, message) {
			w.broken = &Violation{r.name, message}
			w.journal.say("", "VIOLATION of %s", w.broken)
			return
		}
	}
}

// stepRules are asked after every call to the outside, about what is new since.
func (w *world) stepRules() []rule {
	var rules []rule
	j := &w.journal
	for ; j.looked < len(j.changes); j.looked++ {
		j.changes[j.looked].Document = j.document
		rules = append(rules, changeRules(j, j.looked)...)
	}
	if j.step != nil {
		rules = append(rules, documentRules(j, *j.step)...)
		j.step = nil
	}
	if id := j.rewritten; id != "" {
		rules = append(rules, rule{"OneOutcome", func() string { return oneOutcome(j.records[id]) }})
		j.rewritten = ""
	}
	return rules
}

// changeRules hold for every write to the cluster that took effect.
func changeRules(j *journal, n int) []rule {
	c := j.changes[n]
	return []rule{
		{"FenceHolds", func() string { return fenceHolds(j.changes[:n], c) }},
		{"OneReleaseActs", func() string { return oneReleaseActs(j.changes[:n], c) }},
		{"StateBeforeStop", func() string { return stateBeforeStop(j, c) }},
	}
}

// fenceHolds: a write with a lower fence never takes effect.
func fenceHolds(before []change, c change) string {
	for _, b := range before {
		if b.Fence > c.Fence {
			return fmt.Sprintf("release %s wrote %s with fence %d after release %s had written with fence %d", c.Release, c.Step, c.Fence, b.Release, b.Fence)
		}
	}
	return ""
}

// oneReleaseActs: a fence belongs to one release.
func oneReleaseActs(before []change, c change) string {
	for _, b := range before {
		if b.Fence == c.Fence && b.Release != c.Release {
			return fmt.Sprintf("releases %s and %s both wrote with fence %d", b.Release, c.Release, c.Fence)
		}
	}
	return ""
}

// stateBeforeStop: a running stateful job is stopped only when a state to
// return to is recorded, or the operator itself takes and holds it.
func stateBeforeStop(j *journal, c change) string {
	stateful := c.Before.Exists && c.Committed > 0
	if !stateful {
		return ""
	}
	switch {
	case c.Removed:
		return removesOnlyTheFirst(c)
	case c.Desired.Run == flink.Suspended, c.Desired.Restore.Kind == flink.RestoreHeld, c.Desired.Restore.Kind == flink.RestoreLatest:
		return ""
	case c.Desired.Restore.Kind == flink.RestoreNothing && j.asksForNoState():
		return ""
	case c.Desired.Restore.Kind == flink.RestoreNothing:
		return fmt.Sprintf("release %s replaced a job that has state by one that starts empty", c.Release)
	case j.beganWith(c, c.Desired.Restore.Path) && j.model.Stored(c.Desired.Restore.Path):
		return ""
	case !slices.ContainsFunc(c.Document.Snapshots, func(s flink.Snapshot) bool { return flink.SamePath(s.Path, c.Desired.Restore.Path) }):
		return fmt.Sprintf("release %s replaced a job that has state, and the savepoint to restore (%s) is not in the ledger", c.Release, c.Desired.Restore.Path)
	case !j.model.Stored(c.Desired.Restore.Path):
		return fmt.Sprintf("release %s replaced a job that has state, and the savepoint to restore (%s) does not exist", c.Release, c.Desired.Restore.Path)
	}
	return ""
}

// beganWith tells whether the version that is replaced had itself begun with a
// state: then going back to that loses nothing that was there before it.
func (j *journal) beganWith(c change, path string) bool {
	k := c.Before.Job.Checkpoints
	if k.Completed == 0 && flink.SamePath(k.RestoredFrom, path) {
		return true
	}
	return c.Starts > 0 && flink.SamePath(j.model.Starts()[c.Starts-1].From, path)
}

func removesOnlyTheFirst(c change) string {
	if c.Document.Current == "" {
		return ""
	}
	return fmt.Sprintf("release %s removed an application whose revision %s is known to have run well", c.Release, c.Document.Current)
}

// documentRules hold for every write of the ledger document.
func documentRules(j *journal, s documentStep) []rule {
	return []rule{
		{"NothingForgotten", func() string { return nothingForgotten(j, s) }},
		{"LeaseOutlivesTheRelease", func() string { return leaseOutlives(j, s) }},
		{"PendingIsNotDropped", func() string { return pendingIsNotDropped(s) }},
	}
}

// nothingForgotten: fences only grow; events, savepoints and messages that were
// not sent stay.
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
		if !slices.Contains(s.to.Snapshots, known) {
			return "savepoint " + known.Path + " was recorded and the ledger does not know it any more"
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
	if old == nil || now != nil && now.Release == old.Release && now.Fence == old.Fence {
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
func pendingIsNotDropped(s documentStep) string {
	p, l := s.from.Pending, s.to.Lease
	taken := l != nil && (s.from.Lease == nil || s.from.Lease.Fence != l.Fence)
	if p == nil || s.to.Pending != nil || taken {
		return ""
	}
	return "change " + p.ID + " waited and was dropped"
}

// oneOutcome: a record that is written again says the same. An event that was
// ignored may come again and find that it can be released by now.
func oneOutcome(written []ledger.Record) string {
	old, now := written[len(written)-2], written[len(written)-1]
	if old.Outcome == flink.Ignored || old.Outcome == now.Outcome && old.Reason == now.Reason {
		return ""
	}
	return fmt.Sprintf("release %s ended %s %s, and its record was written again as %s %s", now.ID, old.Outcome, old.Reason, now.Outcome, now.Reason)
}
