package statemachines_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/task"
)

// heard is the world beside the runtime: one alarm and one number.
type heard struct {
	raised time.Time // zero: the alarm is quiet
	number float64
}

func (h *heard) Alarms(_ context.Context, names []string) (all []flink.AlarmFacts, _ error) {
	for _, name := range names {
		a := flink.AlarmFacts{Name: name, State: flink.AlarmOK}
		if !h.raised.IsZero() {
			a.State, a.Since, a.Reason = flink.AlarmRaised, h.raised, "p99 is 9 s"
		}
		all = append(all, a)
	}
	return all, nil
}

func (h *heard) Query(context.Context, string) ([]float64, error) { return []float64{h.number}, nil }

const listening = `  analysis:
    cloudWatchAlarms: [latency]
    prometheus: [{query: errors, successCondition: result < 0.01}]
`

// listeningWorld runs a first version, and then has a policy that names both;
// without a heard, nobody can read them. onLook is called at each look.
func listeningWorld(t *testing.T, w *world, h *heard, onLook func()) {
	t.Helper()
	signals := task.Signals{}
	if h != nil {
		signals = task.Signals{Alarms: h, Queries: h}
	}
	w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: w.artifacts, Target: watched{w.target, onLook}, Sender: w, Clock: w.clock, Signals: signals,
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, LongPoll: functions.LongPoll, Poll: 2 * time.Second}}}.Handlers()
	w.run(w.put(app.ManifestKey(), []byte(manifestYAML)))
	w.run(w.put(app.String()+"/v1.jar", w.jar("v1", targettest.Behaviour{})))
	w.run(w.put(app.ManifestKey(), []byte(manifestYAML+listening)))
}

// watched tells of each look.
type watched struct {
	*targettest.Model
	look func()
}

func (w watched) Observe(ctx context.Context, a flink.Application) (flink.Observation, error) {
	o, err := w.Model.Observe(ctx, a)
	w.look()
	return o, err
}

func TestAlarmsAndQueriesDecideOverAVersion(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(h *heard, now time.Time) // in the second that all tasks of the new version run
		reason  flink.Reason
		says    string
	}{
		"both are good":                                 {func(*heard, time.Time) {}, flink.Released, "healthy"},
		"the alarm is raised while it runs":             {func(h *heard, now time.Time) { h.raised = now.Add(time.Second) }, flink.RolledBack, "AlarmsQuiet: the alarm latency was raised"},
		"the alarm is raised by the downtime and stays": {func(h *heard, now time.Time) { h.raised = now.Add(-time.Second) }, flink.RolledBack, "raised before all tasks ran and is still"},
		"the answer never becomes good":                 {func(h *heard, _ time.Time) { h.number = 0.5 }, flink.RolledBack, "QueriesHold: the query \"errors\" answers 0.5"},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := newWorld(t), &heard{}
			before := 0
			listeningWorld(t, w, h, func() {
				if starts := len(w.target.Starts()); before > 0 && starts > before {
					before = 0
					c.happens(h, w.clock.Now())
				}
			})
			before = len(w.target.Starts())
			w.run(w.put(app.String()+"/v2.jar", w.jar("v2", targettest.Behaviour{})))
			if r := w.newestRecord(); r.Reason != c.reason || !strings.Contains(r.Message, c.says) {
				t.Errorf("%s: %s", r.Reason, r.Message)
			}
		})
	}
}

func TestAPolicyThatNobodyCanCarryOutTouchesNothing(t *testing.T) {
	w := newWorld(t)
	listeningWorld(t, w, nil, func() {})
	starts := len(w.target.Starts())
	w.run(w.put(app.String()+"/v2.jar", w.jar("v2", targettest.Behaviour{})))
	r := w.newestRecord()
	if r.Outcome != flink.FailedClean || r.Reason != flink.ManifestInvalid || len(w.target.Starts()) != starts ||
		!strings.Contains(r.Message, "reads no CloudWatch alarms") || !strings.Contains(r.Message, "knows no Prometheus") {
		t.Errorf("%s, %s: %s", r.Outcome, r.Reason, r.Message)
	}
}
