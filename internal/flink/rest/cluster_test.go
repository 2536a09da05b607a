package rest_test

import (
	"reflect"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
)

func TestTheClusterIsReadInNumbers(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, _ := sampled(t, version, "overview", "taskmanagers", "jobmanager-config")
		want := rest.Cluster{Version: map[string]string{"1.20": "1.20.5", "2.2": "2.2.1"}[version], TaskManagers: 1, Slots: 2, SlotsAvailable: 2}
		if got, err := client.Cluster(t.Context()); err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		tms, err := client.TaskManagers(t.Context())
		if err != nil || len(tms) != 1 || tms[0].ID == "" || tms[0].Slots != 2 || tms[0].FreeSlots != 2 {
			t.Errorf("the TaskManagers are read as %+v, %v", tms, err)
		}
		config, err := client.JobManagerConfig(t.Context())
		if err != nil || config["taskmanager.numberOfTaskSlots"] != "2" || config["blob.server.port"] != "6124" {
			t.Errorf("the configuration is read as %v, %v", config, err)
		}
	})
}

func TestAClusterOfAnotherShapeIsMalformed(t *testing.T) {
	client := answering(t, 200, `null`)
	_, err := client.Cluster(t.Context())
	wantError(t, err, rest.Malformed, "no flink-version")
	_, err = client.TaskManagers(t.Context())
	wantError(t, err, rest.Malformed, "no list of TaskManagers")
	_, err = client.JobManagerConfig(t.Context())
	wantError(t, err, rest.Malformed, "no list of options")
	_, err = client.Metrics(t.Context(), anyJob, rest.NumRestarts)
	wantError(t, err, rest.Malformed, "no list of metrics")
}

func TestMetricsAreReadByName(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, job := sampled(t, version, "jobs-id-metrics-restartloop")
		got, err := client.Metrics(t.Context(), job, "numRestarts", "fullRestarts", "uptime", "downtime", "restartingTime", "runningTime")
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := got.Number(rest.NumRestarts); n != 2 || !ok {
			t.Errorf("numRestarts is %v, %v; want 2", n, ok)
		}
		if _, there := got["fullRestarts"]; there != (version == "1.20") {
			t.Errorf("fullRestarts is there: %v", there)
		}
	})
}

func TestAMetricThatIsNotThereIsNotZero(t *testing.T) {
	client, job := sampled(t, "1.20", "jobs-id-metrics-stalled")
	got, err := client.Metrics(t.Context(), job, "numberOfFailedCheckpoints", "numberOfCompletedCheckpoints", "numberOfInProgressCheckpoints")
	if err != nil || !reflect.DeepEqual(got, rest.Metrics{}) {
		t.Fatalf("got %v, %v; want none", got, err)
	}
	if n, ok := got.Number(rest.NumRestarts); ok {
		t.Errorf("a metric that is not there reads as %v", n)
	}
	if n, ok := (rest.Metrics{"x": "NaN"}).Number("x"); ok {
		t.Errorf("NaN reads as the number %v", n)
	}
}

func TestMetricsWithoutNamesAreRejected(t *testing.T) {
	_, err := rest.New("http://127.0.0.1:0", nil).Metrics(t.Context(), anyJob)
	wantError(t, err, rest.Rejected, "name at least one metric")
}
