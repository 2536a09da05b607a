package flink_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

var probedAt = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

// well is a look at a job that runs as it should.
func well() flink.Look {
	return flink.Look{
		Application: flink.Application{Namespace: "orders", Name: "fraud"}, Now: probedAt,
		Observation: flink.Observation{
			At: probedAt, Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Status: flink.StatusFacts{Lifecycle: "STABLE"},
			Job: flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Started: probedAt.Add(-time.Hour), Tasks: 2, TasksRunning: 2,
				Checkpoints: flink.Checkpoints{Completed: 9, LatestAt: probedAt.Add(-time.Minute)}},
		},
	}
}

func TestOnlyWhatIsWrongIsADataPoint(t *testing.T) {
	failed := func(ago time.Duration, cause flink.FailureCause) flink.Failure {
		return flink.Failure{At: probedAt.Add(-ago), Cause: cause, Message: "no"}
	}
	for name, c := range map[string]struct {
		change func(*flink.Look)
		want   string
	}{
		"all is well": {func(*flink.Look) {}, "[]"},
		"it throws": {func(l *flink.Look) {
			l.Observation.Job.Failures = []flink.Failure{failed(time.Second, flink.UserCode), failed(time.Minute, flink.UserCode)}
		}, "[FailureRestarts=2 Unhealthy=1]"},
		"it threw a while ago": {func(l *flink.Look) {
			l.Observation.Job.Failures = []flink.Failure{failed(6*time.Minute, flink.UserCode)}
		}, "[]"},
		"a node was lost":            {func(l *flink.Look) { l.Observation.Job.Failures = []flink.Failure{failed(time.Second, flink.LostNode)} }, "[]"},
		"failures of the job before": {func(l *flink.Look) { l.Observation.Job.Failures = []flink.Failure{failed(2*time.Hour, flink.UserCode)} }, "[]"},
		"its checkpoints get old":    {func(l *flink.Look) { l.Observation.Job.Checkpoints.LatestAt = probedAt.Add(-20 * time.Minute) }, "[CheckpointAge=1200]"},
		"its checkpoints have all failed": {func(l *flink.Look) {
			l.Observation.Job.Started, l.Observation.Job.Checkpoints = probedAt.Add(-time.Hour), flink.Checkpoints{Failed: 6}
		}, "[CheckpointAge=3600 Unhealthy=1]"},
		"its checkpoints are old":           {func(l *flink.Look) { l.Observation.Job.Checkpoints.LatestAt = probedAt.Add(-40 * time.Minute) }, "[CheckpointAge=2400 Unhealthy=1]"},
		"it takes no checkpoints":           {func(l *flink.Look) { l.Observation.Job.Checkpoints = flink.Checkpoints{} }, "[]"},
		"Flink does not answer":             {func(l *flink.Look) { l.Observation.Job = flink.JobFacts{Unreachable: "refused"} }, "[Unhealthy=1]"},
		"it failed for good":                {func(l *flink.Look) { l.Observation.Job.State, l.Observation.Job.TasksRunning = "FAILED", 0 }, "[Unhealthy=1]"},
		"its resource is gone":              {func(l *flink.Look) { l.Observation = flink.Observation{} }, "[Unhealthy=1]"},
		"it could not be looked at":         {func(l *flink.Look) { l.Unseen, l.Observation = "Kubernetes does not answer", flink.Observation{} }, "[Unobservable=1]"},
		"its savepoint is overdue":          {func(l *flink.Look) { l.Savepoints = lastSaved(13 * time.Hour) }, "[SnapshotAge=46800]"},
		"its savepoint is not overdue yet":  {func(l *flink.Look) { l.Savepoints = lastSaved(11 * time.Hour) }, "[]"},
		"overdue, and it could not be seen": {func(l *flink.Look) { l.Savepoints, l.Unseen = lastSaved(13*time.Hour), "no" }, "[SnapshotAge=46800 Unobservable=1]"},
		"there never was a savepoint": {func(l *flink.Look) {
			l.Savepoints = lastSaved(0)
			l.Savepoints.Newest, l.Savepoints.Since = time.Time{}, probedAt.Add(-24*time.Hour)
		}, "[SnapshotAge=86400]"},
		"overdue, but there is nothing to save": {func(l *flink.Look) { l.Savepoints = lastSaved(13 * time.Hour); l.Savepoints.Idle = "it is suspended" }, "[]"},
	} {
		l := well()
		c.change(&l)
		said := []string{}
		for _, p := range flink.Probe(l) {
			if p.Application != l.Application {
				t.Errorf("%s: %s is said of %q", name, p.Metric, p.Application)
			}
			said = append(said, fmt.Sprintf("%s=%v", p.Metric, p.Value))
		}
		if got := fmt.Sprint(said); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func lastSaved(ago time.Duration) flink.Timetable {
	return flink.Timetable{Application: flink.Application{Namespace: "orders", Name: "fraud"}, Every: 6 * time.Hour, Now: probedAt, Newest: probedAt.Add(-ago)}
}
