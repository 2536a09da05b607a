package flink_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// ran is when all tasks of the scripts' first good observation run.
var ran = t0

func withAlarm(a flink.AlarmFacts) flink.Observation {
	o := good()
	a.Name = "latency"
	o.Signals.Alarms = []flink.AlarmFacts{a}
	return o
}

func TestAnAlarmIsBlamedOnTheVersionOnlyWhenItWasRaisedUnderIt(t *testing.T) {
	cases := map[string]struct {
		alarm flink.AlarmFacts
		state flink.VerdictState
		check string
		says  string
	}{
		"quiet":                              {flink.AlarmFacts{State: flink.AlarmOK}, flink.Progressing, "Bake", ""},
		"raised while it runs":               {flink.AlarmFacts{State: flink.AlarmRaised, Since: ran.Add(4 * time.Second), Reason: "p99 is 9 s"}, flink.Unhealthy, "AlarmsQuiet", "p99 is 9 s"},
		"raised before it ran":               {flink.AlarmFacts{State: flink.AlarmRaised, Since: ran.Add(-time.Hour)}, flink.Progressing, "AlarmsQuiet", "before all tasks ran"},
		"raised, nobody knows since when":    {flink.AlarmFacts{State: flink.AlarmRaised}, flink.Progressing, "AlarmsQuiet", "before"},
		"without data, which may come":       {flink.AlarmFacts{State: flink.AlarmNoData}, flink.Progressing, "AlarmsQuiet", "too little data"},
		"not to be read":                     {flink.AlarmFacts{Unread: "503"}, flink.Progressing, "AlarmsQuiet", "503"},
		"deleted in the middle of a release": {flink.AlarmFacts{}, flink.Progressing, "AlarmsQuiet", "no CloudWatch alarm latency"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := expected()
			e.Policy.Analysis.CloudWatchAlarms = []string{"latency"}
			_, v := script(e, withAlarm(flink.AlarmFacts{State: flink.AlarmOK}), withAlarm(c.alarm))
			if v.State != c.state || v.Check != c.check || !strings.Contains(v.Message, c.says) {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestAnAlarmFromBeforeHasUntilTheDeadline(t *testing.T) {
	e := expected()
	e.Policy.Analysis.CloudWatchAlarms = []string{"latency"}
	old := withAlarm(flink.AlarmFacts{State: flink.AlarmRaised, Since: ran.Add(-time.Hour)})
	w := flink.Watch{}
	var v flink.Verdict
	for at := time.Duration(0); at <= 2*time.Minute; at += 5 * time.Second {
		w, v = flink.Judge(w, old, e, t0.Add(at))
	}
	if v.State != flink.Unhealthy || v.Check != "AlarmsQuiet" || !strings.Contains(v.Message, "deadline") {
		t.Errorf("got %+v", v)
	}
}

func TestAnAlarmThatNeverHasDataIsQuietAfterAWhileAndTheVerdictSaysSo(t *testing.T) {
	e := expected()
	e.Policy.Analysis.CloudWatchAlarms, e.Policy.ProgressDeadline = []string{"latency"}, 10*time.Minute
	var all []flink.Observation
	for range 5*12 + 5 {
		all = append(all, withAlarm(flink.AlarmFacts{State: flink.AlarmNoData}))
	}
	if _, v := script(e, all[:5*12]...); v.Check != "AlarmsQuiet" {
		t.Errorf("before five minutes: %+v", v)
	}
	if _, v := script(e, all...); v.State != flink.Healthy || !strings.Contains(v.Message, "latency had too little data") {
		t.Errorf("after five minutes and the bake time: %+v", v)
	}
}

func TestAShortDeadlineIsNotSpentOnAnAlarmWithoutData(t *testing.T) {
	e := expected() // two minutes
	e.Policy.Analysis.CloudWatchAlarms = []string{"latency"}
	var all []flink.Observation
	for range 12 + 5 {
		all = append(all, withAlarm(flink.AlarmFacts{State: flink.AlarmNoData}))
	}
	if _, v := script(e, all...); v.State != flink.Healthy {
		t.Errorf("after one minute and the bake time: %+v", v)
	}
}

func TestAPolicyThatNamesAnAlarmNobodyReadsIsNeverHealthy(t *testing.T) {
	e := expected()
	e.Policy.Analysis.CloudWatchAlarms = []string{"latency"}
	e.Policy.Analysis.Prometheus = []flink.PrometheusQuery{{Query: "up", SuccessCondition: "result == 1"}}
	if _, v := script(e, good()); v.State != flink.Progressing || v.Check != "AlarmsQuiet" {
		t.Errorf("got %+v", v)
	}
	e.Policy.Analysis.CloudWatchAlarms = nil
	if _, v := script(e, good()); v.State != flink.Progressing || v.Check != "QueriesHold" {
		t.Errorf("got %+v", v)
	}
}

func TestAQueryHasToBecomeGoodAndThenToStayGood(t *testing.T) {
	answered := func(q flink.QueryFacts) flink.Observation {
		o := good()
		q.Query = "errors"
		o.Signals.Queries = []flink.QueryFacts{q}
		return o
	}
	yes, no := answered(flink.QueryFacts{Values: []float64{0, 0.009}}), answered(flink.QueryFacts{Values: []float64{0, 0.5}})
	lost := no
	lost.Job.TasksRunning = 0
	nan := answered(flink.QueryFacts{Values: []float64{0, math.NaN()}})
	cases := map[string]struct {
		seen  []flink.Observation
		state flink.VerdictState
		check string
		says  string
	}{
		"good":                                     {[]flink.Observation{yes}, flink.Progressing, "Bake", ""},
		"bad at first, when it looks back":         {[]flink.Observation{no, no}, flink.Progressing, "QueriesHold", `"errors" answers 0.5, which is not < 0.01`},
		"bad at first, then good":                  {[]flink.Observation{no, yes}, flink.Progressing, "Bake", ""},
		"good, then bad":                           {[]flink.Observation{yes, yes, no}, flink.Unhealthy, "QueriesHold", "0.5"},
		"bad after a lost TaskManager":             {[]flink.Observation{yes, lost, no}, flink.Progressing, "QueriesHold", "0.5"},
		"NaN tells nothing":                        {[]flink.Observation{yes, nan}, flink.Progressing, "QueriesHold", "NaN"},
		"no series tell nothing":                   {[]flink.Observation{yes, answered(flink.QueryFacts{})}, flink.Progressing, "QueriesHold", "no data"},
		"a server that is away tells nothing":      {[]flink.Observation{yes, answered(flink.QueryFacts{Unread: "503"})}, flink.Progressing, "QueriesHold", "503"},
		"a query that the server refuses is wrong": {[]flink.Observation{answered(flink.QueryFacts{Refused: "parse error"})}, flink.Unhealthy, "QueriesHold", "parse error"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := expected()
			e.Policy.Analysis.Prometheus = []flink.PrometheusQuery{{Query: "errors", SuccessCondition: "result < 0.01"}}
			_, v := script(e, c.seen...)
			if v.State != c.state || v.Check != c.check || !strings.Contains(v.Message, c.says) {
				t.Errorf("got %+v", v)
			}
		})
	}
}
