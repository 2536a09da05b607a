package task

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestTheStopKeepsTheNewestStartOfTheJobItEnds(t *testing.T) {
	start := time.Unix(1795226720, 0)
	b := Before{Started: start}
	for _, j := range []flink.JobFacts{
		{Reachable: true, ID: "j", Started: start.Add(-time.Minute)}, // an older one beside it
		{Started: start.Add(time.Hour)},                              // nobody answered
		{Reachable: true},                                            // no job
	} {
		if b.seen(j); !b.Started.Equal(start) {
			t.Errorf("%+v moved the start to %s", j, b.Started)
		}
	}
	after := start.Add(time.Minute)
	if b.seen(flink.JobFacts{Reachable: true, ID: "j", Started: after}); !b.Started.Equal(after) {
		t.Errorf("a JobManager took the job over at %s, and the start is %s", after, b.Started)
	}
}
