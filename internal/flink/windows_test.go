package flink

import (
	"strings"
	"testing"
	"time"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func window(kind WindowKind, schedule string, d time.Duration, zone string) SyncWindow {
	return SyncWindow{Kind: kind, Schedule: schedule, Duration: d, TimeZone: zone}
}

func TestAWindowHoldsAnUpgradeUntilItMayStart(t *testing.T) {
	const paris, newYork = "Europe/Paris", "America/New_York"
	weekend := window(Deny, "0 17 * * 5", 63*time.Hour, paris)
	office := window(Allow, "0 9 * * 1-5", 8*time.Hour, newYork)
	for name, c := range map[string]struct {
		windows []SyncWindow
		now     string
		until   string // empty: open
	}{
		"no window holds nothing":                           {nil, "2026-01-02T12:00:00Z", ""},
		"before a denied weekend":                           {[]SyncWindow{weekend}, "2026-01-02T15:59:59Z", ""},
		"at its first second":                               {[]SyncWindow{weekend}, "2026-01-02T16:00:00Z", "2026-01-05T07:00:00Z"},
		"at its last second":                                {[]SyncWindow{weekend}, "2026-01-05T06:59:59.9Z", "2026-01-05T07:00:00Z"},
		"at its end":                                        {[]SyncWindow{weekend}, "2026-01-05T07:00:00Z", ""},
		"in summer, by the same wall":                       {[]SyncWindow{weekend}, "2026-07-03T15:00:00Z", "2026-07-06T06:00:00Z"},
		"clocks forward in it: the length is a stopwatch's": {[]SyncWindow{weekend}, "2026-03-28T12:00:00Z", "2026-03-30T07:00:00Z"},
		"clocks back in it":                                 {[]SyncWindow{weekend}, "2026-10-24T12:00:00Z", "2026-10-26T06:00:00Z"},
		"inside office hours":                               {[]SyncWindow{office}, "2026-01-05T14:00:00Z", ""},
		"before office hours":                               {[]SyncWindow{office}, "2026-01-05T13:59:59Z", "2026-01-05T14:00:00Z"},
		"on Friday evening":                                 {[]SyncWindow{office}, "2026-01-02T22:00:00Z", "2026-01-05T14:00:00Z"},
		"the first Monday of summer in New York":            {[]SyncWindow{office}, "2026-03-08T12:00:00Z", "2026-03-09T13:00:00Z"},
		"the first Monday of winter in New York":            {[]SyncWindow{office}, "2026-11-01T12:00:00Z", "2026-11-02T14:00:00Z"},
		"deny wins over allow":                              {[]SyncWindow{window(Allow, "0 0 * * *", 24*time.Hour, "UTC"), window(Deny, "0 12 * * *", time.Hour, "UTC")}, "2026-01-05T12:30:00Z", "2026-01-05T13:00:00Z"},
		"deny until the allow window is over":               {[]SyncWindow{window(Allow, "0 9 * * *", 4*time.Hour, "UTC"), window(Deny, "0 11 * * *", 3*time.Hour, "UTC")}, "2026-01-05T11:00:00Z", "2026-01-06T09:00:00Z"},
		"an allow window that begins denied":                {[]SyncWindow{window(Allow, "0 9 * * *", 4*time.Hour, "UTC"), window(Deny, "0 8 * * *", 2*time.Hour, "UTC")}, "2026-01-05T07:00:00Z", "2026-01-05T10:00:00Z"},
		"two allow windows, the nearer one":                 {[]SyncWindow{office, window(Allow, "0 6 * * *", time.Hour, "UTC")}, "2026-01-05T05:00:00Z", "2026-01-05T06:00:00Z"},
		"deny windows that overlap":                         {[]SyncWindow{window(Deny, "0 8 * * *", 3*time.Hour, "UTC"), window(Deny, "0 10 * * *", 3*time.Hour, "UTC")}, "2026-01-05T08:00:00Z", "2026-01-05T13:00:00Z"},
		"turns of one window that overlap":                  {[]SyncWindow{window(Deny, "0 8,9,10 * * *", 90*time.Minute, "UTC")}, "2026-01-05T08:10:00Z", "2026-01-05T11:30:00Z"},
		"turns that touch":                                  {[]SyncWindow{window(Deny, "0 8,9 * * *", time.Hour, "UTC")}, "2026-01-05T08:10:00Z", "2026-01-05T10:00:00Z"},
		"two zones":                                         {[]SyncWindow{window(Deny, "0 9 * * *", time.Hour, paris), window(Deny, "0 4 * * *", time.Hour, newYork)}, "2026-01-05T08:00:00Z", "2026-01-05T10:00:00Z"},
		"a deny in the hour that spring skips":              {[]SyncWindow{window(Deny, "30 2 * * *", time.Hour, paris)}, "2026-03-29T01:10:00Z", "2026-03-29T02:00:00Z"},
		"an allow in the hour that spring skips":            {[]SyncWindow{window(Allow, "30 2 * * *", time.Hour, newYork)}, "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"},
		"the hour that autumn repeats, the first time":      {[]SyncWindow{window(Deny, "0 1 * * *", time.Hour, newYork)}, "2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z"},
		"the hour that autumn repeats, the second time":     {[]SyncWindow{window(Deny, "0 1 * * *", time.Hour, newYork)}, "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"},
		"a freeze of weeks that begins every hour":          {[]SyncWindow{window(Deny, "0 * 1-20 12 *", 48*time.Hour, "UTC")}, "2026-12-01T00:00:00Z", "2026-12-22T23:00:00Z"},
		"a day once in four years":                          {[]SyncWindow{window(Allow, "0 0 29 2 *", time.Hour, "UTC")}, "2027-12-31T00:00:00Z", "2028-02-29T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			now := at(t, c.now)
			open, until, why := DecideWindow(c.windows, now)
			if c.until == "" {
				if !open || !until.IsZero() || why != "" {
					t.Errorf("want open, got until %s: %s", until, why)
				}
				return
			}
			if want := at(t, c.until); open || !until.Equal(want) || why == "" {
				t.Errorf("open %v until %s, want %s (%s)", open, until, want, why)
			}
			if again, _, _ := DecideWindow(c.windows, until); !again {
				t.Error("at that moment it is closed")
			}
			if before, _, _ := DecideWindow(c.windows, until.Add(-time.Second)); before {
				t.Error("a second earlier it is open already")
			}
		})
	}
}

