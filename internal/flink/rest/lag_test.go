package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

const source, sink = "bc764cd8ddf7a0cff126f51c16239658", "0a448493b4782967b150582570326227"

// sourced is a job whose source lists the names, and answers sums as given.
func sourced(t *testing.T, list, sums string) (*rest.Client, rest.Job) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/jobs/"+anyJob+"/vertices/"+source+"/subtasks/metrics" {
			t.Errorf("asked for %s: only sources have a lag", r.URL.Path)
		}
		body := list
		if r.URL.Query().Get("get") != "" {
			body = sums
			if r.URL.Query().Get("agg") != "sum" {
				t.Errorf("asked for %s", r.URL.RawQuery)
			}
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return rest.New(server.URL, nil), rest.Job{ID: anyJob, Vertices: []rest.Vertex{{ID: sink}, {ID: source, Source: true}}}
}

func TestLagIsWhatTheSourcesTell(t *testing.T) {
	const pending, kafka, other = `{"id":"Source__in.pendingRecords"}`, `{"id":"Source__in.KafkaSourceReader.KafkaConsumer.records-lag-max"}`, `{"id":"numRecordsIn"}`
	for name, c := range map[string]struct {
		list, sums string
		want       rest.Lag
	}{
		"FLIP-33's":                        {"[" + other + "," + kafka + "," + pending + "]", `[{"id":"Source__in.pendingRecords","sum":1234.0}]`, rest.Lag{Told: true, Records: 1234}},
		"Kafka's, where there is no other": {"[" + other + "," + kafka + "]", `[{"id":"Source__in.KafkaSourceReader.KafkaConsumer.records-lag-max","sum":7.0}]`, rest.Lag{Told: true, Records: 7}},
		"none at all":                      {"[" + other + "]", "", rest.Lag{}},
		"none listed yet":                  {"[]", "", rest.Lag{}},
		"listed, and without a value":      {"[" + pending + "]", `[]`, rest.Lag{}},
		"a sum of what is no number":       {"[" + pending + "]", `[{"id":"Source__in.pendingRecords"}]`, rest.Lag{}},
		"a number that cannot be":          {"[" + pending + "]", `[{"id":"Source__in.pendingRecords","sum":-1.0}]`, rest.Lag{}},
		"a number too large to be one":     {"[" + pending + "]", `[{"id":"Source__in.pendingRecords","sum":1e300}]`, rest.Lag{}},
	} {
		t.Run(name, func(t *testing.T) {
			client, job := sourced(t, c.list, c.sums)
			if got, err := client.Lag(t.Context(), job); err != nil || got != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestSourcesAreWhatNothingComesBefore(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, id := sampled(t, version, "jobs-id")
		job, err := client.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var sources []string
		for _, v := range job.Vertices {
			if v.Source {
				sources = append(sources, v.ID)
			}
		}
		if strings.Join(sources, " ") != "3747bc5970cc99fad5aaa7c51b79ca3b" {
			t.Errorf("got %v", sources)
		}
	})
}

func TestAJobManagerTellsTheLagOfItsJob(t *testing.T) {
	jm := resttest.New(t, "1.20")
	jm.Start(anyJob, "app")
	client := rest.New(jm.URL, nil)
	job, err := client.Job(t.Context(), anyJob)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Lag(t.Context(), job); err != nil || got.Told {
		t.Errorf("before it is told: %+v, %v", got, err)
	}
	jm.TellLag(anyJob, 42)
	if got, err := client.Lag(t.Context(), job); err != nil || got != (rest.Lag{Told: true, Records: 42}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFlinkItselfSumsTheLagUp(t *testing.T) {
	client, id := sampled(t, "1.20", "jobs-id-lag", "vertex-subtask-metrics-list-lag", "vertex-subtask-metrics-lag")
	job, err := client.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Lag(t.Context(), job); err != nil || got != (rest.Lag{Told: true, Records: 2234}) {
		t.Errorf("got %+v, %v; the subtasks told 1000 and 1234", got, err)
	}
}
