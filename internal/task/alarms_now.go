package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// freshEvent is how long the event of an alarm counts for more than an answer
// of CloudWatch that does not know of it yet.
const freshEvent = 30 * time.Second

// alarmsNow reads the states of an incident's alarms. What cannot be read says why.
func (t Tasks) alarmsNow(ctx context.Context, raised []ledger.Raised, now time.Time) []flink.AlarmFacts {
	ctx, cancel := context.WithTimeout(ctx, signalsPatience)
	defer cancel()
	var whole []string
	for _, r := range raised {
		if r.Series == "" {
			whole = append(whole, r.Alarm)
		}
	}
	states := map[string]flink.AlarmFacts{}
	if len(whole) > 0 {
		for _, f := range t.Signals.readAlarms(ctx, whole) {
			states[f.Name] = f
		}
	}
	series := map[string]map[string]flink.AlarmFacts{}
	all := make([]flink.AlarmFacts, len(raised))
	for i, r := range raised {
		f := states[r.Alarm]
		if r.Series != "" {
			f = t.seriesNow(ctx, r, series)
		}
		all[i] = orAsTheEventSays(f, r, now)
	}
	return all
}

// seriesNow is the state of one series; known keeps what was read of its alarm.
func (t Tasks) seriesNow(ctx context.Context, r ledger.Raised, known map[string]map[string]flink.AlarmFacts) flink.AlarmFacts {
	quiet := flink.AlarmFacts{Name: r.Alarm, State: flink.AlarmOK}
	if t.AlarmDetails == nil {
		quiet.State, quiet.Unread = flink.AlarmUnknown, "this installation reads no alarms"
		return quiet
	}
	found, read := known[r.Alarm]
	if !read {
		var err error
		found, err = t.AlarmDetails.Series(ctx, r.Alarm)
		switch {
		case err != nil && flink.CodeOf(err) == flink.NotFound:
			quiet.State = flink.AlarmUnknown
			return quiet
		case err != nil:
			quiet.State, quiet.Unread = flink.AlarmUnknown, line(err.Error())
			return quiet
		}
		known[r.Alarm] = found
	}
	if f, ok := found[r.Series]; ok {
		f.Name, f.Reason = r.Alarm, line(f.Reason)
		return f
	}
	return quiet
}

// orAsTheEventSays: the answer may be older than the event.
func orAsTheEventSays(f flink.AlarmFacts, r ledger.Raised, now time.Time) flink.AlarmFacts {
	last := r.Last()
	older := f.Since.IsZero() || f.Since.Before(last.Add(-time.Second))
	if f.State == flink.AlarmRaised || !older || now.Sub(last) >= freshEvent {
		return f
	}
	return flink.AlarmFacts{Name: r.Alarm, State: flink.AlarmRaised, Since: last, Reason: r.Reason}
}
