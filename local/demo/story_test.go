package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/sfn"
)

// history is what every execution went through.
type history []sfn.Event

func (h history) History(string) ([]sfn.Event, error) { return h, nil }

func (h history) Start(string, string, []byte) (sfn.Execution, error) {
	return sfn.Execution{}, errors.New("nothing is started here")
}

func (h history) Describe(string) (sfn.Execution, error) {
	return sfn.Execution{}, errors.New("nothing is started here")
}

func objectCreated(t *testing.T, key, version string) json.RawMessage {
	t.Helper()
	d := events.ObjectCreatedDetail{}
	d.Bucket.Name, d.Object.Key, d.Object.VersionID = "artifacts", key, version
	detail, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(events.Event{Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType, Detail: detail})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func output(t *testing.T, notes ...string) json.RawMessage {
	t.Helper()
	var r struct {
		Timeline []ledger.Moment `json:"timeline"`
	}
	for _, n := range notes {
		r.Timeline = append(r.Timeline, ledger.Moment{Note: n})
	}
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestAReleaseIsToldStateByStateAndItsOwnRecordIsFound(t *testing.T) {
	u := uploaded{app: counter, key: counter.String() + "/x.jar", version: "2", at: noon}
	after := func(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }
	var out bytes.Buffer
	s := &stage{out: &out, where: whereabouts.Whereabouts{Artifacts: "artifacts"}, ledger: ledger.New(ledger.NewMemory()), feed: newFeed(), executions: history{
		{Type: "TaskStateEntered", State: "Admit", Time: after(0.1)},
		{Type: "TaskStateExited", State: "Admit", Time: after(0.2), Output: output(t, "admitted")},
		{Type: "ChoiceStateEntered", State: "Admitted?", Time: after(0.2)},
		{Type: "TaskStateEntered", State: "Observe", Time: after(1)},
		{Type: "TaskStateExited", State: "Observe", Time: after(121), Output: output(t, "admitted", "new version: waiting for FlinkAnswers")},
		{Type: "TaskStateEntered", State: "Observe", Time: after(121)},
		{Type: "TaskStateExited", State: "Observe", Time: after(140), Output: output(t, "admitted", "new version: waiting for FlinkAnswers", "new version: waiting for Bake", "new version: Unhealthy\nboom")},
	}}
	s.feed.observe(sfn.Execution{ARN: "other", Status: sfn.StatusRunning, Input: objectCreated(t, u.key, "1")})
	s.feed.observe(sfn.Execution{ARN: "ours", Status: "SUCCEEDED", Input: objectCreated(t, u.key, "2")})
	for id, version := range map[string]string{"b": "1", "a": "2"} {
		if err := s.ledger.WriteRecord(t.Context(), ledger.Record{ID: id, Application: counter, Trigger: "s3://artifacts/" + u.key + "?versionId=" + version}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.follow(t.Context(), u)
	if err != nil || r.ID != "a" {
		t.Errorf("got record %q, %v", r.ID, err)
	}
	want := `     0.1 s  Admit
     0.2 s    admitted
     1.0 s  Observe
   121.0 s    new version: waiting for FlinkAnswers
   140.0 s    new version: Unhealthy
            boom
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAnExecutionWithoutARecordIsAFault(t *testing.T) {
	u := uploaded{app: counter, key: counter.String() + "/x.jar", version: "1", at: noon}
	s := &stage{out: &bytes.Buffer{}, ledger: ledger.New(ledger.NewMemory()), feed: newFeed(), executions: history{}}
	s.feed.observe(sfn.Execution{Status: "FAILED", Error: "FailedDirty", Cause: "why", Input: objectCreated(t, u.key, "1")})
	if _, err := s.follow(t.Context(), u); err == nil || !strings.Contains(err.Error(), "ended as FAILED and left no record: FailedDirty why") {
		t.Errorf("got %v", err)
	}
}

func TestAnUploadThatStartsNothingIsAFault(t *testing.T) {
	s := &stage{out: &bytes.Buffer{}, feed: newFeed()}
	if _, err := s.follow(t.Context(), uploaded{key: "k", at: time.Now().Add(-2 * startsIn)}); err == nil || !strings.Contains(err.Error(), "no execution was started") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.follow(ctx, uploaded{key: "k", at: time.Now()}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWhatIsWaitedForIsSaidInALine(t *testing.T) {
	tests := map[string]flink.Observation{
		"there is no FlinkDeployment yet":                                                            {},
		"operator: DEPLOYED, JobManager nothing yet; Flink does not answer":                          {Exists: true, Status: flink.StatusFacts{Lifecycle: "DEPLOYED"}},
		"operator: STABLE, JobManager READY; Flink answers and has no job":                           {Exists: true, Status: flink.StatusFacts{Lifecycle: "STABLE", JobManager: "READY"}, Job: flink.JobFacts{Reachable: true}},
		"operator: nothing yet, JobManager nothing yet; Flink: RUNNING, 1 of 2 tasks, 3 checkpoints": {Exists: true, Job: flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Tasks: 2, TasksRunning: 1, Checkpoints: flink.Checkpoints{Completed: 3}}},
	}
	for want, o := range tests {
		if got := describe(o); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// stretches makes lines of alternating versions, ten numbers each.
func stretches(versions ...string) continuity.Report {
	var lines []continuity.Line
	for i, v := range versions {
		for n := int64(i * 10); n < int64(i*10+10); n++ {
			lines = append(lines, continuity.Line{N: n, Keyed: n + 1, Operator: n + 1, Version: v})
		}
	}
	return continuity.Examine(lines)
}

func TestTheOutputHasTheVersionsOfTheStory(t *testing.T) {
	tests := map[string]struct {
		versions []string
		faults   int
	}{
		"the good versions alone":                  {[]string{"v1", "v2"}, 0},
		"what the restart loop committed":          {[]string{"v1", "v2", "v4", "v2"}, 0},
		"another beginning":                        {[]string{"v2"}, 1},
		"a rollback after which nothing came":      {[]string{"v1", "v2", "v4"}, 1},
		"a version that could not be restored":     {[]string{"v1", "v2", "v3", "v2"}, 1},
		"nothing, which the report says by itself": {nil, 0},
	}
	for name, test := range tests {
		if faults := checkOutput(stretches(test.versions...)); len(faults) != test.faults {
			t.Errorf("%s: %v", name, faults)
		}
	}
	for version, marked := range map[string]bool{"v1": false, "v2": false, "v4": true} {
		if got := remark(continuity.Stretch{Version: version}); (got != "") != marked {
			t.Errorf("%s is remarked on with %q", version, got)
		}
	}
}

func TestHalfAJarIsHalfOfTheFile(t *testing.T) {
	file := t.TempDir() + "/x.jar"
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for part, want := range map[float64]int{0: 100, 0.5: 50} {
		if body, err := read(file, part); err != nil || len(body) != want {
			t.Errorf("part %v: %d bytes, %v", part, len(body), err)
		}
	}
	if _, err := read(file+".none", 0); err == nil {
		t.Error("a file that is not there was read")
	}
}
