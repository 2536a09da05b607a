package flink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// lagging watches a version for so long, a look each five seconds, whose
// sources tell what lag says of the seconds since all tasks run; under nothing
// they tell none. It stops when the verdict is no longer Progressing.
func lagging(before flink.Lag, long time.Duration, lag func(seconds int64) int64) flink.Verdict {
	e := expected()
	e.Policy.ProgressDeadline, e.LagBefore = 10*time.Minute, before
	e.Policy.Analysis.LagRecovery = &flink.LagRecovery{Within: 2 * time.Minute, Baseline: 110}
	var w flink.Watch
	var v flink.Verdict
	for at := time.Duration(0); at <= long; at += 5 * time.Second {
		o := good()
		if n := lag(int64(at / time.Second)); n >= 0 {
			o.Job.Lag = flink.Lag{Known: true, Records: n}
		} else {
			o.Job.Lag = flink.Lag{Unknown: "no source has the metric pendingRecords"}
		}
		if w, v = flink.Judge(w, o, e, t0.Add(at)); v.State != flink.Progressing {
			break
		}
	}
	return v
}

func TestLagIsJudgedByItsSlopeAfterCatchingUp(t *testing.T) {
	known := func(n int64) flink.Lag { return flink.Lag{Known: true, Records: n} }
	jitter := func(s int64) int64 { return (s*7919)%400 + 100 }
	cases := map[string]struct {
		before flink.Lag
		long   time.Duration
		lag    func(int64) int64
		state  flink.VerdictState
		check  string
		says   string
	}{
		"it never built up":                       {known(50), time.Minute, func(int64) int64 { return 40 }, flink.Healthy, "Baked", ""},
		"it is worked off in time":                {known(100), 3 * time.Minute, func(s int64) int64 { return max(0, 60_000-1000*s) }, flink.Healthy, "Baked", ""},
		"it is being worked off, within its time": {known(100), time.Minute, func(s int64) int64 { return 600_000 - 1000*s }, flink.Progressing, "LagRecovers", "2m0s"},
		"it is late, and falls":                   {known(100), 5 * time.Minute, func(s int64) int64 { return 600_000 - 1000*s }, flink.Progressing, "LagRecovers", "falls"},
		"it is late, falls, and gets there":       {known(100), 6 * time.Minute, func(s int64) int64 { return max(0, 300_000-1000*s) }, flink.Healthy, "Baked", ""},
		"it grows":                                {known(100), 3 * time.Minute, func(s int64) int64 { return 1000 + 100*s }, flink.Unhealthy, "LagRecovers", "does not fall"},
		"it grows after it had fallen":            {known(100), 5 * time.Minute, func(s int64) int64 { return max(100_000-1500*s, 50*s) + 5000 }, flink.Unhealthy, "LagRecovers", "does not fall"},
		"it stands where it is":                   {known(100), 3 * time.Minute, func(int64) int64 { return 50_000 }, flink.Unhealthy, "LagRecovers", "above the 500"},
		"it stands, with some noise":              {known(100), 3 * time.Minute, func(s int64) int64 { return 50_000 + jitter(s) }, flink.Unhealthy, "LagRecovers", ""},
		"what is in flight is no lag":             {known(0), 3 * time.Minute, func(s int64) int64 { return max(200_000-5000*s, jitter(s)) }, flink.Healthy, "Baked", ""},
		"a high lag from before may stay":         {known(90_000), time.Minute, func(s int64) int64 { return 95_000 }, flink.Healthy, "Baked", ""},
		"nothing from before, and it stands":      {flink.Lag{}, 3 * time.Minute, jitter, flink.Healthy, "Baked", ""},
		"nothing from before, and it falls":       {flink.Lag{}, 3 * time.Minute, func(s int64) int64 { return 900_000 - 1000*s }, flink.Healthy, "Baked", ""},
		"nothing from before, and it grows":       {flink.Lag{}, 3 * time.Minute, func(s int64) int64 { return 1000 * s }, flink.Unhealthy, "LagRecovers", "no lag from before"},
		"no source tells any, at first":           {known(0), time.Minute, func(int64) int64 { return -1 }, flink.Progressing, "LagRecovers", "no source has told"},
		"no source ever tells any":                {known(0), 3 * time.Minute, func(int64) int64 { return -1 }, flink.Unhealthy, "LagRecovers", "remove analysis.lagRecovery"},
		"the sources begin to tell it late": {known(100), 4 * time.Minute, func(s int64) int64 {
			if s < 100 {
				return -1
			}
			return 10
		}, flink.Healthy, "Baked", ""},
		"a source that tells it seldom": {known(100), 3 * time.Minute, func(s int64) int64 {
			if s%70 != 0 {
				return -1
			}
			return 50_000
		}, flink.Progressing, "LagRecovers", "not been seen for long enough"},
		"one look at a source that has not begun": {known(100), 3 * time.Minute, func(s int64) int64 { return 500 * s }, flink.Unhealthy, "LagRecovers", "does not fall"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := lagging(c.before, c.long, c.lag)
			if v.State != c.state || v.Check != c.check || !strings.Contains(v.Message, c.says) {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestLagIsRememberedInBoundedSpace(t *testing.T) {
	e := expected()
	e.Policy.BakeTime, e.Policy.Analysis.LagRecovery = time.Hour, &flink.LagRecovery{Within: time.Minute, Baseline: 110}
	e.LagBefore = flink.Lag{Known: true, Records: 5000}
	var w flink.Watch
	for i := range 1000 {
		o := good()
		o.Job.Lag = flink.Lag{Known: true, Records: int64(i)}
		w, _ = flink.Judge(w, o, e, t0.Add(time.Duration(i)*time.Second))
	}
	if len(w.Lags) != 12 || w.HighestLag != 999 || w.Lags[11].Records < 985 {
		t.Errorf("%d samples, highest %d, newest %+v", len(w.Lags), w.HighestLag, w.Lags[len(w.Lags)-1])
	}
}
