package demo

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// look is what is known of the application at one moment.
type look struct {
	document    ledger.Document
	observation flink.Observation
}

// sighting is what was seen of an act.
type sighting struct {
	act           act
	before, after look
	record        ledger.Record
	faults        []string // what was not as it has to be
}

func allSeen(all []sighting) bool {
	for _, s := range all {
		if len(s.faults) > 0 {
			return false
		}
	}
	return len(all) == len(acts())
}

// check compares what was seen with what has to be, and says every difference.
func check(a act, before, now look, r ledger.Record) []string {
	var faults []string
	must := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	must(r.Outcome == a.outcome && r.Reason == a.reason, "it ended as %s, %s and has to end as %s, %s", r.Outcome, r.Reason, a.outcome, a.reason)
	must(now.document.Circuit == nil, "the circuit is open")
	must(now.document.Lease == nil, "the lease is still held")
	job := now.observation.Job
	must(job.Reachable && job.State == "RUNNING" && job.Tasks > 0 && job.TasksRunning == job.Tasks, "the job does not run: %s", describe(now.observation))
	switch a.after {
	case newRuns:
		faults = append(faults, checkNew(a, before, now, r)...)
	case untouched:
		faults = append(faults, checkUntouched(before, now)...)
	case previousRuns:
		faults = append(faults, checkPrevious(before, now, r)...)
	}
	return faults
}

// checkNew: the new revision runs, from exactly the state the old one ended with.
func checkNew(a act, before, now look, r ledger.Record) []string {
	var faults []string
	runs, current := now.observation.Spec.Revision, now.document.Current
	if r.Revision == "" || runs != r.Revision || current != r.Revision || r.Revision == before.document.Current {
		faults = append(faults, fmt.Sprintf("revision %s was released; the resource has %s, the ledger %s", r.Revision, runs, current))
	}
	from := now.observation.Job.Checkpoints.RestoredFrom
	if a.first {
		if r.Restored != "" || from != "" {
			faults = append(faults, fmt.Sprintf("it restored %q and has to start empty", from))
		}
		return faults
	}
	stop := stopped(r)
	if stop == "" || !flink.SamePath(r.Restored, stop) || !flink.SamePath(from, stop) {
		faults = append(faults, fmt.Sprintf("the old version stopped with %q; the record says %q was restored, Flink says %q", stop, r.Restored, from))
	}
	return faults
}

// checkUntouched: the very job that ran before runs on.
func checkUntouched(before, now look) []string {
	b, n := before.observation, now.observation
	if b.Spec.UID == n.Spec.UID && b.Spec.Generation == n.Spec.Generation && b.Job.ID == n.Job.ID && b.Job.Started.Equal(n.Job.Started) &&
		b.Job.Restarts == n.Job.Restarts && before.document.Current == now.document.Current {
		return nil
	}
	return []string{fmt.Sprintf("the running job was touched: generation %d became %d, job %s of %s became %s of %s", b.Spec.Generation, n.Spec.Generation, b.Job.ID, b.Job.Started, n.Job.ID, n.Job.Started)}
}

// checkPrevious: the previous revision runs, from the state the rollback chose.
func checkPrevious(before, now look, r ledger.Record) []string {
	var faults []string
	was, is := before.observation.Spec.Revision, now.observation.Spec.Revision
	if was == "" || is != was || now.document.Current != before.document.Current {
		faults = append(faults, fmt.Sprintf("revision %s ran before and %s runs now", was, is))
	}
	if len(r.Rollback) == 0 {
		return append(faults, "the record tells of no rollback")
	}
	chosen := r.Rollback[len(r.Rollback)-1].Restore
	from := now.observation.Job.Checkpoints.RestoredFrom
	if r.Restored == "" || !flink.SamePath(r.Restored, from) || !restores(chosen, from) {
		faults = append(faults, fmt.Sprintf("the rollback chose %s %q; the record says %q was restored, Flink says %q", chosen.Kind, chosen.Path, r.Restored, from))
	}
	return faults
}

// restores tells whether what Flink restored is what was chosen. The newest
// checkpoint of a job that still ran may be one that it completed after it was chosen.
func restores(chosen flink.Restore, from string) bool {
	if flink.SamePath(chosen.Path, from) {
		return true
	}
	want, wantOK := checkpoint(chosen.Path)
	got, gotOK := checkpoint(from)
	return chosen.Kind == flink.RestoreLatest && wantOK && gotOK && got > want
}

// checkpoint reads the number of a retained checkpoint's directory, chk-<n>.
func checkpoint(p string) (int64, bool) {
	digits, ok := strings.CutPrefix(path.Base(p), "chk-")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, ok && err == nil
}

// stopped is the savepoint that a release stopped the old version with.
func stopped(r ledger.Record) string {
	for _, s := range r.Snapshots {
		if s.Kind == "Stop" {
			return s.Path
		}
	}
	return ""
}
