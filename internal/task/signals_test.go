package task

import (
	"context"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

type stoppedClock struct{ now time.Time }

func (c *stoppedClock) Now() time.Time { return c.now }
func (c *stoppedClock) Sleep(_ context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return nil
}

// world answers what it is told to, and counts how often it is asked.
type world struct {
	alarms []flink.AlarmFacts
	values []float64
	err    error
	asked  int
}

func (w *world) Alarms(context.Context, []string) ([]flink.AlarmFacts, error) {
	w.asked++
	return w.alarms, w.err
}
func (w *world) Query(context.Context, string) ([]float64, error) { return w.values, w.err }

var analysis = flink.Analysis{CloudWatchAlarms: []string{"latency"}, Prometheus: []flink.PrometheusQuery{{Query: "up", SuccessCondition: "result == 1"}}}

func TestSignalsAreReadNowAndAgainAndNotAtEveryLook(t *testing.T) {
	w := &world{alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}}, values: []float64{1}}
	clock, h := &stoppedClock{time.Unix(0, 0)}, hearing{}
	for range 31 { // a minute
		got := Signals{w, w}.listen(t.Context(), &h, analysis, clock)
		if got.Alarms[0].State != flink.AlarmOK || got.Queries[0].Values[0] != 1 {
			t.Fatalf("got %+v", got)
		}
		clock.now = clock.now.Add(2 * time.Second)
	}
	if w.asked != 4 { // at 0, 16, 32 and 48 seconds
		t.Errorf("read %d times", w.asked)
	}
}

func TestAnAnswerStandsInForOneThatFailsForAMinute(t *testing.T) {
	w := &world{alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}}, values: []float64{1}}
	clock, h := &stoppedClock{time.Unix(0, 0)}, hearing{}
	Signals{w, w}.listen(t.Context(), &h, analysis, clock)
	w.alarms, w.values, w.err = nil, nil, flink.Errorf(flink.Unavailable, "ask", "503")
	clock.now = clock.now.Add(45 * time.Second)
	if got := (Signals{w, w}).listen(t.Context(), &h, analysis, clock); got.Alarms[0].Unread != "" || got.Queries[0].Unread != "" {
		t.Errorf("after 45 s: %+v", got)
	}
	clock.now = clock.now.Add(15 * time.Second)
	if got := (Signals{w, w}).listen(t.Context(), &h, analysis, clock); got.Alarms[0].Unread == "" || got.Queries[0].Unread == "" {
		t.Errorf("after 60 s: %+v", got)
	}
}

func TestAnAlarmThatIsNotThereIsToldFromOneThatCannotBeRead(t *testing.T) {
	w := &world{}
	if got := (Signals{w, nil}).readAll(t.Context(), analysis); got.Alarms[0].Unread != "" || got.Queries[0].Unread == "" {
		t.Errorf("got %+v", got)
	}
	if got := (Signals{}).readAll(t.Context(), analysis); got.Alarms[0].Unread == "" {
		t.Errorf("got %+v", got)
	}
	w.err = flink.Errorf(flink.Invalid, "", "parse error")
	if got := (Signals{nil, w}).readAll(t.Context(), analysis); got.Queries[0].Refused != "parse error" {
		t.Errorf("got %+v", got)
	}
}

func TestOnlyTheNewVersionOfAnUpgradeIsJudgedByTheWorldBesideIt(t *testing.T) {
	a := analysis
	a.LagRecovery, a.MinCompletedCheckpoints = &flink.LagRecovery{}, 2
	for name, c := range map[string]struct {
		kind  flink.ChangeKind
		phase Phase
		all   bool
	}{
		"an upgrade, before it":    {flink.Upgrade, "", true},
		"an upgrade's new version": {flink.Upgrade, Forward, true},
		"the one brought back":     {flink.Upgrade, Backward, false},
		"a restart, before it":     {flink.Restart, "", false},
		"a rollback on request":    {flink.Rollback, Forward, false},
	} {
		r := Release{Policy: flink.Policy{Analysis: a}, Change: flink.Change{Kind: c.kind}, Phase: c.phase}
		got := r.judgedBy().Analysis
		if all := got.LagRecovery != nil && len(got.CloudWatchAlarms)+len(got.Prometheus) == 2; all != c.all || got.MinCompletedCheckpoints != 2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
