package asl

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// retrier is one entry of Retry.
// Source of fields, defaults and bounds: https://states-language.net/spec.html#errors
type retrier struct {
	errors   []string
	interval float64 // seconds
	backoff  float64
	attempts int
	most     float64 // seconds; 0: no bound
	jitter   bool
}

func (f *fields) readRetry() []retrier {
	var raws []json.RawMessage
	f.read("Retry", &raws, "an array of retriers")
	var retriers []retrier
	for i, raw := range raws {
		entry := f.parser.object(raw, f.state, fmt.Sprintf("Retry[%d].", i))
		retriers = append(retriers, entry.retrier(i == len(raws)-1))
	}
	return retriers
}

func (f *fields) retrier(last bool) retrier {
	r := retrier{interval: 1, backoff: 2, attempts: 3}
	r.errors = f.readErrorEquals(last)
	f.readBounded("IntervalSeconds", &r.interval, 1, maxSeconds, true)
	f.readBounded("BackoffRate", &r.backoff, 1, math.MaxInt32, false)
	f.readBounded("MaxDelaySeconds", &r.most, 1, 31622400, true)
	attempts := float64(r.attempts)
	f.readBounded("MaxAttempts", &attempts, 0, maxSeconds, true)
	r.attempts = int(attempts)
	switch jitter := f.text("JitterStrategy"); jitter {
	case "FULL":
		r.jitter = true
	case "", "NONE":
	default:
		f.fault("JitterStrategy", "must be FULL or NONE, not %q", jitter)
	}
	f.text("Comment")
	f.finish()
	return r
}

func (f *fields) readBounded(name string, target *float64, least, most float64, whole bool) {
	raw, ok := f.take(name)
	if !ok {
		return
	}
	if problem := numberFault(raw, least, most, whole); problem != "" {
		f.fault(name, "%s", problem)
		return
	}
	_ = json.Unmarshal(raw, target) // checked above
}

// readErrorEquals refuses what AWS refuses, and the name it documents but never reports.
func (f *fields) readErrorEquals(last bool) []string {
	var names []string
	f.read("ErrorEquals", &names, "an array of error names")
	if len(names) == 0 {
		f.fault("ErrorEquals", "must name at least one error")
	}
	for _, name := range names {
		switch {
		case name == ErrorAll && (len(names) > 1 || !last):
			f.fault("ErrorEquals", "States.ALL must stand alone and in the last entry")
		case name == branchFailed:
			f.fault("ErrorEquals", "States.BranchFailed is never reported: name the error of the branch, or States.ALL")
		case strings.HasPrefix(name, "States.") && !slices.Contains(ReservedErrors(), name):
			f.fault("ErrorEquals", "%q is not an error of the language, and the prefix States. is reserved", name)
		}
	}
	return names
}

// delay is how long to wait before attempt n (from 0); random is in [0,1).
func (r retrier) delay(n int, random func() float64) time.Duration {
	seconds := r.interval * math.Pow(r.backoff, float64(n))
	if r.most > 0 {
		seconds = math.Min(seconds, r.most)
	}
	seconds = math.Min(seconds, maxSeconds)
	if r.jitter {
		seconds *= random()
	}
	return time.Duration(seconds * float64(time.Second))
}
