package flink

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// schedule gives the moments at which a window begins: a cron expression read
// by the clock on the wall of a zone.
type schedule struct {
	cron cron.Schedule
	zone *time.Location
}

// cronFields are minute, hour, day of month, month and day of week.
const cronFields = 5

// oneMinute finds an expression that begins with one minute. More beginnings
// say nothing that a longer window does not, and a year of them is searched.
var oneMinute = regexp.MustCompile(`^\s*[0-9]+\s`)

func parseSchedule(expression, zone string) (schedule, error) {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return schedule{}, fmt.Errorf("%q is no time zone; write an IANA name, as in Europe/Paris", zone)
	}
	if n := len(strings.Fields(expression)); n != cronFields || strings.Contains(expression, "=") {
		return schedule{}, fmt.Errorf("%q does not have five fields; write minute, hour, day of month, month, day of week, as in 0 17 * * 5", expression)
	}
	c, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(expression)
	if err != nil {
		return schedule{}, fmt.Errorf("%q is no schedule (%w); write minute, hour, day of month, month, day of week, as in 0 17 * * 5", expression, err)
	}
	if !oneMinute.MatchString(expression) {
		return schedule{}, fmt.Errorf("%q begins more than once an hour, and a window that does is one longer window; write one minute, as in 0 17 * * 5", expression)
	}
	s := schedule{c, location}
	if _, ever := s.after(anyDay); !ever {
		return schedule{}, fmt.Errorf("%q is a day that no calendar has; the window would never begin", expression)
	}
	return s, nil
}

// anyDay is where looks for what does not depend on the day begin.
var anyDay = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// after is the first beginning later than t. The expression is read by the
// wall: an hour that comes twice, when clocks go back, holds its beginnings
// twice; what begins in an hour that is skipped begins when the clocks have
// been put forward. (cron's own reading of zones leaves the skipped ones out.)
func (s schedule) after(t time.Time) (time.Time, bool) {
	local := t.In(s.zone)
	_, ahead := local.Zone()
	_, change := local.ZoneBounds()
	for {
		wall := s.cron.Next(shifted(t, ahead))
		if wall.IsZero() {
			return time.Time{}, false
		}
		begins := shifted(wall, -ahead)
		if change.IsZero() || begins.Before(change) {
			return begins, true
		}
		_, then := change.In(s.zone).Zone()
		if wall.Before(shifted(change, then)) {
			return change.UTC(), true // the clocks skip it
		}
		t, ahead = change.Add(-time.Nanosecond), then
		_, change = change.In(s.zone).ZoneBounds()
	}
}

// shifted is the moment at which UTC shows what a clock so many seconds ahead shows at t.
func shifted(t time.Time, seconds int) time.Time {
	return t.UTC().Add(time.Duration(seconds) * time.Second)
}
