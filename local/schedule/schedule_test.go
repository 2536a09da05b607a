package schedule_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/local/schedule"
)

// friday is 2026-01-02 03:04:05, a Friday.
var friday = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestWhenAScheduleIsDue(t *testing.T) {
	for text, want := range map[string][]string{
		"rate(1 minute)":           {"Fri 03:05:05", "Fri 03:06:05"},
		"rate(6 hours)":            {"Fri 09:04:05", "Fri 15:04:05"},
		"rate(2 days)":             {"Sun 03:04:05", "Tue 03:04:05"},
		"cron(0 3 * * ? *)":        {"Sat 03:00:00", "Sun 03:00:00"},
		"cron(0/15 * * * ? *)":     {"Fri 03:15:00", "Fri 03:30:00"},
		"cron(30 4 ? * 1 *)":       {"Sun 04:30:00", "Sun 04:30:00"},
		"cron(30 4 ? * MON-FRI *)": {"Fri 04:30:00", "Mon 04:30:00"},
		"cron(0 0 ? * 2-6/2 *)":    {"Mon 00:00:00", "Wed 00:00:00"},
		"cron(0 12 1 JAN,FEB ? *)": {"Sun 12:00:00", "Fri 12:00:00"},
		"cron(59 23 31 DEC ? *)":   {"Thu 23:59:00", "Fri 23:59:00"},
		"cron(0 8,20 1,15 * ? *)":  {"Thu 08:00:00", "Thu 20:00:00"},
		"cron(5 0/12 ? 1-3 SUN *)": {"Sun 00:05:00", "Sun 12:05:00"},
		"cron(0 10 ? * 7 *)":       {"Sat 10:00:00", "Sat 10:00:00"},
		"cron(* 3 2 1 ? *)":        {"Fri 03:05:00", "Fri 03:06:00"},
	} {
		e, err := schedule.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		first := e.After(friday)
		if got := []string{first.Format("Mon 15:04:05"), e.After(first).Format("Mon 15:04:05")}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestWhatTheStandInDoesNotUnderstandIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"at(2026-01-02T03:04:05)": "not understood here", "rate(5 seconds)": "not understood here", "rate(0 minutes)": "no interval",
		"cron(0 3 * * ?)": "five", "cron(0 3 * * * *)": "exactly one", "cron(0 3 ? * ? *)": "exactly one", "cron(0 3 L * ? *)": "L, W or #",
		"cron(0 3 ? * 6#3 *)": "L, W or #", "cron(0 3 * * ? 2027)": "names a year", "cron(61 3 * * ? *)": "61",
	} {
		says = strings.Replace(says, "five", "has 5 fields", 1)
		if _, err := schedule.Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// quick is a clock on which waiting takes no time, until it has been asked often enough.
type quick struct {
	now  time.Time
	left int
	stop context.CancelFunc
}

func (q *quick) Now() time.Time { return q.now }

func (q *quick) Sleep(ctx context.Context, d time.Duration) error {
	if q.left--; q.left < 0 {
		q.stop()
	}
	q.now = q.now.Add(d)
	return ctx.Err()
}

func TestTheTargetIsToldForWhenItWasDue(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	when, err := schedule.Parse("rate(1 minute)")
	if err != nil {
		t.Fatal(err)
	}
	s := schedule.Schedule{ARN: "arn:s", When: when, Input: `{"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>","try":<aws.scheduler.attempt-number>}`}
	var got []string
	s.Run(ctx, &quick{now: friday, left: 2, stop: stop}, func(payload []byte) { got = append(got, string(payload)) })
	want := []string{`{"at":"2026-01-02T03:05:05Z","of":"arn:s","try":1}`, `{"at":"2026-01-02T03:06:05Z","of":"arn:s","try":1}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
