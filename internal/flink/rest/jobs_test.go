package rest_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

// sampled is a client of the named samples and the job the first is about.
func sampled(t *testing.T, version string, names ...string) (*rest.Client, string) {
	t.Helper()
	return rest.New(resttest.Serve(t, version, names...), nil), resttest.Sample(t, version, names[0]).JobID()
}

func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func TestTheOverviewListsRunningAndEndedJobs(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, _ := sampled(t, version, "jobs-overview")
		jobs, err := client.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		running := jobs[0]
		if running.ID != resttest.Sample(t, version, "jobs-id").JobID() || running.Name != "counter" || running.State != "RUNNING" {
			t.Errorf("the running job is read as %+v", running)
		}
		if running.TotalTasks != 2 || running.Tasks["RUNNING"] != 2 || running.Tasks["total"] != 0 {
			t.Errorf("its tasks are read as %d: %v", running.TotalTasks, running.Tasks)
		}
		if running.Start.IsZero() || !running.End.IsZero() {
			t.Errorf("it started at %v and ended at %v", running.Start, running.End)
		}
	})
}

func TestAnEndedJobHasAnEnd(t *testing.T) {
	client, _ := sampled(t, "2.2", "jobs-overview")
	jobs, err := client.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if failed := jobs[1]; failed.State != "FAILED" || !failed.End.Equal(at(1795226848200)) || failed.Tasks["FAILED"] != 1 {
		t.Errorf("the failed job is read as %+v", failed)
	}
}

func TestNoJobsIsAnAnswer(t *testing.T) {
	jobs, err := rest.New(resttest.New(t, "1.20").URL, nil).Overview(t.Context())
	if err != nil || jobs == nil || len(jobs) != 0 {
		t.Errorf("got %v, %v; want an empty list", jobs, err)
	}
}

func TestAJobIsReadInEachOfItsStates(t *testing.T) {
	for sample, want := range map[string]struct {
		state    string
		statuses []string
		ended    bool
	}{
		"jobs-id":               {"RUNNING", []string{"RUNNING", "RUNNING"}, false},
		"jobs-id-backpressured": {"RUNNING", []string{"RUNNING", "RUNNING"}, false},
		"jobs-id-restarting":    {"RESTARTING", []string{"CANCELED", "FAILED"}, false},
		"jobs-id-failed":        {"FAILED", []string{"CANCELED", "FAILED"}, true},
		"jobs-id-finished":      {"FINISHED", []string{"FINISHED", "FINISHED"}, true},
	} {
		t.Run(sample, func(t *testing.T) {
			forVersions(t, func(t *testing.T, version string) {
				client, id := sampled(t, version, sample)
				job, err := client.Job(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				var statuses []string
				for _, v := range job.Vertices {
					statuses = append(statuses, v.Status)
				}
				if job.State != want.state || !reflect.DeepEqual(statuses, want.statuses) || job.End.IsZero() == want.ended {
					t.Errorf("read as %s %v, ended %v; want %+v", job.State, statuses, job.End, want)
				}
			})
		})
	}
}

func TestAJobIsReadWithItsVertices(t *testing.T) {
	client, id := sampled(t, "1.20", "jobs-id")
	job, err := client.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	source := rest.Vertex{
		ID: "3747bc5970cc99fad5aaa7c51b79ca3b", Name: "Source: numbers", Status: "RUNNING", Parallelism: 1, MaxParallelism: 128,
		Tasks: map[string]int{
			"CREATED": 0, "DEPLOYING": 0, "CANCELED": 0, "FINISHED": 0, "RECONCILING": 0,
			"CANCELING": 0, "FAILED": 0, "SCHEDULED": 0, "RUNNING": 1, "INITIALIZING": 0,
		},
		Source: true,
	}
	if !reflect.DeepEqual(job.Vertices[0], source) {
		t.Errorf("the source is read as\n%+v, want\n%+v", job.Vertices[0], source)
	}
	since := map[string]time.Time{"INITIALIZING": at(1795226712510), "CREATED": at(1795226713223), "RUNNING": at(1795226713494)}
	if !reflect.DeepEqual(job.Since, since) {
		t.Errorf("its states began at\n%v, want\n%v", job.Since, since)
	}
	if job.MaxParallelism != -1 || !job.Start.Equal(at(1795226712510)) {
		t.Errorf("maximum parallelism %d, start %v", job.MaxParallelism, job.Start)
	}
}

func TestAJobThatFlinkDoesNotKnowIsNotFound(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, id := sampled(t, version, "jobs-id-404")
		_, err := client.Job(t.Context(), id)
		wantError(t, err, rest.NotFound, "Job 00000000000000000000000000000000 not found (HTTP 404)")
	})
}

func TestAnAnswerAboutAnotherJobIsMalformed(t *testing.T) {
	client := answering(t, 200, string(resttest.Sample(t, "2.2", "jobs-id").Response))
	_, err := client.Job(t.Context(), anyJob)
	wantError(t, err, rest.Malformed, "not about this job")
}

func TestTheJobOfAnApplicationDriverIsFlinksFault(t *testing.T) {
	_, err := answering(t, 500, string(resttest.OperatorSample(t, "3c-start-job"))).Job(t.Context(), anyJob)
	wantError(t, err, rest.FlinkFault, "NullPointerException")
}
