package flink

import (
	"testing"
	"time"
)

func TestADurationIsWordedAsAPersonWritesIt(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "20s": 20 * time.Second, "15m": 15 * time.Minute, "6h": 6 * time.Hour, "1h30m": 90 * time.Minute,
		"24h": 24 * time.Hour, "30d": 30 * 24 * time.Hour, "10h0m5s": 10*time.Hour + 5*time.Second, "10m30s": 630 * time.Second,
	} {
		if got := Short(d); got != want {
			t.Errorf("%d is worded %q, want %q", d, got, want)
		}
	}
}
