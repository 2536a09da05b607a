package eks

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

func TestAnObservationTellsTheLagOfTheSources(t *testing.T) {
	const id = "00112233445566778899aabbccddeeff"
	jm := resttest.New(t, "1.20")
	jm.Start(id, "counter")
	client := rest.New(jm.URL, nil)
	if o := observeJob(t.Context(), client); o.Lag.Known || !strings.Contains(o.Lag.Unknown, "pendingRecords") {
		t.Errorf("a source that tells none: %+v", o.Lag)
	}
	jm.TellLag(id, 42)
	jm.SetState(id, "RESTARTING")
	if o := observeJob(t.Context(), client); o.Lag.Known || !strings.Contains(o.Lag.Unknown, "RESTARTING") {
		t.Errorf("a job that restarts: %+v", o.Lag)
	}
	jm.SetState(id, "RUNNING")
	if o := observeJob(t.Context(), client); o.Lag != (flink.Lag{Known: true, Records: 42}) {
		t.Errorf("got %+v", o.Lag)
	}
}

func TestAJobOfManySourcesIsNotAskedForItsLag(t *testing.T) {
	job := rest.Job{State: "RUNNING"}
	for range askedSources + 1 {
		job.Vertices = append(job.Vertices, rest.Vertex{Source: true})
	}
	if got := lagFacts(t.Context(), nil, job); got.Known || !strings.Contains(got.Unknown, "9 sources") {
		t.Errorf("got %+v", got)
	}
}
