package main

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func renderStatus(all []appStatus) string {
	if len(all) == 0 {
		return "There is no application yet: upload application.yaml and a jar below <namespace>/<application>/ in the artifact bucket.\n"
	}
	var texts []string
	for _, s := range all {
		var f fields
		s.ledgerFields(&f)
		s.clusterFields(&f)
		texts = append(texts, s.Ledger.Application.String()+"\n"+table(f))
	}
	return strings.Join(texts, "\n")
}

func (s appStatus) ledgerFields(f *fields) {
	d := s.Ledger
	if !s.Known {
		f.add("ledger", "knows nothing of it")
		return
	}
	f.add("runs", s.runs())
	if d.LastGood != d.Current {
		f.add("last good", s.revision(d.LastGood))
	}
	if d.Applied != "" && d.Applied != d.Current {
		f.add("not verified", s.revision(d.Applied)+" was written to the cluster and not seen healthy yet")
	}
	f.addIf("suspended", suspended(d))
	f.addIf("deleted", deleted(d))
	f.add("release", lease(d.Lease))
	if d.Pending != nil {
		f.add("waiting", fmt.Sprintf("release %s since %s, until the one in flight ends", d.Pending.ID, clock(d.Pending.Since)))
	}
	if d.Parked != nil {
		f.add("parked", parkedWhole(*d.Parked))
	}
	if n := len(d.Snapshots); n > 0 {
		f.add("savepoint", fmt.Sprintf("%s %s of %s", d.Snapshots[n-1].Kind, d.Snapshots[n-1].Path, clock(d.Snapshots[n-1].Taken)))
	}
	if len(d.Outbox) > 0 {
		f.add("outbox", fmt.Sprintf("%d messages not sent yet", len(d.Outbox)))
	}
	if d.Incident != nil {
		f.add("incident", incident(*d.Incident))
	}
	f.add("circuit", circuit(d))
}

// runs is what runs as far as the ledger knows.
func (s appStatus) runs() string {
	switch d := s.Ledger; {
	case d.Deleted != nil:
		return "nothing, it was deleted"
	case d.Suspended != nil:
		return "nothing, it is suspended; it was " + s.revision(d.Current)
	}
	return s.revision(s.Ledger.Current)
}

func suspended(d ledger.Document) string {
	if d.Suspended == nil {
		return ""
	}
	return fmt.Sprintf("on purpose by release %s, with savepoint %s of %s\nit runs again with sluice resume %s", d.Suspended.Release, orDash(d.Suspended.Snapshot.Path), clock(d.Suspended.Snapshot.Taken), d.Application)
}

func deleted(d ledger.Document) string {
	t := d.Deleted
	if t == nil {
		return ""
	}
	text := fmt.Sprintf("at %s by %s, release %s; revision %s ran last", clock(t.At), orDash(t.By), t.Release, orDash(t.Revision))
	if t.Snapshot != nil {
		text += fmt.Sprintf("\nits final savepoint is %s\nit starts again from there with sluice redeploy %s --from %s, or empty with sluice forget %s and an upload", t.Snapshot.Path, d.Application, t.Snapshot.Path, d.Application)
	}
	return text
}

// parkedWhole says what waits, for what, and what it would do.
func parkedWhole(k ledger.Parked) string {
	text := string(k.Change.Change.Kind) + wanted(k.Change.Change)
	if k.Key != "" {
		text += " by " + k.Key
	}
	if by := k.Change.Change.By; by != "" {
		text += " by " + by
	}
	text += ", since " + clock(k.Since) + "\n" + parked(k)
	if k.Plan != "" {
		text += "\nit would: " + k.Plan
	}
	return text
}

func (s appStatus) revision(id string) string {
	if id == "" {
		return "nothing that Sluice released"
	}
	return fmt.Sprintf("revision %s (%s)", id, orDash(s.Jars[id]))
}

func lease(l *ledger.Lease) string {
	switch {
	case l == nil:
		return "none in flight"
	case l.Holder == "":
		return fmt.Sprintf("%s is about to start (since %s)", l.Release, clock(l.Taken))
	}
	text := fmt.Sprintf("%s in flight since %s, its lease lasts until %s\n%s", l.Release, clock(l.Taken), clock(l.Expires), l.Holder)
	if c := l.Cancel; c != nil {
		text += fmt.Sprintf("\n%s asked at %s that it be called off: its next step does that", orDash(c.By), clock(c.At))
		if c.Why != "" {
			text += " (" + c.Why + ")"
		}
	}
	return text
}

func circuit(d ledger.Document) string {
	c := d.Circuit
	if c == nil {
		return "closed"
	}
	return fmt.Sprintf("OPEN since %s: %s\nnothing is released until somebody has looked: sluice show %s, then sluice resume %s", clock(c.Since), c.Message, c.Release, d.Application)
}

func (s appStatus) clusterFields(f *fields) {
	o := s.Observation
	switch {
	case o == nil:
		f.add("cluster", "not asked: "+s.Unasked)
		return
	case !o.Exists:
		f.add("cluster", "has no FlinkDeployment of this name")
		return
	}
	f.add("resource", resource(o.Spec))
	f.add("operator", operator(o.Status))
	f.add("flink", job(o.Job))
	if len(o.Job.Failures) > 0 {
		newest := o.Job.Failures[0]
		f.add("failure", fmt.Sprintf("%s %s: %s", clock(newest.At), newest.Cause, newest.Message))
	}
}

func resource(s flink.SpecFacts) string {
	text := fmt.Sprintf("%s, generation %d, revision %s", orDash(string(s.Run)), s.Generation, orDash(s.Revision))
	if s.Release == "" {
		text += ", not written by Sluice"
	}
	if s.Deleting {
		text += ", being deleted"
	}
	return text
}

func operator(s flink.StatusFacts) string {
	text := fmt.Sprintf("lifecycle %s, JobManager %s, job %s", orDash(s.Lifecycle), orDash(s.JobManager), orDash(s.JobState))
	if s.Error != "" {
		text += "\nerror: " + s.Error
	}
	if s.PodTrouble != "" {
		text += "\npod: " + s.PodTrouble
	}
	return text
}

func job(j flink.JobFacts) string {
	switch {
	case !j.Reachable:
		return "does not answer: " + orDash(j.Unreachable)
	case j.ID == "":
		return "answers and has no job"
	}
	text := fmt.Sprintf("job %s is %s, %d of %d tasks run, %d checkpoints completed, %d failed", j.ID, j.State, j.TasksRunning, j.Tasks, j.Checkpoints.Completed, j.Checkpoints.Failed)
	if from := j.Checkpoints.RestoredFrom; from != "" {
		text += "\nrestored from " + from
	}
	return text
}
