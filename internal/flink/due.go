package flink

import (
	"fmt"
	"time"
)

// Timetable is what is known of one application when its next savepoint is
// thought about.
type Timetable struct {
	Application Application
	Every       time.Duration // the policy's; 0: never
	Now         time.Time
	Newest      time.Time // when its newest sound savepoint was taken; zero: there is none
	Since       time.Time // since when there is something to save: when what runs was first promoted; zero: not known
	Tried       time.Time // when a savepoint was last tried for; zero: never
	Asked       bool      // somebody asks for a savepoint now
	Idle        string    // why there is nothing to save: it was deleted, or suspended; empty when there is
	Outlived    bool      // a savepoint has outlived the policy, or its removal was begun and not finished
}

// Dueness says whether an application is to be rotated now, and why.
type Dueness struct {
	Due     bool
	Save    bool // false of what is due only for savepoints that have to go
	Message string
}

const (
	// clockSkew is how far clocks are thought to be apart at most. What was taken
	// later than that is not the time of any clock that was right.
	clockSkew = 15 * time.Minute
	// triesPerRound bounds how often a savepoint is tried for that does not come
	// about, and retryWithin how long it may be left: a job that was away for a
	// minute once a week has to have its savepoint.
	triesPerRound = 4
	retryWithin   = 6 * time.Hour
	// tidyEvery is how long after a rotation one may follow that takes no savepoint.
	tidyEvery = 6 * time.Hour
)

// DecideDue has each application in its own place on the clock: a time of the
// hour, or the day, that follows from its name, so that they are not all due at
// once, and that stays the same whoever asks and however often. An application is
// due when no savepoint was taken since its place was last passed. So a timer
// that fires twice finds nothing to do the second time, one that fires late does
// it late, and a clock that is some minutes behind does it some minutes later.
func DecideDue(t Timetable) Dueness {
	d := t.decide()
	if !d.Due && t.Outlived && !(t.passed(t.Tried) && t.Now.Before(t.Tried.Add(tidyEvery))) {
		return Dueness{Due: true, Message: "a savepoint has outlived the policy"}
	}
	return d
}

func (t Timetable) decide() Dueness {
	not := func(format string, args ...any) Dueness { return Dueness{Message: fmt.Sprintf(format, args...)} }
	switch {
	case t.Idle != "":
		return not("%s", t.Idle)
	case t.Asked:
		return Dueness{true, true, "somebody asks for it"}
	case t.Every <= 0:
		return not("the policy takes no savepoints by timer (snapshots.every is 0s)")
	}
	place, newest := t.Place(), t.newest()
	again := t.Tried.Add(min(t.Every/triesPerRound, retryWithin))
	switch {
	case !newest.Before(place):
		return not("a savepoint was taken at %s, and the next is due at %s", newest.UTC().Format(time.RFC3339), place.Add(t.Every).UTC().Format(time.RFC3339))
	case t.passed(t.Since) && !t.Since.Before(place):
		return not("what runs is there since %s, and its first savepoint is due at %s", t.Since.UTC().Format(time.RFC3339), place.Add(t.Every).UTC().Format(time.RFC3339))
	case t.passed(t.Tried) && t.Now.Before(again):
		return not("it was tried at %s: the next try is not before %s", t.Tried.UTC().Format(time.RFC3339), again.UTC().Format(time.RFC3339))
	case newest.IsZero():
		return Dueness{true, true, "there is no savepoint yet"}
	}
	return Dueness{true, true, "the newest savepoint is of " + newest.UTC().Format(time.RFC3339)}
}

// Place is when the application's place on the clock was last passed.
func (t Timetable) Place() time.Time {
	offset := time.Duration(t.Application.Spread() % uint64(t.Every))
	since := (time.Duration(t.Now.UnixNano()) - offset) % t.Every
	return t.Now.Add(-since)
}

// newest is when the newest savepoint was taken, unless no right clock says so.
func (t Timetable) newest() time.Time {
	if !t.passed(t.Newest) {
		return time.Time{}
	}
	return t.Newest
}

// passed tells whether a moment is known and not in the future.
func (t Timetable) passed(at time.Time) bool {
	return !at.IsZero() && !at.After(t.Now.Add(clockSkew))
}

// Overdue tells since when the newest savepoint is older than the policy wants:
// a whole round past its place. Zero: it is not.
func (t Timetable) Overdue() time.Time {
	if t.Every <= 0 || t.Idle != "" {
		return time.Time{}
	}
	newest := t.newest()
	if newest.IsZero() {
		newest = t.Since
	}
	late := newest.Add(2 * t.Every)
	if newest.IsZero() || t.Now.Before(late) {
		return time.Time{}
	}
	return late
}
