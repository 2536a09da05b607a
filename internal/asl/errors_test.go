package asl

import (
	"testing"
	"time"
)

func TestErrorEqualsMatchesAsTheLanguageSays(t *testing.T) {
	cases := []struct {
		listed, name string
		want         bool
	}{
		{"LeaseHeld", "LeaseHeld", true},
		{"LeaseHeld", "leaseheld", false},
		{ErrorAll, "LeaseHeld", true},
		{ErrorAll, "", true},
		{ErrorAll, ErrorTimeout, true},
		{ErrorAll, ErrorQueryEvaluation, true},
		{ErrorAll, ErrorRuntime, false},
		{ErrorAll, ErrorDataLimitExceeded, false},
		{ErrorAll, ErrorNoChoiceMatched, false},
		{ErrorRuntime, ErrorRuntime, true},
		{ErrorDataLimitExceeded, ErrorDataLimitExceeded, true},
		{ErrorTaskFailed, "LeaseHeld", true},
		{ErrorTaskFailed, ErrorPermissions, true},
		{ErrorTaskFailed, ErrorTimeout, false},
		{ErrorTaskFailed, ErrorHeartbeatTimeout, false},
		{ErrorTaskFailed, ErrorRuntime, false},
		{ErrorTimeout, ErrorHeartbeatTimeout, true},
		{ErrorHeartbeatTimeout, ErrorTimeout, false},
		{ErrorHeartbeatTimeout, ErrorHeartbeatTimeout, true},
	}
	for _, c := range cases {
		if got := matches([]string{"Other", c.listed}, c.name); got != c.want {
			t.Errorf("%s against %q: %v", c.listed, c.name, got)
		}
	}
}

func TestARetrierWaitsLongerEachTimeWithinItsBounds(t *testing.T) {
	half := func() float64 { return 0.5 }
	cases := []struct {
		name    string
		retrier retrier
		want    []time.Duration
	}{
		{"doubling", retrier{interval: 1, backoff: 2}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}},
		{"constant", retrier{interval: 3, backoff: 1}, []time.Duration{3 * time.Second, 3 * time.Second}},
		{"bounded", retrier{interval: 10, backoff: 3, most: 25}, []time.Duration{10 * time.Second, 25 * time.Second, 25 * time.Second}},
		{"with jitter", retrier{interval: 10, backoff: 3, most: 25, jitter: true}, []time.Duration{5 * time.Second, 12500 * time.Millisecond}},
		{"for ever", retrier{interval: maxSeconds, backoff: 1e9}, []time.Duration{maxSeconds * time.Second, maxSeconds * time.Second}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for n, want := range c.want {
				if got := c.retrier.delay(n, half); got != want {
					t.Errorf("attempt %d waits %s, want %s", n, got, want)
				}
			}
		})
	}
}
