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
	f.add("runs", s.revision(d.Current))
	if d.LastGood != d.Current {
		f.add("last good", s.revision(d.LastGood))
	}
	f.add("release", lease(d.Lease))
	if d.Pending != nil {
		f.add("waiting", fmt.Sprintf("release %s since %s, until the one in flight ends", d.Pending.ID, clock(d.Pending.Since)))
	}
	if n := len(d.Snapshots); n > 0 {
		f.add("savepoint", fmt.Sprintf("%s %s of %s", d.Snapshots[n-1].Kind, d.Snapshots[n-1].Path, clock(d.Snapshots[n-1].Taken)))
	}
	if len(d.Outbox) > 0 {
		f.add("outbox", fmt.Sprintf("%d messages not sent yet", len(d.Outbox)))
	}
	f.add("circuit", circuit(d))
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
	return fmt.Sprintf("%s in flight since %s, its lease lasts until %s\n%s", l.Release, clock(l.Taken), clock(l.Expires), l.Holder)
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
