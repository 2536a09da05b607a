package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// durationPattern is the form of a duration: whole numbers with units, as in
// 7d or 1h30m. There are no fractions and nothing below a second: nobody
// watches a job that closely.
const durationPattern = `^([0-9]{1,9}[dhms])+$`

var (
	durationForm = regexp.MustCompile(durationPattern)
	durationPart = regexp.MustCompile(`([0-9]+)([dhms])`)
	units        = map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
)

// tooLong stands for a sum that would overflow.
const tooLong = 100 * 365 * 24 * time.Hour

func parseDuration(s string) (time.Duration, error) {
	if !durationForm.MatchString(s) {
		return 0, fmt.Errorf("%q is no duration", s)
	}
	var sum time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		count, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil {
			return 0, err
		}
		if unit := units[part[2]]; count > int64(tooLong/unit) {
			sum = tooLong
		} else {
			sum = min(tooLong, sum+time.Duration(count)*unit)
		}
	}
	return sum, nil
}

// flinkDuration reads a duration as Flink's configuration has it: a whole
// number and a unit, milliseconds where there is none (Flink's TimeUtils).
var flinkDurationForm = regexp.MustCompile(`^\s*([0-9]{1,15})\s*([a-zµ]*)\s*$`)

var flinkUnits = map[string]time.Duration{
	"": time.Millisecond, "ms": time.Millisecond, "milli": time.Millisecond, "millis": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

func flinkDuration(s string) (time.Duration, bool) {
	m := flinkDurationForm.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return 0, false
	}
	unit, known := flinkUnits[m[2]]
	count, err := strconv.ParseInt(m[1], 10, 64)
	if !known || err != nil {
		return 0, false
	}
	if count > int64(tooLong/unit) {
		return tooLong, true
	}
	return time.Duration(count) * unit, true
}
