package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Expression says when a schedule is due.
type Expression struct {
	every time.Duration // 0: cron
	cron  cron.Schedule
}

var (
	rate  = regexp.MustCompile(`^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$`)
	units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	// notUnderstood are marks of the service's cron that the library has not, or has with another meaning.
	notUnderstood = regexp.MustCompile(`[LW#]`)
)

// Parse reads an expression of the service.
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
func Parse(text string) (Expression, error) {
	if parts := rate.FindStringSubmatch(text); parts != nil {
		n, err := strconv.Atoi(parts[1])
		if err != nil || n < 1 || n > 1<<20 {
			return Expression{}, fmt.Errorf("%s is no interval", text)
		}
		return Expression{every: time.Duration(n) * units[strings.TrimSuffix(parts[2], "s")]}, nil
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(text, "cron("), ")")
	if text != "cron("+inner+")" {
		return Expression{}, fmt.Errorf("the schedule %q is not understood here: write rate(5 minutes) or cron(0 3 * * ? *)", text)
	}
	return parseCron(text, strings.Fields(inner))
}

// parseCron reads minute, hour, day of month, month, day of week and year. One
// of the two days is "?"; the week begins with 1 on Sunday.
func parseCron(text string, fields []string) (Expression, error) {
	const dayOfMonth, dayOfWeek, year = 2, 4, 5
	switch {
	case len(fields) != year+1:
		return Expression{}, fmt.Errorf("%s has %d fields, and there are six: minute, hour, day of month, month, day of week, year", text, len(fields))
	case fields[year] != "*":
		return Expression{}, fmt.Errorf("%s names a year, which is not understood here: write *", text)
	case (fields[dayOfMonth] == "?") == (fields[dayOfWeek] == "?"):
		return Expression{}, fmt.Errorf("%s: exactly one of day of month and day of week is ?", text)
	case notUnderstood.MatchString(fields[dayOfMonth]), notUnderstood.MatchString(weekdays(fields[dayOfWeek])):
		return Expression{}, fmt.Errorf("%s has L, W or #, which are not understood here", text)
	}
	fields[dayOfWeek] = weekdays(fields[dayOfWeek])
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(strings.Join(fields[:year], " "))
	if err != nil {
		return Expression{}, fmt.Errorf("%s: %w", text, err)
	}
	return Expression{cron: parsed}, nil
}

var number = regexp.MustCompile(`\d+`)

// weekdays counts days as the library does, from 0 on Sunday; what stands after
// a slash is a number of days.
func weekdays(field string) string {
	days, step, stepped := strings.Cut(field, "/")
	days = number.ReplaceAllStringFunc(days, func(day string) string {
		n, _ := strconv.Atoi(day)
		return strconv.Itoa(n - 1)
	})
	if stepped {
		return days + "/" + step
	}
	return days
}

// After is the first time later than the last one.
func (e Expression) After(last time.Time) time.Time {
	if e.every > 0 {
		return last.Add(e.every)
	}
	return e.cron.Next(last.UTC())
}
