package flink

import (
	"strconv"
	"strings"
	"time"
)

// Short is a duration as a person writes it: 15m, not 15m0s, and 7d, not 168h.
func Short(d time.Duration) string {
	const day = 24 * time.Hour
	if d%day == 0 && d > day {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
