package asl

import (
	"encoding/json"
	"fmt"
	"time"
)

// waitState lets time pass: Seconds, or until Timestamp.
type waitState struct {
	common
	seconds, timestamp *template
}

func parseWait(f *fields, c common, _ map[string]bool) state {
	s := &waitState{seconds: f.number("Seconds", 0, maxSeconds, true), timestamp: f.textTemplate("Timestamp")}
	_, hasSeconds := f.raw["Seconds"]
	_, hasTimestamp := f.raw["Timestamp"]
	if hasSeconds == hasTimestamp {
		f.fault("", "must have either Seconds or Timestamp")
	}
	if s.timestamp != nil && s.timestamp.kind == literal {
		var text string
		_ = json.Unmarshal(s.timestamp.literal, &text) // textTemplate saw a string
		if _, err := parseTimestamp(text); err != nil {
			f.fault("Timestamp", "must look like 2016-03-14T01:59:00Z, not %q", text)
		}
	}
	f.readAssign(&c)
	f.readOutput(&c)
	f.readTransition(&c)
	s.common = c
	return s
}

func (s *waitState) run(v *visit) (exit, *Error) {
	wait, err := s.duration(v)
	if err != nil {
		return exit{}, err
	}
	if v.Clock.Sleep(v.ctx, wait) != nil {
		return exit{}, stopped
	}
	return v.settle(ending{output: s.output, assign: s.assign, otherwise: v.input, next: s.next})
}

func (s *waitState) duration(v *visit) (time.Duration, *Error) {
	if s.timestamp == nil {
		seconds, err := v.number(s.seconds, "Seconds", 0, 0, maxSeconds, true)
		return time.Duration(seconds) * time.Second, err
	}
	text, err := v.text(s.timestamp, "Timestamp")
	if err != nil {
		return 0, err
	}
	until, bad := parseTimestamp(text)
	if bad != nil {
		return 0, v.evaluationFailed(&fault{"Timestamp", fmt.Sprintf("The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: %s", text)})
	}
	return max(0, until.Sub(v.Clock.Now())), nil
}

func parseTimestamp(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }
