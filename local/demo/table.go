package demo

import (
	"path"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// renderTable is a row a release.
func renderTable(all []sighting) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = w.Write([]byte(strings.Join(cells, "\t") + "\n")) } // a Builder takes everything
	row("RELEASE", "OUTCOME", "REASON", "DOWNTIME", "STATE RESTORED", "AS IT HAS TO BE")
	for _, s := range all {
		row(s.act.title, string(s.record.Outcome), string(s.record.Reason), s.downtime(), s.restored(), s.asItHasToBe())
	}
	_ = w.Flush()
	return b.String()
}

func (s sighting) downtime() string {
	d, any := s.record.Downtime()
	switch {
	case any:
		return d.Round(100 * time.Millisecond).String()
	case !s.record.StoppedAt.IsZero():
		return "not known"
	}
	return "none"
}

// restored says which state what runs now restored, by the record.
func (s sighting) restored() string {
	r := s.record
	switch {
	case r.Restored == "" && s.act.after == untouched && len(checkUntouched(s.before, s.after)) == 0:
		return "not touched, the job went on"
	case r.Restored == "" && r.RunningAt.IsZero():
		return "not known"
	case r.Restored == "":
		return "none, it started empty"
	case flink.SamePath(r.Restored, stopped(r)):
		return path.Base(r.Restored) + ", taken at the stop"
	}
	return path.Base(r.Restored) + ", the bad version's newest"
}

func (s sighting) asItHasToBe() string {
	if len(s.faults) > 0 {
		return "NO"
	}
	return "yes"
}
