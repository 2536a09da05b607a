package flink

import (
	"fmt"
	"slices"
	"time"
)

// canHelp says why a step is passed over; an empty reason when it can help. For
// the step Scale it also says how far.
func (c Case) canHelp(step RemediationStep) (parallelism int, why string) {
	if o := c.Observation; o.Exists && o.Spec.Run == Suspended {
		return 0, "the job is suspended, and a repair starts nothing that somebody has suspended: sluice resume does"
	}
	for _, t := range c.Before {
		if due := t.At.Add(c.Policy.Cooldown); t.Step == step && c.Now.Before(due) {
			return 0, "it was done at " + t.At.UTC().Format(time.RFC3339) + ", and the alarm is back within the cool-down of " + c.Policy.Cooldown.String()
		}
	}
	switch step {
	case StepRestart:
		return 0, c.restartHelps()
	case StepRollback:
		return 0, c.rollbackHelps()
	case StepScale:
		return c.scaleHelps()
	case StepSuspend:
		return 0, ""
	}
	return 0, "this version does not know the step"
}

// wasTried: each step is taken once in an incident. Only Scale goes on, one
// doubling after the other, until its bound, unless one of them came to nothing.
func (c Case) wasTried(step RemediationStep) bool {
	return slices.ContainsFunc(c.Tried, func(t Tried) bool {
		return t.Step == step && (step != StepScale || t.Outcome != Succeeded)
	})
}

// restartHelps: a job that is well gains nothing, and stands still meanwhile. So
// does one that runs beside a pod that cannot start: it might not get its own back.
func (c Case) restartHelps() string {
	if Unwell(c.Observation, c.Running, c.Now) == "" {
		return "the job is well as far as Flink tells, and a restart would only interrupt it"
	}
	job := c.Observation
	job.Status.PodTrouble = ""
	if Unwell(job, c.Running, c.Now) == "" {
		return "the job itself runs, beside a pod that a restart would not start"
	}
	return ""
}

// rollbackHelps: only where a release may be to blame.
func (c Case) rollbackHelps() string {
	r := c.Released
	switch {
	case r == nil || c.Now.Sub(r.At) >= c.Policy.RollbackWindow:
		return fmt.Sprintf("no release brought another version within %s (rollbackWindow), so none is to blame", c.Policy.RollbackWindow)
	case c.Symptom.Before(began(*r)):
		return fmt.Sprintf("the alarm went off at %s, before the version of release %s ran", c.Symptom.UTC().Format(time.RFC3339), r.ID)
	case c.GoodBefore == "":
		return "no other revision was promoted before it"
	}
	return ""
}

// began is when the version that a release brought began to run.
func began(r Ended) time.Time {
	if r.Running.IsZero() {
		return r.At
	}
	return r.Running
}

// scaleHelps doubles, up to the bound. A job that does not run, or throws, has
// another trouble than too few subtasks.
func (c Case) scaleHelps() (int, string) {
	now, most := c.parallelism()
	if bound := int(c.Policy.Scale.MaxParallelism); most == 0 || bound < most {
		most = bound
	}
	switch {
	case !c.Observation.Job.Reachable || !allRunning(c.Observation.Job):
		return 0, "its tasks do not all run, which more of them does not mend"
	case throws(c.Observation.Job, c.Now) != "":
		return 0, "the job throws, which more subtasks do not mend"
	case now == 0:
		return 0, "its parallelism is not known"
	case now >= most:
		return 0, fmt.Sprintf("it runs with parallelism %d, and %d is the most it may have", now, most)
	}
	next := min(2*now, most)
	if _, err := Scaled(c.Running, next); err != nil {
		return 0, err.Error()
	}
	return next, ""
}

// parallelism is what the job runs with now, and the most that Flink spreads its
// state over; 0 where it is not known.
func (c Case) parallelism() (now, most int) {
	spec, _ := c.Running.Manifest["spec"].(map[string]any)
	job, _ := spec["job"].(map[string]any)
	switch p := job["parallelism"].(type) {
	case int64:
		now = int(p)
	case float64:
		now = int(p)
	case int:
		now = p
	}
	for _, v := range c.Observation.Job.Vertices {
		if v.MaxParallelism > 0 && (most == 0 || v.MaxParallelism < most) {
			most = v.MaxParallelism
		}
	}
	return now, most
}
