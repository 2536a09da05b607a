package flink

import (
	"fmt"
	"strings"
	"time"
)

// VerdictState is what a verdict says.
type VerdictState string

// The verdicts.
const (
	Healthy     VerdictState = "Healthy"     // every check held for the bake time
	Progressing VerdictState = "Progressing" // a check waits, or the bake time runs
	Unhealthy   VerdictState = "Unhealthy"   // a check failed, or waited past the deadline
)

// Verdict says how a version does, and which check decided.
type Verdict struct {
	State   VerdictState `json:"state"`
	Check   string       `json:"check"`   // name of the check that decided; Baked when all held long enough
	Message string       `json:"message"` // a sentence with the fact
}

// Finished decides over a batch job that has done its work.
const Finished = "Finished"

// Expectation is what a version is judged against.
type Expectation struct {
	Release       string    // the release and step that wrote the resource
	Step          string    //
	Earlier       []string  // steps of that release before: what is read late, out of a cache, still shows one of them
	Restore       Restore   // the state that was asked for
	PreviousStart time.Time // start of the job that ran before, by Flink's clock: Flink shows it until it is replaced
	WentOn        time.Time // start of a job that may simply have gone on: a stop of it did not complete
	Batch         bool      // the job ends by itself when its work is done
	Parallelism   int       // that a job which is scaled in place comes to; 0: it is not
	LagBefore     Lag       // of the job that ran before the upgrade
	Policy        Policy
}

// Watch is what is remembered from one observation of a version to the next.
type Watch struct {
	FirstLook     time.Time    `json:"firstLook,omitzero"`      // when it was first looked at
	WaitingSince  time.Time    `json:"waitingSince,omitzero"`   // since when some check does not hold
	HealthySince  time.Time    `json:"healthySince,omitzero"`   // since when all hold
	NoJobSince    time.Time    `json:"noJobSince,omitzero"`     // since when Flink answers and has no job
	RunningAt     time.Time    `json:"runningAt,omitzero"`      // when all tasks were first seen running
	RestoredFrom  string       `json:"restoredFrom,omitempty"`  // recorded at first sight: a later restart overwrites what Flink shows
	RestoredID    int64        `json:"restoredId,omitempty"`    // its checkpoint id
	TroubleSince  time.Time    `json:"troubleSince,omitzero"`   // since when operator or pods report trouble
	AtHealthy     *Checkpoints `json:"atHealthy,omitempty"`     // what was seen when all checks first held
	RestoreUnseen bool         `json:"restoreUnseen,omitempty"` // the job had restarted before the first restore was seen
	Last          *Checkpoints `json:"last,omitempty"`          // newest that was seen of this version; counts go on when another JobManager takes the job over
	Earlier       Checkpoints  `json:"earlier,omitzero"`        // what JobManagers that are gone had counted: Completed and Failed
	StuckSince    time.Time    `json:"stuckSince,omitzero"`     // since when the operator is behind and says that it is not
	Lags          []LagSample  `json:"lags,omitempty"`          // newest last, bounded
	HighestLag    int64        `json:"highestLag,omitempty"`    // of all that were seen
	Generation    int64        `json:"generation,omitempty"`    // of the resource, when it was first seen as the release had written it
	Edited        bool         `json:"edited,omitempty"`        // somebody else has changed it since
}

// Judge looks at one observation. It returns what to remember and the verdict.
func Judge(w Watch, o Observation, e Expectation, now time.Time) (Watch, Verdict) {
	if w.FirstLook.IsZero() {
		w.FirstLook = now
	}
	w = remember(w, o, e, now)
	finished := e.Batch && o.Job.State == "FINISHED"
	for _, c := range checks {
		if finished && c.lives {
			continue
		}
		switch s := c.check(w, o, e, now); s.result {
		case fails:
			return w, Verdict{Unhealthy, c.name, s.message}
		case waits:
			return wait(w, c.name, s.message, e, now)
		}
	}
	if finished {
		return w, Verdict{Healthy, Finished, "the batch job has finished" + o.Signals.untold()}
	}
	if w.HealthySince.IsZero() {
		w.HealthySince, w.AtHealthy = now, w.Last
	}
	w.WaitingSince = time.Time{}
	if baked := now.Sub(w.HealthySince); baked < e.Policy.BakeTime {
		if !w.settles(e, now) {
			return w, unsettled(e)
		}
		return w, Verdict{Progressing, "Bake", fmt.Sprintf("all checks have held for %s of %s", baked.Round(time.Second), e.Policy.BakeTime)}
	}
	return w, Verdict{Healthy, "Baked", fmt.Sprintf("all checks held for %s", e.Policy.BakeTime) + o.Signals.untold()}
}

func wait(w Watch, check, message string, e Expectation, now time.Time) (Watch, Verdict) {
	w.HealthySince, w.AtHealthy = time.Time{}, nil
	if !w.settles(e, now) {
		return w, unsettled(e)
	}
	if w.WaitingSince.IsZero() {
		w.WaitingSince = now
	}
	if now.Sub(w.WaitingSince) >= e.Policy.ProgressDeadline {
		return w, Verdict{Unhealthy, check, fmt.Sprintf("%s, and the progress deadline of %s has passed", message, e.Policy.ProgressDeadline)}
	}
	return w, Verdict{Progressing, check, message}
}

// settles tells whether a version still has time: one that is healthy now and
// again, and never for the whole bake time, must not be watched for ever.
func (w Watch) settles(e Expectation, now time.Time) bool {
	return now.Sub(w.FirstLook) < 2*(e.Policy.ProgressDeadline+e.Policy.BakeTime)
}

