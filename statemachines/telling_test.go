package statemachines_test

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// subject is the application that a release was about.
func subject(r task.Release) flink.Application {
	if r.Application.Namespace == app.Namespace {
		return r.Application
	}
	return app
}

// forks shows who began with whose snapshot, and how a fork's release was told.
func (s *stage) forks(names []string) {
	for _, name := range names {
		d, _, err := s.ledger.Document(s.t.Context(), flink.Application{Namespace: app.Namespace, Name: name})
		must(s.t, err)
		fmt.Fprintf(&s.seen, "  %s:", name)
		if f := d.ForkedFrom; f != nil {
			fmt.Fprintf(&s.seen, " from %s of %s", short(f.Snapshot), f.Application.Name)
		}
		for _, f := range d.Forks {
			fmt.Fprintf(&s.seen, " keeps %s for %s", short(f.Snapshot), f.Application.Name)
		}
		s.seen.WriteString("\n")
		if r, err := s.ledger.Record(s.t.Context(), d.Application, d.LastRelease); err == nil && r.Change != nil && r.Change.Kind == flink.Fork {
			for _, n := range r.Notes {
				fmt.Fprintf(&s.seen, "    %s\n", n)
			}
		}
	}
}

// tell shows the record, or what Admit said of an event without one.
func (s *stage) tell(r task.Release) {
	record := s.recordOf(r)
	if r.Decision == task.Ignore || r.Decision == task.Queue {
		fmt.Fprintf(&s.seen, "  %s %s: %s\n", r.Decision, r.Reason, r.Message)
		return
	}
	fmt.Fprintf(&s.seen, "  %s %s: %s\n", record.Outcome, record.Reason, record.Message)
	if record.Restored != "" {
		fmt.Fprintf(&s.seen, "  restored %s\n", short(record.Restored))
	}
}

// records tells how each release ended, oldest first.
func (s *stage) records() {
	ids, err := s.ledger.Records(s.t.Context(), app, 100)
	must(s.t, err)
	for i := len(ids) - 1; i >= 0; i-- {
		r, err := s.ledger.Record(s.t.Context(), app, ids[i])
		must(s.t, err)
		fmt.Fprintf(&s.seen, "  %s %s %s: %s\n", r.ID, r.Outcome, r.Reason, r.Message)
	}
}

// states tells which states the ledger knows.
func (s *stage) states() {
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	for _, known := range d.Snapshots {
		fmt.Fprintf(&s.seen, "  knows %s (%s)\n", short(known.Path), known.Kind)
	}
	if d.Suspended != nil {
		fmt.Fprintf(&s.seen, "  suspended with %s\n", short(d.Suspended.Snapshot.Path))
	}
}

// path leaves the Choice states out and folds repetitions.
func path(states []string) []string {
	var out []string
	for _, s := range states {
		if strings.HasSuffix(s, "?") || len(out) > 0 && out[len(out)-1] == s {
			continue
		}
		out = append(out, s)
	}
	return out
}

func short(p string) string {
	if p == "" {
		return "nothing"
	}
	return p[strings.LastIndexByte(strings.TrimRight(p, "/"), '/')+1:]
}
