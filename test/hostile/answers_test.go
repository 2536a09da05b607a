package hostile_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/stage"
)

// story is a megabyte that is as long as can be once it is JSON.
var story = strings.Repeat("<&>\x1b[31m\u2028\"\\", 1<<16)

func TestAnswersWithoutBoundsEndOnceAndStaySmall(t *testing.T) {
	refused := func(flink.Desired) error {
		return &flink.Error{Code: flink.Refused, Op: "apply", Err: errors.New(story)}
	}
	from := func(times int, method string, code flink.Code) func(string) error {
		return func(m string) error {
			if m != method || times == 0 {
				return nil
			}
			times--
			return &flink.Error{Code: code, Op: m, Err: errors.New(story)}
		}
	}
	for name, c := range map[string]struct {
		target loud
		second targettest.Behaviour
		want   flink.Outcome
	}{
		"everything is said at length":     {loud{observe: shout(story)}, targettest.Behaviour{}, flink.Succeeded},
		"a version that fails and shouts":  {loud{observe: shout(story)}, targettest.Behaviour{FailOnRestore: true}, flink.FailedClean},
		"a main that throws and shouts":    {loud{observe: shout(story)}, targettest.Behaviour{MainThrows: true}, flink.FailedClean},
		"a restart loop that shouts":       {loud{observe: shout(story)}, targettest.Behaviour{RestartLoop: true}, flink.FailedClean},
		"a refusal without end":            {loud{refuse: onlyFor("apply", refused)}, targettest.Behaviour{}, flink.FailedClean},
		"a refusal only when it is meant":  {loud{refuse: onlyFor("apply", wet(refused))}, targettest.Behaviour{}, ""},
		"a savepoint that fails at length": {loud{snapshot: func(s *flink.SnapshotState) { s.Phase, s.Cause = flink.SnapshotFailed, story }}, targettest.Behaviour{}, flink.FailedClean},
		"a savepoint nowhere":              {loud{snapshot: func(s *flink.SnapshotState) { s.Path = story }}, targettest.Behaviour{}, flink.FailedClean},
		"addresses of megabytes":           {loud{observe: farAway}, targettest.Behaviour{}, ""},
		"an error of megabytes":            {loud{fail: from(3, "Snapshot", flink.Unavailable)}, targettest.Behaviour{}, flink.Succeeded},
		"errors of megabytes without end":  {loud{fail: from(-1, "StartSnapshot", flink.Unavailable)}, targettest.Behaviour{}, flink.FailedClean},
		"a bug that tells a story":         {loud{fail: from(-1, "Snapshot", flink.Internal)}, targettest.Behaviour{}, flink.FailedClean},
	} {
		t.Run(name, func(t *testing.T) {
			quiet := true
			s := running(t, stage.Options{Target: func(below flink.Target) flink.Target {
				c.target.Target = below
				return &switched{Target: below, loud: c.target, quiet: &quiet}
			}})
			quiet = false
			before := s.Records()
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", c.second))))
			recorded(t, s, before, c.want)
		})
	}
}

func TestABusThatAnswersWithoutBoundsEndsOnce(t *testing.T) {
	s := running(t, stage.Options{Send: func(m ledger.Message) error {
		if m.Name == "" {
			return nil
		}
		return &flink.Error{Code: flink.Unavailable, Op: "send " + m.Name, Err: errors.New(story)}
	}})
	before := s.Records()
	ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{}))))
	recorded(t, s, before, "")
}

// A release whose verdict changes with every look has thousands of lines to tell.
func TestATimelineOfThousandsOfLinesStaysSmall(t *testing.T) {
	looks := 0
	s := stage.New(t, stage.Options{Target: func(below flink.Target) flink.Target {
		return loud{Target: below, observe: func(o *flink.Observation) {
			if looks++; looks < 1500 {
				o.Job.Reachable, o.Job.Unreachable = false, story
				if looks%2 == 0 {
					o.Status.Reconciliation = "UPGRADING"
				}
			}
		}}
	}})
	long := strings.Replace(stage.Manifest, "progressDeadline: 3m", "progressDeadline: 1h", 1)
	ended(t, s, s.Run(s.Upload(stage.App.ManifestKey(), []byte(long))))
	before := s.Records()
	ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
	r := recorded(t, s, before, "")
	if looks < 1500 {
		t.Errorf("it was looked at %d times, which proves nothing", looks)
	}
	if first, last := r.Timeline[0], r.Timeline[len(r.Timeline)-1]; first.State != "Admit" || last.At.Before(first.At) {
		t.Errorf("the timeline goes from %+v to %+v", first, last)
	}
}

// deaf reads alarms and queries, and fails at length.
type deaf struct{ code flink.Code }

func (d deaf) Alarms(context.Context, []string) ([]flink.AlarmFacts, error) {
	return []flink.AlarmFacts{{Name: "latency", State: flink.AlarmRaised, Reason: story}}, &flink.Error{Code: d.code, Op: "read alarms", Err: errors.New(story)}
}

func (d deaf) Query(context.Context, string) ([]float64, error) {
	return nil, &flink.Error{Code: d.code, Op: "ask Prometheus", Err: errors.New(story)}
}

const analysed = stage.Manifest + `  analysis:
    cloudWatchAlarms: [latency, errors]
    prometheus: [{query: "up", successCondition: "result > 0"}]
`

func TestSignalsWithoutBoundsEndOnceAndStaySmall(t *testing.T) {
	for _, code := range []flink.Code{flink.Unavailable, flink.Invalid, flink.Refused, flink.Internal} {
		t.Run(string(code), func(t *testing.T) {
			s := running(t, stage.Options{Signals: task.Signals{Alarms: deaf{code}, Queries: deaf{code}}})
			ended(t, s, s.Run(s.Upload(stage.App.ManifestKey(), []byte(analysed)))) // another policy changes nothing that runs
			before := s.Records()
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{}))))
			recorded(t, s, before, flink.FailedClean)
		})
	}
}

// onlyFor refuses what the new version asks for in that step.
func onlyFor(step string, refuse func(flink.Desired) error) func(flink.Desired) error {
	return func(d flink.Desired) error {
		if d.Step != step {
			return nil
		}
		return refuse(d)
	}
}

// wet refuses when it is no dry run.
func wet(refuse func(flink.Desired) error) func(flink.Desired) error {
	return func(d flink.Desired) error {
		if d.DryRun {
			return nil
		}
		return refuse(d)
	}
}

// farAway puts places that no store has into what Flink and the operator say.
func farAway(o *flink.Observation) {
	long := "s3://b/" + story
	o.Status.Savepoint.Path, o.Job.Checkpoints.Latest, o.Spec.JarURI, o.Record.Path = long, long, long, long
	if o.Job.Checkpoints.RestoredFrom != "" {
		o.Job.Checkpoints.RestoredFrom = long
	}
	o.Spec.UID, o.Status.SavepointTrigger = story, strconv.Itoa(len(story))
}
