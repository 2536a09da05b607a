package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// What EventBridge Scheduler puts in place of these in a target's input
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
// The execution id that it has as well is another one for each attempt, so it
// says nothing about whether a tick was delivered before.
const (
	TickSchedule = "<aws.scheduler.schedule-arn>"
	TickTime     = "<aws.scheduler.scheduled-time>"
)

// Tick is the input of a machine that a schedule starts: it is not wrapped in an
// event. Schedule and time together name it; it may be delivered twice, and late.
type Tick struct {
	Schedule string `json:"schedule"`       // ARN; empty when somebody starts the machine by hand
	Time     string `json:"time,omitempty"` // when it was scheduled for, RFC 3339; empty: now
	// Applications are those that somebody asks about by hand, NAMESPACE/NAME each;
	// none: whichever are due.
	Applications []string `json:"applications,omitempty"`
}

// ReadTick reads a machine's input, and the time that it names; zero when it names none.
func ReadTick(input []byte) (Tick, time.Time, error) {
	var t Tick
	if err := json.Unmarshal(input, &t); err != nil {
		return t, time.Time{}, fmt.Errorf("the input is none of a schedule's: write {}, or {\"applications\": [\"NAMESPACE/NAME\"]}: %w", err)
	}
	if t.Time == "" {
		return t, time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, t.Time)
	if err != nil {
		return t, at, fmt.Errorf("the input names the time %.50q: write it as in 2026-01-02T15:04:05Z, or leave it out", t.Time)
	}
	return t, at.UTC(), nil
}
