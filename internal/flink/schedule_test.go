package flink

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine need not have the zones
)

// The beginnings are held against a walk through the minutes of days on which
// clocks change: a minute is one when the wall shows what the expression says,
// and when clocks skip over a wall that would have shown it.
func TestBeginningsAreThoseOfTheWall(t *testing.T) {
	days := map[string][]string{
		"Europe/Paris":        {"2026-03-28", "2026-10-24"},
		"America/New_York":    {"2026-03-07", "2026-10-31"},
		"Australia/Lord_Howe": {"2026-04-04", "2026-10-03"}, // by half an hour
		"Africa/Cairo":        {"2026-04-23", "2026-10-29"}, // at midnight
		"Asia/Kathmandu":      {"2026-04-04"},               // never, and 45 minutes off
		"UTC":                 {"2026-03-28"},
	}
	for zone, starts := range days {
		for _, expression := range []string{"0 * * * *", "30 2 * * *", "0 1 * * *", "15 0,1,2,3 * * *", "0 0 * * *", "45 23 * * 6", "59 1 * * SUN"} {
			s, err := parseSchedule(expression, zone)
			if err != nil {
				t.Fatal(err)
			}
			for _, day := range starts {
				from := at(t, day+"T00:00:00Z").Add(-12 * time.Hour)
				to := from.Add(72 * time.Hour)
				want := walked(s, from, to)
				var got []time.Time
				for b, ever := s.after(from); ever && b.Before(to); b, ever = s.after(b) {
					got = append(got, b)
				}
				if len(got) != len(want) {
					t.Fatalf("%s in %s after %s: %v, walked %v", expression, zone, from, got, want)
				}
				for i := range got {
					if !got[i].Equal(want[i]) {
						t.Errorf("%s in %s: %v, walked %v", expression, zone, got[i], want[i])
					}
				}
			}
		}
	}
}

// walked finds the beginnings between two moments minute by minute.
func walked(s schedule, from, to time.Time) []time.Time {
	shows := func(wall time.Time) bool { return s.cron.Next(wall.Add(-time.Second)).Equal(wall) }
	var found []time.Time
	_, before := from.In(s.zone).Zone()
	for m := from.Add(time.Minute); m.Before(to); m = m.Add(time.Minute) {
		_, ahead := m.In(s.zone).Zone()
		begins := shows(shifted(m, ahead))
		for skipped := shifted(m, before); skipped.Before(shifted(m, ahead)); skipped = skipped.Add(time.Minute) {
			begins = begins || shows(skipped)
		}
		if begins {
			found = append(found, m)
		}
		before = ahead
	}
	return found
}
