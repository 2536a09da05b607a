package schedule

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Schedule is one schedule.
type Schedule struct {
	ARN   string
	When  Expression
	Input string // of the target, with context attributes
}

// Clock is where schedules take their time from.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until ctx is done, in which case it returns ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Fire is called when a schedule is due, with the payload of its target.
type Fire func(payload []byte)

// Run calls fire whenever the schedule is due, until ctx is done.
func (s Schedule) Run(ctx context.Context, clock Clock, fire Fire) {
	for due := s.When.After(clock.Now()); ; due = s.When.After(due) {
		if due.IsZero() || clock.Sleep(ctx, due.Sub(clock.Now())) != nil || ctx.Err() != nil {
			return
		}
		fire(s.payload(due))
	}
}

// payload fills in the context attributes.
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
func (s Schedule) payload(due time.Time) []byte {
	return []byte(strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", s.ARN,
		"<aws.scheduler.scheduled-time>", due.UTC().Truncate(time.Second).Format(time.RFC3339),
		"<aws.scheduler.execution-id>", uuid.NewString(),
		"<aws.scheduler.attempt-number>", "1",
	).Replace(s.Input))
}
