package flink

import (
	"fmt"
	"time"
)

const (
	// calmAfter is how long after it has thrown a job counts as well again.
	calmAfter = 5 * time.Minute
	// staleCheckpoint is how old the newest checkpoint of a job may be that takes any.
	staleCheckpoint = 30 * time.Minute
)

// Unwell says what is wrong with a job that runs for a while already, as far as
// one look can tell; empty when nothing is. It is asked about jobs that nobody
// changes: Judge asks more of a new version, and takes longer.
func Unwell(o Observation, running Revision, now time.Time) string {
	j := o.Job
	finished := running.Batch() && j.State == "FINISHED"
	switch {
	case !o.Exists || o.Spec.Deleting:
		return "its resource is gone"
	case o.Spec.Run == Suspended:
		return "it is suspended"
	case finished:
		return ""
	case o.Status.Lifecycle == "FAILED":
		return "the operator gave up: " + orNothing(o.Status.Error)
	case o.Status.PodTrouble != "":
		return "a pod does not run: " + o.Status.PodTrouble
	case !j.Reachable:
		return "Flink does not answer (" + orNothing(j.Unreachable) + ")"
	case j.ID == "":
		return "Flink has no job"
	case throws(j, now) != "":
		return throws(j, now)
	case !works(j, Expectation{Batch: running.Batch()}):
		return fmt.Sprintf("the job is %s with %d of %d tasks running", orNothing(j.State), j.TasksRunning, j.Tasks)
	}
	return stale(j, running, now)
}

// throws says what the job itself threw a moment ago.
func throws(j JobFacts, now time.Time) string {
	n, newest := int64(0), ""
	for _, f := range j.Failures {
		if f.Cause == UserCode && !f.At.Before(j.Started) && now.Sub(f.At) < calmAfter {
			if n == 0 {
				newest = f.Message
			}
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the job failed %s in the last %s: %s", times(n), calmAfter, newest)
}

// stale: a job that has taken checkpoints and takes none any more, or whose
// checkpoints have all failed.
func stale(j JobFacts, running Revision, now time.Time) string {
	at := lastDurable(j)
	switch {
	case running.Batch() || at.IsZero() || now.Sub(at) < staleCheckpoint:
		return ""
	case j.Checkpoints.LatestAt.IsZero():
		return fmt.Sprintf("%d checkpoints have failed and none has completed since it started at %s, more than %s ago", j.Checkpoints.Failed, at.UTC().Format(time.RFC3339), staleCheckpoint)
	}
	return fmt.Sprintf("its newest checkpoint is of %s, more than %s ago", at.UTC().Format(time.RFC3339), staleCheckpoint)
}

// lastDurable is when the newest checkpoint was complete; where all have failed,
// when the job started. Zero: it takes none, or Flink tells of none.
func lastDurable(j JobFacts) time.Time {
	if c := j.Checkpoints; c.LatestAt.IsZero() && c.Failed > 0 {
		return j.Started
	}
	return j.Checkpoints.LatestAt
}
