package resttest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

const job = "00112233445566778899aabbccddeeff"

// started is a JobManager of each version with one running job.
func started(t *testing.T, test func(*testing.T, *resttest.JobManager, *rest.Client)) {
	t.Helper()
	for _, version := range resttest.Versions() {
		t.Run("Flink "+version, func(t *testing.T) {
			jm := resttest.New(t, version)
			jm.Start(job, "orders")
			test(t, jm, rest.New(jm.URL, nil))
		})
	}
}

func TestAJobIsWhatTheTestMakesIt(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		noon := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
		jm.Clock(func() time.Time { return noon })
		jm.CompleteCheckpoint(job)
		jm.FailCheckpoint(job, "Checkpoint expired before completing.")
		jm.Restored(job, "s3://b/savepoint-1", true)
		jm.Throw(job, "java.lang.IllegalStateException", "no luck")
		jm.SetState(job, "FAILED")

		got, err := client.Job(t.Context(), job)
		if err != nil || got.State != "FAILED" || !got.End.Equal(noon) || got.Vertices[0].Tasks["FAILED"] != 1 {
			t.Errorf("the job is read as %+v, %v", got, err)
		}
		cps, err := client.Checkpoints(t.Context(), job)
		if err != nil || cps.Counts != (rest.Counts{Restored: 1, Total: 2, Completed: 1, Failed: 1}) {
			t.Fatalf("its checkpoints are counted as %+v, %v", cps.Counts, err)
		}
		if cps.LatestRestored.ExternalPath != "s3://b/savepoint-1" || cps.LatestFailed.Failure == "" || !cps.LatestCompleted.LatestAck.Equal(noon) {
			t.Errorf("its checkpoints are read as %+v", cps)
		}
		failures, err := client.Exceptions(t.Context(), job)
		if err != nil || len(failures) != 1 || failures[0].Cause != "no luck" {
			t.Errorf("its failures are read as %+v, %v", failures, err)
		}
	})
}

func TestRestartsAreCountedOnceTheMetricIsThere(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		jm.Throw(job, "java.lang.Exception", "x")
		jm.HideMetrics(job, true)
		if m, err := client.Metrics(t.Context(), job, rest.NumRestarts); err != nil || len(m) != 0 {
			t.Errorf("hidden metrics are read as %v, %v", m, err)
		}
		jm.HideMetrics(job, false)
		if m, err := client.Metrics(t.Context(), job, rest.NumRestarts); err != nil || m[rest.NumRestarts] != "1" {
			t.Errorf("the metrics are read as %v, %v; want one restart", m, err)
		}
	})
}

func TestARepeatedTriggerIsOneSavepoint(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		trigger := rest.TriggerID("release-1", "savepoint")
		for range 2 {
			if id, err := client.TriggerSavepoint(t.Context(), job, "s3://b/sp/", trigger); err != nil || id != trigger {
				t.Fatalf("triggered as %s, %v", id, err)
			}
		}
		s := finished(t, client, trigger)
		if s.Status != rest.Completed || !slices.Equal(jm.Snapshots(), []string{s.Location}) {
			t.Errorf("ended as %+v with savepoints %v; want one", s, jm.Snapshots())
		}
		again := finished(t, client, trigger)
		if again != s || len(jm.Snapshots()) != 1 {
			t.Errorf("looked at again it is %+v with savepoints %v", again, jm.Snapshots())
		}
	})
}

// finished looks at a savepoint until it is no longer in progress.
func finished(t *testing.T, client *rest.Client, trigger string) rest.Snapshot {
	t.Helper()
	for range 3 {
		s, err := client.SavepointStatus(t.Context(), job, trigger)
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != rest.InProgress {
			return s
		}
	}
	t.Fatal("the savepoint never ends")
	return rest.Snapshot{}
}

func TestARequestWhoseAnswerWasLostIsRepeatedWithoutHarm(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		trigger := rest.TriggerID("release-1", "stop")
		jm.LoseNextAnswer()
		_, err := client.StopWithSavepoint(t.Context(), job, "s3://b/sp", trigger, false)
		if rest.CodeOf(err) != rest.Unavailable {
			t.Fatalf("the lost answer is %v, want Unavailable", err)
		}
		if _, err := client.StopWithSavepoint(t.Context(), job, "s3://b/sp", trigger, false); err != nil {
			t.Fatal(err)
		}
		if s := finished(t, client, trigger); s.Status != rest.Completed || !slices.Equal(jm.Snapshots(), []string{s.Location}) {
			t.Errorf("ended as %+v with savepoints %v; want one", s, jm.Snapshots())
		}
	})
}

func TestAnAcceptedStopHappensThoughNobodyLooks(t *testing.T) {
	started(t, func(t *testing.T, _ *resttest.JobManager, client *rest.Client) {
		if _, err := client.StopWithSavepoint(t.Context(), job, "s3://b/sp", rest.TriggerID("stop"), false); err != nil {
			t.Fatal(err)
		}
		if jobs, err := client.Overview(t.Context()); err != nil || jobs[0].State != "FINISHED" {
			t.Errorf("the jobs are %+v, %v; want one that finished", jobs, err)
		}
	})
}