func unsettled(e Expectation) Verdict {
	return Verdict{Unhealthy, "Settled", fmt.Sprintf("it was not healthy for %s on end within %s", e.Policy.BakeTime, 2*(e.Policy.ProgressDeadline+e.Policy.BakeTime))}
}

// remember takes from the observation what later ones may not show any more.
func remember(w Watch, o Observation, e Expectation, now time.Time) Watch {
	if o.Spec.Release == e.Release && o.Spec.Step == e.Step {
		w = w.Sees(o)
	}
	w.TroubleSince = since(w.TroubleSince, inTrouble(o, e), now)
	w.StuckSince = since(w.StuckSince, stuck(o), now)
	w.NoJobSince = since(w.NoJobSince, ofThisVersion(o, e) && o.Job.ID == "", now)
	if !ofThisVersion(o, e) || o.Job.ID == "" {
		return w
	}
	w = w.count(o.Job.Checkpoints)
	if last := o.Job.Checkpoints; w.RestoredFrom == "" && last.RestoredFrom != "" {
		w.RestoredFrom = last.RestoredFrom
		w.RestoredID, w.RestoreUnseen = last.RestoredID, last.Restored > 1
	}
	if w.RunningAt.IsZero() && works(o.Job, e) {
		w.RunningAt = now
	}
	if e.Policy.Analysis.LagRecovery != nil && !w.RunningAt.IsZero() {
		w = w.sampleLag(o.Job.Lag, now)
	}
	return w
}

// Astray tells whether a version was seen not to have gone on from the state that
// was asked for: it completes checkpoints and never restored anything, or numbers
// them lower than what it replaced had come to. Numbers go on with the state: Flink
// counts from that of the checkpoint or savepoint that a job begins with.
func (w Watch) Astray(asked Restore, before int64) bool {
	c := w.Last
	if asked.Kind == RestoreNothing || c == nil || c.Completed == 0 {
		return false
	}
	never := c.Restored == 0 && w.RestoredFrom == ""
	return never || c.LatestID > 0 && c.LatestID < max(before, asked.AtLeast)
}

// Sees notices that somebody else has changed the spec since it was first seen
// as the release had written it: only what changes the spec raises its generation.
// A new resource is written once more by the operator before it takes it up: it adds
// its finalizer, and with it the spec as it reads that (seen with 1.7.0).
func (w Watch) Sees(o Observation) Watch {
	if w.Generation == 0 || o.Status.ObservedGeneration == 0 {
		w.Generation = o.Spec.Generation
	}
	w.Edited = w.Edited || o.Spec.Generation != w.Generation
	return w
}

// count goes on counting where another JobManager has taken the job over and
// begins at nothing: what the version made durable before is durable.
func (w Watch) count(seen Checkpoints) Watch {
	last := seen
	if before := w.Last; before != nil {
		if seen.Completed < before.Completed-w.Earlier.Completed || seen.Failed < before.Failed-w.Earlier.Failed {
			w.Earlier = Checkpoints{Completed: before.Completed, Failed: before.Failed}
		}
		switch {
		case before.missedIn(seen):
			w.Earlier.Completed = max(1, w.Earlier.Completed)
			last.Latest, last.LatestID, last.LatestAt = seen.RestoredFrom, seen.RestoredID, time.Time{}
		case seen.Latest == "":
			last.Latest, last.LatestID, last.LatestAt = before.Latest, before.LatestID, before.LatestAt
		}
	}
	last.Completed += w.Earlier.Completed
	last.Failed += w.Earlier.Failed
	w.Last = &last
	return w
}

// since keeps the beginning of something that holds, and forgets it when it ends.
func since(began time.Time, holds bool, now time.Time) time.Time {
	switch {
	case !holds:
		return time.Time{}
	case began.IsZero():
		return now
	}
	return began
}

// ofThisVersion tells whether Flink's answer is about the version that was
// applied: after a stop the old JobManager goes on answering with the old job.
func ofThisVersion(o Observation, e Expectation) bool {
	if !o.Job.Reachable || !observed(o) {
		return false
	}
	return o.Job.ID == "" || e.PreviousStart.IsZero() || o.Job.Started.After(e.PreviousStart)
}

// observed tells whether the operator has seen the newest generation and acted on it.
func observed(o Observation) bool {
	return o.Status.ObservedGeneration >= o.Spec.Generation && o.Status.Reconciliation != "UPGRADING"
}

// allRunning: tasks that have read all there was may end before the others.
func allRunning(j JobFacts) bool {
	return j.State == "RUNNING" && j.TasksRunning > 0 && j.TasksRunning+j.TasksFinished == j.Tasks
}

// works tells whether the job does its work. A batch job runs one stage after
// the other: tasks of later ones are not there yet.
func works(j JobFacts, e Expectation) bool {
	if !e.Batch {
		return allRunning(j)
	}
	return j.State == "FINISHED" || j.State == "RUNNING" && j.TasksRunning+j.TasksFinished > 0
}

// SamePath compares two state locations, in whichever of Flink's ways they are
// written: file:/x and file:///x, several slashes for one, a savepoint's
// directory or the _metadata in it.
func SamePath(a, b string) bool { return canonicalPath(a) == canonicalPath(b) }

func canonicalPath(p string) string {
	scheme, rest, ok := strings.Cut(p, ":")
	if !ok {
		return place(p)
	}
	switch scheme {
	case "s3a", "s3p", "s3n":
		scheme = "s3" // one object store behind several plug-ins
	}
	return scheme + ":/" + strings.TrimLeft(place(rest), "/")
}

// place is a path without slashes that mean nothing. Flink restores from
// _metadata as from the directory that it makes a savepoint.
func place(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return strings.TrimSuffix(strings.TrimRight(path, "/"), "/_metadata")
}
