package flink

import (
	"fmt"
	"time"
)

// searched is how far ahead a window's opening is looked for: less than an
// execution of the release machine may last.
const searched = 360 * 24 * time.Hour

// maxSteps bounds the search where many windows take turns around the clock.
const maxSteps = 20_000

// Validate says what is wrong with a window's schedule and time zone.
func (w SyncWindow) Validate() error {
	_, err := parseSchedule(w.Schedule, w.TimeZone)
	return err
}

// DecideWindow tells whether an upgrade may start now. Outside of all allow
// windows it may not, if there are any; a deny window wins over every allow
// window. until is the next moment at which it may, and why says which window
// holds it back. Both are empty while it is open. What is not found to open
// within a year is looked at again at until. A window lasts its duration as a
// stopwatch has it, also over a change of clocks.
func DecideWindow(windows []SyncWindow, now time.Time) (open bool, until time.Time, why string) {
	spans, err := spansOf(windows)
	if err != nil {
		return false, now.Add(searched), fmt.Sprintf("a sync window cannot be read, so nothing is started: %v", err)
	}
	by, held := heldBy(spans, now)
	if !held {
		return true, time.Time{}, ""
	}
	until, opens := nextOpening(spans, now)
	if !opens {
		by += "; no opening of the sync windows was found within a year"
	}
	return false, until, by
}

// NeverOpens tells whether no upgrade could start within a year, on whatever day it begins.
func NeverOpens(windows []SyncWindow) bool {
	spans, err := spansOf(windows)
	if err != nil {
		return false // that is another fault
	}
	_, opens := nextOpening(spans, anyDay)
	return !opens
}

// span is a window that was read.
type span struct {
	schedule
	kind   WindowKind
	length time.Duration
	text   string
}

func spansOf(windows []SyncWindow) ([]span, error) {
	var spans []span
	for _, w := range windows {
		s, err := parseSchedule(w.Schedule, w.TimeZone)
		if err != nil {
			return nil, err
		}
		spans = append(spans, span{s, w.Kind, w.Duration, fmt.Sprintf("%q for %s (%s)", w.Schedule, w.Duration, w.TimeZone)})
	}
	return spans, nil
}

// active gives the end of the window that is open at t. Of several that
// overlap it is the first to end; false when none is open.
func (s span) active(t time.Time) (end time.Time, is bool) {
	begins, ever := s.after(t.Add(-s.length))
	if !ever || begins.After(t) {
		return time.Time{}, false
	}
	return begins.Add(s.length), true
}

// heldBy says what holds an upgrade back at t.
func heldBy(spans []span, t time.Time) (why string, held bool) {
	allows := 0
	open := false
	for _, s := range spans {
		_, is := s.active(t)
		switch {
		case s.kind == Deny && is:
			return "the sync window deny " + s.text + " is on", true
		case s.kind == Allow:
			allows++
			open = open || is
		}
	}
	switch {
	case allows == 0 || open:
		return "", false
	case allows == 1:
		return "it is outside of the sync window allow " + allowed(spans), true
	}
	return fmt.Sprintf("it is outside of all %d allow sync windows", allows), true
}

func allowed(spans []span) string {
	for _, s := range spans {
		if s.kind == Allow {
			return s.text
		}
	}
	return ""
}

// nextOpening is the first moment, from t on, at which nothing holds an upgrade
// back; else how far was looked, and false.
func nextOpening(spans []span, t time.Time) (time.Time, bool) {
	limit := t.Add(searched)
	for range maxSteps {
		later := nextAllowed(spans, pastDenials(spans, t, limit), limit)
		switch {
		case later.After(limit):
			return limit, false
		case later.Equal(t):
			return t, true
		}
		t = later
	}
	return t, false
}

// pastDenials is t, or the end of what denies it, window after window.
func pastDenials(spans []span, t, limit time.Time) time.Time {
	for _, s := range spans {
		if s.kind == Deny {
			t = s.past(t, limit)
		}
	}
	return t
}

// past is t, or the end of the unbroken row of this window's turns that covers t.
func (s span) past(t, limit time.Time) time.Time {
	end, is := s.active(t)
	if !is {
		return t
	}
	for !end.After(limit) {
		begins, ever := s.after(end.Add(-s.length))
		if !ever || begins.After(end) {
			return end
		}
		end = begins.Add(s.length)
	}
	return end
}

// nextAllowed is t while an allow window is on, or there are none; else the next beginning of one.
func nextAllowed(spans []span, t, limit time.Time) time.Time {
	next, any := limit.Add(time.Second), false
	for _, s := range spans {
		if s.kind != Allow {
			continue
		}
		any = true
		if _, is := s.active(t); is {
			return t
		}
		if begins, ever := s.after(t); ever && begins.Before(next) {
			next = begins
		}
	}
	if !any {
		return t
	}
	return next
}
