package flink_test

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestALostJobManagerHidesNothingThatWasDurable(t *testing.T) {
	g := good()
	g.Job.Checkpoints.Latest, g.Job.Checkpoints.LatestID = "s3://data/chk-7", 7
	away := good()
	away.Job = flink.JobFacts{Unreachable: "connection refused"}
	back := good()
	back.Job.Started, back.Job.TasksRunning = back.Job.Started.Add(time.Minute), 0
	back.Job.Checkpoints = flink.Checkpoints{Restored: 1, RestoredFrom: "s3://data/chk-7", RestoredID: 7}
	w, v := script(expected(), g, away, back)
	if v.State != flink.Progressing || w.Last.Completed != 3 || w.Last.LatestID != 7 || !flink.SamePath(w.RestoredFrom, stopPath) {
		t.Errorf("got %+v, last %+v, restored %s", v, w.Last, w.RestoredFrom)
	}
	again := back
	again.Job.TasksRunning, again.Job.Checkpoints.Completed = 2, 2
	if w, v := script(expected(), g, away, back, again); w.Last.Completed != 5 || v.Check != "Bake" || w.HealthySince != t0.Add(15*time.Second) {
		t.Errorf("got %+v, last %+v", v, w.Last)
	}
}

func TestACheckpointThatOnlyTheNextJobManagerShowsIsDurable(t *testing.T) {
	first := good()
	first.Job.Checkpoints.RestoredID, first.Job.Checkpoints.Completed = 5, 0
	seven := first
	seven.Job.Checkpoints.Completed, seven.Job.Checkpoints.Latest, seven.Job.Checkpoints.LatestID = 2, "s3://data/chk-7", 7
	back := good()
	back.Job.Started = back.Job.Started.Add(time.Minute)
	back.Job.Checkpoints = flink.Checkpoints{Restored: 1, RestoredFrom: "s3://data/chk-8", RestoredID: 8}
	further := back
	further.Job.Checkpoints.Completed, further.Job.Checkpoints.Latest, further.Job.Checkpoints.LatestID = 1, "s3://data/chk-9", 9
	early := good()
	early.Job.Checkpoints = flink.Checkpoints{}
	for name, c := range map[string]struct {
		looks     []flink.Observation
		completed int64
		latest    string
	}{
		"one after those that were seen":        {[]flink.Observation{first, seven, back}, 2, "s3://data/chk-8"},
		"seen twice, it counts once":            {[]flink.Observation{first, seven, back, back}, 2, "s3://data/chk-8"},
		"the first that it has completed":       {[]flink.Observation{first, back, back}, 1, "s3://data/chk-8"},
		"and the JobManager completes another":  {[]flink.Observation{first, back, further}, 2, "s3://data/chk-9"},
		"what it began with is none of its own": {[]flink.Observation{early, back}, 0, ""},
	} {
		w, _ := script(expected(), c.looks...)
		if w.Last.Completed != c.completed || w.Last.Latest != c.latest {
			t.Errorf("%s: last %+v", name, w.Last)
		}
		known := c.looks[0].Job.Checkpoints
		for _, o := range c.looks[1:] {
			known = known.With(o.Job.Checkpoints)
		}
		if (known.Completed > 0) != (c.completed > 0) || known.Latest != c.latest {
			t.Errorf("%s: known %+v", name, known)
		}
	}
}
