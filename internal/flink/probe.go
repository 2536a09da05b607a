package flink

import "time"

// Metric names what Sluice tells CloudWatch of the applications it knows.
type Metric string

// The metrics of an application are sent only while something is wrong, so that
// one which is well costs nothing. docs/metrics.md says which alarm reads which.
const (
	MetricFailureRestarts Metric = "FailureRestarts" // failures of the job's own code in the last five minutes
	MetricUnhealthy       Metric = "Unhealthy"       // 1: it does not run as it should
	MetricCheckpointAge   Metric = "CheckpointAge"   // seconds since its newest checkpoint, or since it started where all have failed; from ten minutes on
	MetricSnapshotAge     Metric = "SnapshotAge"     // seconds since its newest sound savepoint, once that is overdue
	MetricUnobservable    Metric = "Unobservable"    // 1: it could not be looked at
)

// The metrics of a probe as a whole have no dimensions.
const (
	MetricProbed   Metric = "Probed"   // applications that were looked at; sent at every run, the heartbeat
	MetricUnprobed Metric = "Unprobed" // applications that the time was too short for
)

// Seconds tells whether a metric is a duration; the others are counts.
func (m Metric) Seconds() bool { return m == MetricCheckpointAge || m == MetricSnapshotAge }

// DataPoint is one value of a metric.
type DataPoint struct {
	Metric      Metric
	Application Application // zero: of the probe as a whole
	Value       float64
}

// Look is what one look at an application that nobody changes has found.
type Look struct {
	Application Application
	Now         time.Time
	Observation Observation
	Unseen      string    // why it could not be looked at; then there is no observation
	Running     Revision  // what runs
	Savepoints  Timetable // of its savepoints; with Every 0 nothing is said of them
}

// agingCheckpoint is from when on the age of the newest checkpoint is told:
// well before it is an alarm, so that there is something to look at then.
const agingCheckpoint = 10 * time.Minute

// Probe makes data points of a look: none when all is well.
func Probe(l Look) []DataPoint {
	var points []DataPoint
	say := func(m Metric, value float64) { points = append(points, DataPoint{m, l.Application, value}) }
	if !l.Savepoints.Overdue().IsZero() {
		say(MetricSnapshotAge, l.Now.Sub(l.Savepoints.Saved()).Seconds())
	}
	if l.Unseen != "" {
		say(MetricUnobservable, 1)
		return points
	}
	if n := ownFailures(l.Observation.Job, l.Now); n > 0 {
		say(MetricFailureRestarts, float64(n))
	}
	if age, aging := checkpointAge(l); aging {
		say(MetricCheckpointAge, age.Seconds())
	}
	if Unwell(l.Observation, l.Running, l.Now) != "" {
		say(MetricUnhealthy, 1)
	}
	return points
}

// ownFailures counts what the job itself threw a moment ago. A job that Flink
// does not answer for has none that are known.
func ownFailures(j JobFacts, now time.Time) int {
	n := 0
	for _, f := range j.Failures {
		if j.Reachable && f.Cause == UserCode && !f.At.Before(j.Started) && now.Sub(f.At) < calmAfter {
			n++
		}
	}
	return n
}

// checkpointAge is told of a job that takes checkpoints and goes on.
func checkpointAge(l Look) (time.Duration, bool) {
	j := l.Observation.Job
	at := lastDurable(j)
	if !j.Reachable || j.Ended() || l.Running.Batch() || at.IsZero() {
		return 0, false
	}
	age := l.Now.Sub(at)
	return age, age >= agingCheckpoint
}

// Saved is when the newest sound savepoint was taken; where there is none, since
// when there should be one.
func (t Timetable) Saved() time.Time {
	if newest := t.newest(); !newest.IsZero() {
		return newest
	}
	return t.Since
}
