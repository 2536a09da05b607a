package flink_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

var timed = flink.Timetable{Application: flink.Application{Namespace: "team-a", Name: "counter"}, Every: 6 * time.Hour, Now: retainedAt}

func TestAnApplicationIsDueOnceItsPlaceOnTheClockIsPassed(t *testing.T) {
	place := timed.Place()
	if place.After(timed.Now) || !place.After(timed.Now.Add(-timed.Every)) {
		t.Fatalf("the place was passed at %s, and it is %s", place, timed.Now)
	}
	for name, c := range map[string]struct {
		change func(*flink.Timetable)
		due    bool
		says   string
	}{
		"no savepoint yet":                        {func(*flink.Timetable) {}, true, "no savepoint yet"},
		"one from before the place was passed":    {func(s *flink.Timetable) { s.Newest = place.Add(-time.Second) }, true, "the newest savepoint is of"},
		"one since":                               {func(s *flink.Timetable) { s.Newest = place }, false, "the next is due at"},
		"one of a clock that is minutes ahead":    {func(s *flink.Timetable) { s.Newest = s.Now.Add(10 * time.Minute) }, false, "the next is due at"},
		"one of a clock that was never right":     {func(s *flink.Timetable) { s.Newest = s.Now.Add(48 * time.Hour) }, true, "no savepoint yet"},
		"deployed since, and nothing to save yet": {func(s *flink.Timetable) { s.Since = place.Add(time.Second) }, false, "its first savepoint is due at"},
		"deployed before":                         {func(s *flink.Timetable) { s.Since = place.Add(-time.Second) }, true, "no savepoint yet"},
		"tried a moment ago":                      {func(s *flink.Timetable) { s.Tried = s.Now.Add(-time.Minute) }, false, "the next try is not before"},
		"tried long ago":                          {func(s *flink.Timetable) { s.Tried = s.Now.Add(-2 * time.Hour) }, true, "no savepoint yet"},
		"once a month, and tried this morning":    {func(s *flink.Timetable) { s.Every, s.Tried = 30*24*time.Hour, s.Now.Add(-6*time.Hour) }, true, "no savepoint yet"},
		"tried in the future":                     {func(s *flink.Timetable) { s.Tried = s.Now.Add(48 * time.Hour) }, true, "no savepoint yet"},
		"a policy without a timer":                {func(s *flink.Timetable) { s.Every = 0 }, false, "snapshots.every is 0s"},
		"suspended":                               {func(s *flink.Timetable) { s.Idle = "it is suspended" }, false, "it is suspended"},
		"asked for, whatever the policy":          {func(s *flink.Timetable) { s.Every, s.Asked = 0, true }, true, "somebody asks"},
		"asked for, and suspended":                {func(s *flink.Timetable) { s.Asked, s.Idle = true, "it is suspended" }, false, "it is suspended"},
		"one has outlived the policy":             {func(s *flink.Timetable) { s.Newest, s.Outlived = s.Now, true }, true, "has outlived the policy"},
		"it was looked at an hour ago":            {func(s *flink.Timetable) { s.Newest, s.Outlived, s.Tried = s.Now, true, s.Now.Add(-time.Hour) }, false, "the next is due at"},
	} {
		t.Run(name, func(t *testing.T) {
			s := timed
			c.change(&s)
			if d := flink.DecideDue(s); d.Due != c.due || !strings.Contains(d.Message, c.says) {
				t.Errorf("%+v, want due %v, %q", d, c.due, c.says)
			}
		})
	}
}

func TestWhatIsDueForAnOldSavepointAloneTakesNone(t *testing.T) {
	s := timed
	s.Idle, s.Outlived = "it is suspended", true
	if d := flink.DecideDue(s); !d.Due || d.Save {
		t.Errorf("%+v", d)
	}
}

// TestATimerThatIsLateOrTwiceOrSkewedTakesOneSavepointARound plays five days: a
// timer that fires as it likes, and a clock that is some minutes off.
func TestATimerThatIsLateOrTwiceOrSkewedTakesOneSavepointARound(t *testing.T) {
	fires := map[string]func(i int) []time.Duration{
		"on time":        func(i int) []time.Duration { return []time.Duration{0} },
		"twice":          func(i int) []time.Duration { return []time.Duration{0, 20 * time.Second} },
		"late":           func(i int) []time.Duration { return []time.Duration{time.Duration(i%5) * time.Minute} },
		"clocks differ":  func(i int) []time.Duration { return []time.Duration{time.Duration(i%7-3) * time.Minute} },
		"an hour is out": func(i int) []time.Duration { return map[bool][]time.Duration{true: {0}}[i%24 < 20] },
	}
	for name, offsets := range fires {
		t.Run(name, func(t *testing.T) {
			s, taken := timed, 0
			for i := range 5 * 24 * 4 { // every quarter of an hour
				for _, offset := range offsets(i) {
					s.Now = retainedAt.Add(time.Duration(i)*15*time.Minute + offset)
					if flink.DecideDue(s).Due {
						taken++
						s.Newest = s.Now.Add(time.Minute)
					}
				}
			}
			if taken < 20 || taken > 21 { // one more for there being none at first
				t.Errorf("%d savepoints within five days, one every six hours are 20", taken)
			}
		})
	}
}

func TestApplicationsAreDueSpreadOverTheRound(t *testing.T) {
	const applications, rounds = 2000, 24 // a quarter of an hour each
	var due [rounds]int
	for i := range applications {
		s := timed
		s.Application.Name = fmt.Sprintf("counter-%d", i)
		s.Newest = s.Now // all were saved in this moment
		for r := range rounds {
			s.Now = retainedAt.Add(time.Duration(r+1) * 15 * time.Minute)
			if flink.DecideDue(s).Due {
				due[r]++
				s.Newest = s.Now
			}
		}
	}
	for r, n := range due {
		if n < applications/rounds/2 || n > applications/rounds*2 {
			t.Errorf("%d of %d are due in the quarter %d: %v", n, applications, r, due)
		}
	}
}

func TestASavepointIsOverdueAWholeRoundAfterItsPlace(t *testing.T) {
	s := timed
	s.Newest = s.Now.Add(-11 * time.Hour)
	if at := s.Overdue(); !at.IsZero() {
		t.Errorf("overdue since %s", at)
	}
	s.Newest = s.Now.Add(-13 * time.Hour)
	if at := s.Overdue(); !at.Equal(s.Now.Add(-time.Hour)) {
		t.Errorf("overdue since %s", at)
	}
	s.Idle = "it is suspended"
	if at := s.Overdue(); !at.IsZero() {
		t.Errorf("suspended, and overdue since %s", at)
	}
}
