package rest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

func TestCheckpointsAreCounted(t *testing.T) {
	for name, want := range map[string]rest.Counts{
		"1.20/jobs-id-checkpoints":          {Total: 4, Completed: 2, Failed: 2},
		"2.2/jobs-id-checkpoints":           {Total: 2, Completed: 2},
		"1.20/jobs-id-checkpoints-stalled":  {Total: 2, InProgress: 1, Failed: 1},
		"2.2/jobs-id-checkpoints-stalled":   {Total: 2, InProgress: 1, Failed: 1},
		"1.20/jobs-id-checkpoints-restored": {Restored: 1},
		"2.2/jobs-id-checkpoints-restored":  {Restored: 1},
	} {
		t.Run(name, func(t *testing.T) {
			version, sample, _ := strings.Cut(name, "/")
			client, id := sampled(t, version, sample)
			got, err := client.Checkpoints(t.Context(), id)
			if err != nil || !got.Enabled || got.Counts != want {
				t.Errorf("got %+v enabled %v, %v; want %+v", got.Counts, got.Enabled, err, want)
			}
		})
	}
}

func TestTheLatestCheckpointsAreRead(t *testing.T) {
	client, id := sampled(t, "1.20", "jobs-id-checkpoints")
	got, err := client.Checkpoints(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	want := &rest.Checkpoint{
		ID: 2, ExternalPath: "file:/data/a/ckpt/" + id + "/chk-2", Size: 4204,
		Triggered: at(1795226720064), LatestAck: at(1795226720165),
	}
	if !reflect.DeepEqual(got.LatestCompleted, want) {
		t.Errorf("the latest is read as\n%+v, want\n%+v", got.LatestCompleted, want)
	}
	if got.LatestSavepoint != nil || got.LatestFailed != nil || got.LatestRestored != nil {
		t.Errorf("what is not there is read as %+v, %+v, %+v", got.LatestSavepoint, got.LatestFailed, got.LatestRestored)
	}
}

func TestAFailedCheckpointSaysWhy(t *testing.T) {
	client, id := sampled(t, "2.2", "jobs-id-checkpoints-stalled")
	got, err := client.Checkpoints(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	failed := got.LatestFailed
	if failed == nil || failed.ID != 1 || failed.Failure != "Checkpoint expired before completing." || !failed.Failed.Equal(at(1795227075568)) {
		t.Errorf("the failed checkpoint is read as %+v", failed)
	}
}

func TestTheRestoredStateIsNamed(t *testing.T) {
	for name, want := range map[string]struct {
		body string
		rest.Restore
	}{
		"from a savepoint by REST": {
			string(resttest.Sample(t, "2.2", "jobs-id-checkpoints-restored").Response),
			rest.Restore{ID: 7, ExternalPath: "file:/data/b/sp/savepoint-2e7b96-4812353ae67d", IsSavepoint: true, At: at(1795227054282)},
		},
		"from a savepoint by the operator, again and again": {
			string(resttest.OperatorSample(t, "3a-restore-checkpoints")),
			rest.Restore{ID: 228, ExternalPath: "file:/flink-data/app/savepoints/savepoint-e3fe4a-338e008fe45e", IsSavepoint: true, At: at(1795228260897)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answering(t, 200, want.body).Checkpoints(t.Context(), anyJob)
			if err != nil || got.LatestRestored == nil || *got.LatestRestored != want.Restore {
				t.Errorf("got %+v, %v; want %+v", got.LatestRestored, err, want.Restore)
			}
		})
	}
}

func TestACrashLoopRestoresWhileItCompletes(t *testing.T) {
	got, err := answering(t, 200, string(resttest.OperatorSample(t, "3b-loop-checkpoints"))).Checkpoints(t.Context(), anyJob)
	want := rest.Counts{Restored: 11, Total: 41, Completed: 33, Failed: 8}
	if err != nil || got.Counts != want || got.LatestCompleted.ID != 269 {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestAJobWithoutCheckpointingIsNoError(t *testing.T) {
	got, err := answering(t, 404, string(resttest.OperatorSample(t, "3c-start-checkpoints"))).Checkpoints(t.Context(), anyJob)
	if err != nil || got.Enabled || got.LatestCompleted != nil {
		t.Errorf("got %+v, %v; want checkpoints that are not enabled", got, err)
	}
}

func TestCheckpointsOfAMissingJobAreAnError(t *testing.T) {
	_, err := rest.New(resttest.New(t, "1.20").URL, nil).Checkpoints(t.Context(), anyJob)
	wantError(t, err, rest.NotFound, "Job "+anyJob+" not found")
}

func TestCheckpointsWithoutCountsAreMalformed(t *testing.T) {
	_, err := answering(t, 200, `{"latest":{}}`).Checkpoints(t.Context(), anyJob)
	wantError(t, err, rest.Malformed, "no counts")
}
