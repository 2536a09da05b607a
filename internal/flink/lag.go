package flink

import (
	"fmt"
	"math"
	"time"
)

// Lag is how many records a job's sources have yet to read: the sum of what
// each tells by pendingRecords, the metric that FLIP-33 gives every source.
type Lag struct {
	Known   bool   `json:"known"` // every source that tells a lag told it
	Records int64  `json:"records,omitempty"`
	Unknown string `json:"unknown,omitempty"` // why it is not known, one line
}

// LagSample is a lag that was seen.
type LagSample struct {
	At      time.Time `json:"at"`
	Records int64     `json:"records"`
}

const (
	// lagEvery is how far apart samples are kept: Flink's own JobManager reads
	// its tasks' metrics once in ten seconds (metrics.fetcher.update-interval).
	lagEvery = 10 * time.Second
	// lagKept samples make the window over which a slope is judged: two minutes.
	lagKept = 12
	// A slope is read from so much time at least, and from so many samples.
	lagWindow = time.Minute
	lagLeast  = 4
)

// sampleLag keeps a lag that was seen, and the highest of all.
func (w Watch) sampleLag(l Lag, now time.Time) Watch {
	if !l.Known {
		return w
	}
	w.HighestLag = max(w.HighestLag, l.Records)
	if n := len(w.Lags); n > 0 && now.Sub(w.Lags[n-1].At) < lagEvery {
		return w
	}
	kept := w.Lags[max(0, len(w.Lags)-lagKept+1):]
	w.Lags = append(append([]LagSample(nil), kept...), LagSample{now, l.Records})
	return w
}

// lagRecovers judges the backlog that the upgrade itself made. It has its time;
// after that it may still be above the baseline, but has to fall.
func lagRecovers(w Watch, o Observation, e Expectation, now time.Time) said {
	rule := e.Policy.Analysis.LagRecovery
	if rule == nil {
		return ok()
	}
	due := now.Sub(w.RunningAt) >= rule.Within
	if len(w.Lags) == 0 {
		if due {
			return fail("the policy asks for lagRecovery, and no source has told its lag since all tasks run (%s): use sources that report pendingRecords, or remove analysis.lagRecovery", orNothing(o.Job.Lag.Unknown))
		}
		return waitFor("no source has told its lag yet (%s)", orNothing(o.Job.Lag.Unknown))
	}
	allowed, goal := w.allowedLag(*rule, e.LagBefore)
	newest := w.Lags[len(w.Lags)-1].Records
	switch {
	case e.LagBefore.Known && w.hasBeenAt(allowed):
		return ok()
	case !due:
		return waitFor("the lag is %d records, %s; it has %s from the first moment all tasks ran", newest, goal, rule.Within)
	case w.lagSpan() < lagWindow || len(w.Lags) < lagLeast:
		return waitFor("the lag is %d records, %s, and has not been seen for long enough to tell whether it falls", newest, goal)
	case w.lagFalls():
		if !e.LagBefore.Known {
			return ok()
		}
		return waitFor("the lag is %d records, %s, and falls", newest, goal)
	case !e.LagBefore.Known && !w.lagRises():
		return ok()
	}
	return fail("the lag is %d records %s after all tasks ran, %s, and does not fall", newest, rule.Within, goal)
}

// allowedLag is what counts as recovered, and says so. A hundredth of the
// highest backlog is no backlog: a source in good order has some records in flight.
func (w Watch) allowedLag(rule LagRecovery, before Lag) (int64, string) {
	if !before.Known {
		return 0, "which must not grow (there is no lag from before to compare with)"
	}
	allowed := max(int64(float64(before.Records)*float64(rule.Baseline)/100), w.HighestLag/100)
	return allowed, fmt.Sprintf("above the %d that count as recovered", allowed)
}

// hasBeenAt tells whether the lag went down to that in the window: a single
// sample may be of any moment between two commits of a source. The first of all
// may be of a source that has not asked for its records yet.
func (w Watch) hasBeenAt(allowed int64) bool {
	lags := w.Lags
	if len(lags) < lagKept {
		lags = lags[1:]
	}
	for _, s := range lags {
		if s.Records <= allowed {
			return true
		}
	}
	return false
}

func (w Watch) lagSpan() time.Duration { return w.Lags[len(w.Lags)-1].At.Sub(w.Lags[0].At) }

// trend is by how much the lag changed over the window, by least squares, and
// what counts as a change: more than a steady lag drifts by, and more than
// chance makes of samples that scatter so.
func (w Watch) trend() (change, counts float64) {
	n := float64(len(w.Lags))
	var at, mean float64
	for _, s := range w.Lags {
		at += w.seconds(s) / n
		mean += float64(s.Records) / n
	}
	var both, times float64
	for _, s := range w.Lags {
		both += (w.seconds(s) - at) * (float64(s.Records) - mean)
		times += (w.seconds(s) - at) * (w.seconds(s) - at)
	}
	slope := both / times
	var left float64
	for _, s := range w.Lags {
		off := float64(s.Records) - mean - slope*(w.seconds(s)-at)
		left += off * off
	}
	span := w.lagSpan().Seconds()
	return slope * span, max(steady*mean, 3*span*math.Sqrt(left/(n-2)/times))
}

// steady is the part of its mean by which a lag may drift and still stand.
const steady = 0.02

func (w Watch) seconds(s LagSample) float64 { return s.At.Sub(w.Lags[0].At).Seconds() }

func (w Watch) lagFalls() bool { change, counts := w.trend(); return change < -counts }
func (w Watch) lagRises() bool { change, counts := w.trend(); return change > counts }
