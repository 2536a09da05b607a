package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Signals reads what the world beside the runtime says of an application. A
// reader that is nil is one that this installation does not have: Prepare then
// refuses a policy that needs it.
type Signals struct {
	Alarms  Alarms
	Queries Queries
}

// Alarms reads alarms. Errors are *flink.Error.
type Alarms interface {
	// Alarms reads the alarms of those names. One that does not exist is not in the answer.
	Alarms(ctx context.Context, names []string) ([]flink.AlarmFacts, error)
}

// Queries asks for numbers. Errors are *flink.Error.
type Queries interface {
	// Query answers with one number for each series, of which there may be none.
	// A query that is wrong is Invalid, in the server's own words.
	Query(ctx context.Context, query string) ([]float64, error)
}

const (
	// signalsEvery is how often signals are read: what they are made of changes
	// once a minute at most, and reading costs.
	signalsEvery = 15 * time.Second
	// signalsKept is how long an answer stands in for one that fails: a hiccup
	// must not make a version bake anew.
	signalsKept = time.Minute
	// signalsPatience bounds one reading of all that a policy names.
	signalsPatience = 15 * time.Second
)

// hearing is what was heard within one invocation.
type hearing struct {
	read    time.Time
	signals flink.Signals
	alarms  map[string]heard[flink.AlarmFacts]
	queries map[string]heard[flink.QueryFacts]
}

// heard is the last answer that could be read.
type heard[T any] struct {
	at   time.Time
	what T
}

// listen reads what the analysis names, unless that was done a moment ago.
func (s Signals) listen(ctx context.Context, h *hearing, a flink.Analysis, clock Clock) flink.Signals {
	now := clock.Now()
	if !h.read.IsZero() && now.Sub(h.read) < signalsEvery {
		return h.signals
	}
	if h.read.IsZero() {
		h.alarms, h.queries = map[string]heard[flink.AlarmFacts]{}, map[string]heard[flink.QueryFacts]{}
	}
	h.read, h.signals = now, s.readAll(ctx, a)
	for i, f := range h.signals.Alarms {
		h.signals.Alarms[i] = recall(h.alarms, f.Name, f, f.Unread != "", now)
	}
	for i, f := range h.signals.Queries {
		h.signals.Queries[i] = recall(h.queries, f.Query, f, f.Unread != "", now)
	}
	return h.signals
}

// recall remembers an answer, or remembers it instead of one that failed.
func recall[T any](m map[string]heard[T], key string, now T, failed bool, at time.Time) T {
	if last, ok := m[key]; failed && ok && at.Sub(last.at) < signalsKept {
		return last.what
	}
	if !failed {
		m[key] = heard[T]{at, now}
	}
	return now
}

// readAll reads each signal that the analysis names; what cannot be read says why.
func (s Signals) readAll(ctx context.Context, a flink.Analysis) (all flink.Signals) {
	ctx, cancel := context.WithTimeout(ctx, signalsPatience)
	defer cancel()
	if len(a.CloudWatchAlarms) > 0 {
		all.Alarms = s.readAlarms(ctx, a.CloudWatchAlarms)
	}
	for _, q := range a.Prometheus {
		all.Queries = append(all.Queries, s.ask(ctx, q.Query))
	}
	return all
}

func (s Signals) readAlarms(ctx context.Context, names []string) []flink.AlarmFacts {
	found, unread := map[string]flink.AlarmFacts{}, "this installation reads no alarms"
	if s.Alarms != nil {
		facts, err := s.Alarms.Alarms(ctx, names)
		unread = ""
		if err != nil {
			unread = err.Error()
		}
		for _, f := range facts {
			found[f.Name] = f
		}
	}
	var all []flink.AlarmFacts
	for _, name := range names {
		f, ok := found[name]
		if !ok {
			f = flink.AlarmFacts{Name: name, Unread: unread}
		}
		all = append(all, f)
	}
	return all
}

func (s Signals) ask(ctx context.Context, query string) flink.QueryFacts {
	f := flink.QueryFacts{Query: query, Unread: "this installation asks no Prometheus"}
	if s.Queries == nil {
		return f
	}
	values, err := s.Queries.Query(ctx, query)
	f.Values, f.Unread = values, ""
	switch {
	case err == nil:
	case flink.CodeOf(err) == flink.Invalid:
		f.Refused = err.Error()
	default:
		f.Unread = err.Error()
	}
	return f
}

// checkAnalysis tells, before anything is touched, whether what the policy asks
// for can be known at all. The error is Invalid, and the user's to mend.
func (t Tasks) checkAnalysis(ctx context.Context, p flink.Policy, before flink.Observation, next flink.Revision) error {
	fault := flink.ImpossibleAnalysis(flink.AnalysisCase{Policy: p, ReadsAlarms: t.Signals.Alarms != nil, AsksQueries: t.Signals.Queries != nil,
		Signals: t.Signals.readAll(ctx, p.Analysis), Before: before, Batch: next.Batch(), Now: t.Clock.Now()})
	if fault == nil {
		return nil
	}
	return flink.Errorf(flink.Invalid, "read the policy", "%w", fault)
}