func TestWindowsThatNeverOpenAreFoundAndLookedAtAgainAfterAYear(t *testing.T) {
	for name, windows := range map[string][]SyncWindow{
		"denied around the clock":    {window(Deny, "0 * * * *", time.Hour, "Europe/Paris")},
		"denied for long":            {window(Deny, "0 * * * *", 300*24*time.Hour, "UTC")},
		"allowed where it is denied": {window(Allow, "0 9 * * *", time.Hour, "UTC"), window(Deny, "0 8 * * *", 3*time.Hour, "UTC")},
		"two that take turns":        {window(Deny, "30 * * * *", 30*time.Minute, "UTC"), window(Deny, "0 * * * *", 30*time.Minute, "UTC")},
		"a leap day":                 {window(Allow, "0 0 29 2 *", time.Hour, "UTC")},
	} {
		t.Run(name, func(t *testing.T) {
			if !NeverOpens(windows) {
				t.Error("it was said to open")
			}
			now := at(t, "2026-03-01T09:00:00Z")
			open, until, why := DecideWindow(windows, now)
			if open || until.Before(now.Add(searched/2)) || !strings.Contains(why, "within a year") {
				t.Errorf("open %v until %s: %s", open, until, why)
			}
		})
	}
	if NeverOpens([]SyncWindow{window(Deny, "0 17 * * 5", 63*time.Hour, "Europe/Paris")}) || NeverOpens(nil) {
		t.Error("what opens was said to stay closed")
	}
}

func TestAScheduleIsFiveFieldsInAZoneThatExists(t *testing.T) {
	for _, w := range []SyncWindow{
		window(Deny, "", time.Hour, "UTC"),
		window(Deny, "0 17 * *", time.Hour, "UTC"),
		window(Deny, "0 0 17 * * 5", time.Hour, "UTC"),
		window(Deny, "@daily", time.Hour, "UTC"),
		window(Deny, "TZ=UTC 0 17 * *", time.Hour, "UTC"),
		window(Deny, "CRON_TZ=UTC 17 * * *", time.Hour, "UTC"),
		window(Deny, "61 17 * * *", time.Hour, "UTC"),
		window(Deny, "0 0 30 2 *", time.Hour, "UTC"),
		window(Deny, "* 17 * * 5", time.Hour, "UTC"),
		window(Deny, "0,30 17 * * 5", time.Hour, "UTC"),
		window(Deny, "*/15 17 * * 5", time.Hour, "UTC"),
		window(Deny, "0 17 * * 5", time.Hour, "Paris"),
		window(Deny, "0 17 * * 5", time.Hour, "Local"),
	} {
		if err := w.Validate(); err == nil {
			t.Errorf("%+v was taken", w)
		}
		if open, until, why := DecideWindow([]SyncWindow{w}, at(t, "2026-01-01T00:00:00Z")); open || until.IsZero() || why == "" {
			t.Errorf("%+v: open %v until %s: %s", w, open, until, why)
		}
	}
	if err := window(Deny, "05 */2,8-18 * JAN-MAR MON-FRI", time.Hour, "").Validate(); err != nil {
		t.Errorf("names and steps: %v", err)
	}
}

// The search is held against the plain definition, minute by minute.
func TestTheSearchAgreesWithTheDefinition(t *testing.T) {
	windows := []SyncWindow{
		window(Allow, "0 0-5 * * *", 45*time.Minute, "Europe/Paris"),
		window(Allow, "20 1 * * *", 3*time.Hour, "America/New_York"),
		window(Deny, "10 */2 * * *", 25*time.Minute, "Europe/Paris"),
		window(Deny, "40 */2 * * *", 25*time.Minute, "Europe/Paris"),
	}
	for _, day := range []string{"2026-03-08", "2026-03-29", "2026-06-01", "2026-10-25", "2026-11-01"} {
		var closedSince []time.Time
		start := at(t, day+"T00:00:00Z")
		for m := range 24 * 60 {
			now := start.Add(time.Duration(m) * time.Minute)
			open, until, _ := DecideWindow(windows, now)
			if !open {
				if until.Before(now) {
					t.Fatalf("%s: opens %s, in the past", now, until)
				}
				closedSince = append(closedSince, until)
				continue
			}
			for _, said := range closedSince {
				if !said.Equal(now) {
					t.Fatalf("it opened %s and was said to open %s", now, said)
				}
			}
			closedSince = nil
		}
	}
}