func TestAMainThatThrewLeavesOnlyADriver(t *testing.T) {
	jm := resttest.New(t, "1.20")
	client := rest.New(jm.URL, nil)
	jm.ThrowInMain(job, "required parameter missing")
	jobs, err := client.Overview(t.Context())
	if err != nil || len(jobs) != 1 || jobs[0].Name != rest.ApplicationDriver || jobs[0].State != "FAILED" {
		t.Errorf("the jobs are %+v, %v", jobs, err)
	}
	if _, err := client.Job(t.Context(), job); rest.CodeOf(err) != rest.FlinkFault {
		t.Errorf("its details are answered with %v, want FlinkFault", err)
	}
	if cps, err := client.Checkpoints(t.Context(), job); err != nil || cps.Enabled {
		t.Errorf("its checkpoints are %+v, %v; want none enabled", cps, err)
	}
	if failures, err := client.Exceptions(t.Context(), job); err != nil || failures[0].Cause != "required parameter missing" {
		t.Errorf("its failures are %+v, %v", failures, err)
	}
}

func TestAStopFinishesTheJobUnlessItsSavepointFails(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		for _, c := range []struct {
			cause  string
			status rest.Status
			state  string
		}{
			{"Checkpoint expired before completing.", rest.Failed, "RUNNING"},
			{"", rest.Completed, "FINISHED"},
		} {
			jm.FailSnapshots(c.cause)
			trigger := rest.TriggerID("stop", c.cause)
			if _, err := client.StopWithSavepoint(t.Context(), job, "s3://b/sp", trigger, false); err != nil {
				t.Fatal(err)
			}
			s := finished(t, client, trigger)
			got, err := client.Job(t.Context(), job)
			if err != nil || s.Status != c.status || s.Cause != c.cause || got.State != c.state {
				t.Errorf("ended as %+v, job %s, %v; want %+v", s, got.State, err, c)
			}
		}
	})
}

func TestAStopThatCarriesASavepointsIDStopsNothing(t *testing.T) {
	started(t, func(t *testing.T, _ *resttest.JobManager, client *rest.Client) {
		trigger := rest.TriggerID("careless")
		if _, err := client.TriggerSavepoint(t.Context(), job, "s3://b/sp", trigger); err != nil {
			t.Fatal(err)
		}
		if _, err := client.StopWithSavepoint(t.Context(), job, "s3://b/sp", trigger, false); err != nil {
			t.Fatal(err)
		}
		s := finished(t, client, trigger)
		if got, err := client.Job(t.Context(), job); err != nil || s.Status != rest.Completed || got.State != "RUNNING" {
			t.Errorf("ended as %+v, job %s, %v; want a savepoint of a job that runs on", s, got.State, err)
		}
	})
}

func TestARestartedJobManagerForgetsOperationsAndNotJobs(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		trigger := rest.TriggerID("release-1", "savepoint")
		if _, err := client.TriggerSavepoint(t.Context(), job, "s3://b/sp", trigger); err != nil {
			t.Fatal(err)
		}
		jm.Restart()
		if _, err := client.SavepointStatus(t.Context(), job, trigger); rest.CodeOf(err) != rest.NotFound {
			t.Errorf("the operation is answered with %v, want NotFound", err)
		}
		if jobs, err := client.Overview(t.Context()); err != nil || len(jobs) != 1 {
			t.Errorf("the jobs are %v, %v; want the one there was", jobs, err)
		}
		jm.Forget(job)
		if jobs, err := client.Overview(t.Context()); err != nil || len(jobs) != 0 {
			t.Errorf("the jobs are %v, %v; want none", jobs, err)
		}
	})
}

func TestASavepointIsRemovedOnceAndARepeatIsHarmless(t *testing.T) {
	started(t, func(t *testing.T, jm *resttest.JobManager, client *rest.Client) {
		jm.PutSnapshot("s3://b/savepoint-1")
		jm.PutSnapshot("s3://b/savepoint-2")
		for range 2 {
			id, err := client.DisposeSavepoint(t.Context(), "s3://b/savepoint-1")
			if err != nil {
				t.Fatal(err)
			}
			s, err := client.DisposalStatus(t.Context(), id)
			if err != nil || s.Status != rest.InProgress {
				t.Fatalf("first read as %+v, %v", s, err)
			}
			if s, err = client.DisposalStatus(t.Context(), id); err != nil || s.Status != rest.Completed {
				t.Errorf("then read as %+v, %v", s, err)
			}
		}
		if left := jm.Snapshots(); !slices.Equal(left, []string{"s3://b/savepoint-2"}) {
			t.Errorf("left are %v", left)
		}
	})
}
