package flink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestWhatCouldNeverBeKnownIsRefusedBeforeAnythingIsTouched(t *testing.T) {
	lag := flink.Analysis{LagRecovery: &flink.LagRecovery{Within: time.Minute, Baseline: 110}}
	slow := flink.Analysis{LagRecovery: &flink.LagRecovery{Within: 15 * time.Minute, Baseline: 110}}
	alarms := flink.Analysis{CloudWatchAlarms: []string{"latency", "errors"}}
	queries := flink.Analysis{Prometheus: []flink.PrometheusQuery{{Query: "up", SuccessCondition: "result == 1"}}}
	silent, telling, ailing := good(), good(), good()
	telling.Job.Lag = flink.Lag{Known: true}
	ailing.Job.TasksRunning = 1
	there := flink.Signals{Alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmRaised}, {Name: "errors", State: flink.AlarmNoData}}}
	oneGone := flink.Signals{Alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}, {Name: "errors"}}}
	later := t0.Add(time.Hour)
	cases := map[string]struct {
		asks flink.Analysis
		c    flink.AnalysisCase
		says string // empty: it is possible
	}{
		"nothing is asked for":                 {flink.Analysis{}, flink.AnalysisCase{Before: silent, Now: later}, ""},
		"lag, and the job tells it":            {lag, flink.AnalysisCase{Before: telling, Now: later}, ""},
		"lag, and the job tells none":          {lag, flink.AnalysisCase{Before: silent, Now: later}, "tells no lag"},
		"lag, and the job has only just begun": {lag, flink.AnalysisCase{Before: silent, Now: t0.Add(time.Minute)}, ""},
		"lag, and the job does not run well":   {lag, flink.AnalysisCase{Before: ailing, Now: later}, ""},
		"lag, and nothing runs yet":            {lag, flink.AnalysisCase{Now: later}, ""},
		"lag that has longer than all":         {slow, flink.AnalysisCase{Before: telling, Now: later}, "progress deadline of 15m0s"},
		"lag of a batch job":                   {lag, flink.AnalysisCase{Batch: true, Now: later}, "batch job"},
		"alarms that nobody reads":             {alarms, flink.AnalysisCase{}, "latency, errors would never be looked at"},
		"alarms that are there":                {alarms, flink.AnalysisCase{ReadsAlarms: true, Signals: there}, ""},
		"an alarm that is not there":           {alarms, flink.AnalysisCase{ReadsAlarms: true, Signals: oneGone}, "no alarm errors"},
		"queries that nobody asks":             {queries, flink.AnalysisCase{}, "knows no Prometheus"},
		"a query that finds no data yet":       {queries, flink.AnalysisCase{AsksQueries: true, Signals: flink.Signals{Queries: []flink.QueryFacts{{Query: "up"}}}}, ""},
		"a query that has no answer":           {queries, flink.AnalysisCase{AsksQueries: true, Signals: flink.Signals{Queries: []flink.QueryFacts{{Query: "up", Unread: "503"}}}}, "503"},
		"alarms that cannot be read":           {alarms, flink.AnalysisCase{ReadsAlarms: true, Signals: flink.Signals{Alarms: []flink.AlarmFacts{{Name: "latency", Unread: "throttled"}, {Name: "errors", State: flink.AlarmOK}}}}, "latency cannot be read: throttled"},
		"a query that the server cannot parse": {queries, flink.AnalysisCase{AsksQueries: true, Signals: flink.Signals{Queries: []flink.QueryFacts{{Query: "up", Refused: "parse error"}}}}, "parse error"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.c.Policy = flink.DefaultPolicy()
			c.c.Policy.Analysis = c.asks
			err := flink.ImpossibleAnalysis(c.c)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}
