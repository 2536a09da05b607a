package figures

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/test/bench/stats"
)

// Markdown is the tables of docs/benchmarks.md.
func (r Results) Markdown() string {
	parts := []string{r.goalsTable(), r.downtimeTable(), r.settingsTable(), r.rollbackTable(), r.releaseTable(), r.alarmTable(), r.rotationsTable(), r.standingTable(), r.functionsTable()}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, "\n")
}

// table is a Markdown table.
func table(title, note string, head []string, rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	b.WriteString("### " + title + "\n\n")
	if note != "" {
		b.WriteString(note + "\n\n")
	}
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

func (r Results) goalsTable() string {
	var rows [][]string
	for _, g := range r.Goals() {
		met := "yes"
		if !g.Met {
			met = "**no**"
		}
		rows = append(rows, []string{g.Figure, g.Measured, g.Asked, met, g.At})
	}
	return table("The goals", "", []string{"figure", "measured", "goal", "met", "at which commit and load"}, rows)
}

func (r Results) downtimeTable() string {
	s := r.Downtime
	var rows [][]string
	for _, way := range []Way{Sluice, Kubectl} {
		all := of(s.Changes, way, Upgrade, "")
		if len(all) == 0 {
			continue
		}
		rows = append(rows, []string{string(way), fmt.Sprint(len(all)), interval(seconds(all, Change.Downtime), "%.1f"),
			interval(seconds(all, func(c Change) time.Duration { return c.Started.Sub(c.Stopped) }), "%.1f"),
			interval(seconds(all, func(c Change) time.Duration { return c.Running.Sub(c.Started) }), "%.1f")})
	}
	return table("Downtime of a stateful upgrade", s.about(), []string{"by", "upgrades", "downtime, s", "of it until the JobManager has the job, s", "until all tasks run, s"}, rows)
}

// about says when and where a session was.
func (s Session) about() string {
	return fmt.Sprintf("Measured on %s at commit %s: %d cores, load average %s when a change began.",
		s.Began.Format(time.DateOnly), s.Commit, s.CPUs, interval(s.loads(), "%.1f"))
}

// at is the same in a cell.
func (s Session) at() string { return s.Commit + ", load " + interval(s.loads(), "%.1f") }

func (s Session) loads() stats.Summary {
	loads := make([]float64, len(s.Changes))
	for i, c := range s.Changes {
		loads[i] = c.Load
	}
	return stats.Of(loads)
}

func (r Results) settingsTable() string {
	s := r.Settings
	var names []string
	for _, c := range s.Changes {
		if !slices.Contains(names, c.Settings) {
			names = append(names, c.Settings)
		}
	}
	var rows [][]string
	for _, name := range names {
		all := of(s.Changes, Sluice, Upgrade, name)
		plain := of(s.Changes, Kubectl, Upgrade, name)
		last := of(s.Changes, Kubectl, LastState, name)
		rows = append(rows, []string{name, fmt.Sprint(len(all)),
			interval(seconds(append(slices.Clone(all), plain...), Change.Downtime), "%.1f"),
			interval(seconds(plain, func(c Change) time.Duration { return c.Ready.Sub(c.Running) }), "%.1f"),
			interval(seconds(all, func(c Change) time.Duration { return c.Settled.Sub(c.Running) }), "%.1f"),
			interval(seconds(last, Change.Recovery), "%.1f")})
	}
	return table("What the operator's settings do", s.about(), []string{"settings", "pairs", "downtime, both ways, s", "kubectl: running until called stable, s",
		"sluice: running until recorded, s", "last-state by kubectl: asked until running, s"}, rows)
}

func (r Results) rollbackTable() string {
	s := r.Rollback
	names := map[Kind]string{Unrestorable: "fails while restoring", RestartLoop: "fails again and again after three seconds"}
	var rows [][]string
	for _, kind := range []Kind{Unrestorable, RestartLoop} {
		for _, way := range []Way{Sluice, Kubectl} {
			all := of(s.Changes, way, kind, "")
			if len(all) == 0 {
				continue
			}
			took := interval(seconds(all, Change.Recovery), "%.1f")
			if all[0].Running.IsZero() {
				took = fmt.Sprintf("never: after %.0f s the failing version is still what runs", all[0].Settled.Sub(all[0].Asked).Seconds())
			}
			rows = append(rows, []string{names[kind], string(way), fmt.Sprint(len(all)), took, all[len(all)-1].Ended})
		}
	}
	return table("A version that fails", s.about(), []string{"the version", "by", "times", "asked until the old version works again, s", "it ends as"}, rows)
}

func (r Results) releaseTable() string {
	c := r.Release.Cost()
	if r.Release.Transitions == 0 {
		return ""
	}
	rows := [][]string{
		{"state transitions", fmt.Sprint(r.Release.Transitions), dollars(c.Transitions)},
		{"Lambda invocations", fmt.Sprint(len(r.Release.Invocations)), dollars(c.Invocations)},
		{"Lambda compute", fmt.Sprintf("%.0f GB-s", c.Compute/pricePerGBSecond), dollars(c.Compute)},
		{"S3 requests", fmt.Sprintf("%d reads, %d writes and lists", r.Release.Reads, r.Release.Writes), dollars(c.Storage)},
		{"EventBridge events", fmt.Sprint(r.Release.Events), dollars(c.Events)},
		{"**together**", "", "**" + dollars(c.Total()) + "**"},
	}
	about := fmt.Sprintf("An upgrade under the default policy, whose bake time is ten minutes: %s by the virtual clock. %d releases were timed by the real one. %s",
		r.Release.Took.Round(time.Second), len(r.Release.Speed), r.Release.about())
	return table("What a release uses", about, []string{"what", "how much", "list price"}, rows)
}

func dollars(x float64) string { return fmt.Sprintf("$%.6f", x) }

func (r Results) functionsTable() string {
	if len(r.Functions.List) == 0 {
		return ""
	}
	var rows [][]string
	for _, f := range r.Functions.List {
		rows = append(rows, []string{f.Name, fmt.Sprintf("%.2f", megabytes(f.Zip)), interval(stats.Of(milliseconds(f.Init)), "%.0f")})
	}
	return table("The functions", fmt.Sprintf("Each was started %d times. %s", len(r.Functions.List[0].Init), r.Functions.about()), []string{"function", "zipped, MB", "init, ms"}, rows)
}
