package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// running is what is seen while a job of that revision runs, started at that second.
func running(revision string, second int, restored string) look {
	return look{
		document: ledger.Document{Application: counter, Current: revision},
		observation: flink.Observation{Exists: true,
			Spec: flink.SpecFacts{UID: "u", Generation: int64(second), Run: flink.Running, Revision: revision},
			Job: flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Tasks: 2, TasksRunning: 2, Started: noon.Add(time.Duration(second) * time.Second),
				Checkpoints: flink.Checkpoints{RestoredFrom: restored}}},
	}
}

const (
	stopPath   = "s3://data/savepoints/savepoint-1"
	latestPath = "s3://data/checkpoints/j/chk-7"
)

func ended(o flink.Outcome, why flink.Reason, restored string) ledger.Record {
	return ledger.Record{Outcome: o, Reason: why, Revision: "new", Restored: restored, StoppedAt: noon, RunningAt: noon.Add(20 * time.Second),
		Snapshots: []flink.Snapshot{{Kind: "Stop", Path: stopPath, Taken: noon}}}
}

func undone(chosen flink.Restore, restored string) ledger.Record {
	r := ended(flink.FailedClean, flink.RolledBack, restored)
	r.Rollback = []flink.RollbackDecision{{Action: flink.BringBack, Restore: chosen}}
	return r
}

func named(title string) act {
	for _, a := range acts() {
		if a.title == title {
			return a
		}
	}
	panic("there is no act " + title)
}

// seen is a sighting that has no fault; tests spoil one thing of it.
func seen(title string) sighting {
	s := sighting{act: named(title), before: running("old", 1, "")}
	switch title {
	case "v1":
		s.before, s.after = look{}, running("new", 1, "")
		s.record = ended(flink.Succeeded, flink.Released, "")
		s.record.Snapshots, s.record.StoppedAt = nil, time.Time{}
	case "v2":
		s.after, s.record = running("new", 2, stopPath), ended(flink.Succeeded, flink.Released, stopPath)
	case "half a jar":
		s.after, s.record = s.before, ledger.Record{Outcome: flink.FailedClean, Reason: flink.JarInvalid}
	case "v3, unrestorable":
		s.after, s.record = running("old", 3, stopPath), undone(flink.Restore{Kind: flink.RestoreSnapshot, Path: stopPath}, stopPath)
	case "v4, restart loop":
		s.after, s.record = running("old", 3, latestPath), undone(flink.Restore{Kind: flink.RestoreLatest, Path: latestPath}, latestPath)
	}
	return s
}

func (s sighting) check() []string { return check(s.act, s.before, s.after, s.record) }

func TestAStoryThatWentAsItHasToHasNoFault(t *testing.T) {
	for _, a := range acts() {
		if faults := seen(a.title).check(); len(faults) > 0 {
			t.Errorf("%s: %v", a.title, faults)
		}
	}
}

func TestEveryDifferenceIsSeen(t *testing.T) {
	tests := map[string]struct {
		act   string
		spoil func(*sighting)
		want  string
	}{
		"another outcome":                   {"v2", func(s *sighting) { s.record.Outcome = flink.FailedClean }, "it ended as FailedClean, Released and has to end as Succeeded, Released"},
		"another reason":                    {"half a jar", func(s *sighting) { s.record.Reason = flink.Broken }, "it ended as FailedClean, Broken"},
		"an open circuit":                   {"v2", func(s *sighting) { s.after.document.Circuit = &ledger.Circuit{} }, "the circuit is open"},
		"a lease that stayed":               {"v2", func(s *sighting) { s.after.document.Lease = &ledger.Lease{} }, "the lease is still held"},
		"a job that does not run":           {"v2", func(s *sighting) { s.after.observation.Job.TasksRunning = 1 }, "the job does not run"},
		"a job that does not answer":        {"half a jar", func(s *sighting) { s.after.observation.Job.Reachable = false }, "the job does not run"},
		"a resource of another revision":    {"v2", func(s *sighting) { s.after.observation.Spec.Revision = "old" }, "revision new was released; the resource has old"},
		"a ledger of another revision":      {"v2", func(s *sighting) { s.after.document.Current = "old" }, "the ledger old"},
		"an upgrade that started empty":     {"v2", func(s *sighting) { s.after.observation.Job.Checkpoints.RestoredFrom = "" }, `Flink says ""`},
		"an upgrade from another savepoint": {"v2", func(s *sighting) { s.record.Restored = "s3://data/savepoints/savepoint-0" }, `the record says "s3://data/savepoints/savepoint-0"`},
		"an upgrade without a savepoint":    {"v2", func(s *sighting) { s.record.Snapshots = nil }, `the old version stopped with ""`},
		"a first version with state":        {"v1", func(s *sighting) { s.after.observation.Job.Checkpoints.RestoredFrom = stopPath }, "has to start empty"},
		"a job that was restarted":          {"half a jar", func(s *sighting) { s.after.observation.Job.Started = noon.Add(time.Hour) }, "the running job was touched"},
		"a resource that was written":       {"half a jar", func(s *sighting) { s.after.observation.Spec.Generation++ }, "the running job was touched"},
		"a bad version that stayed":         {"v3, unrestorable", func(s *sighting) { s.after.observation.Spec.Revision = "new" }, "revision old ran before and new runs now"},
		"a rollback to another state":       {"v3, unrestorable", func(s *sighting) { s.after.observation.Job.Checkpoints.RestoredFrom = latestPath }, "the rollback chose Snapshot"},
		"a rollback to an older checkpoint": {"v4, restart loop", func(s *sighting) {
			s.after.observation.Job.Checkpoints.RestoredFrom = "s3://data/checkpoints/j/chk-6"
			s.record.Restored = "s3://data/checkpoints/j/chk-6"
		}, "the rollback chose Latest"},
		"a rollback that nobody decided": {"v4, restart loop", func(s *sighting) { s.record.Rollback = nil }, "the record tells of no rollback"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := seen(test.act)
			test.spoil(&s)
			if got := strings.Join(s.check(), "\n"); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

func TestARollbackMayFindOneMoreCheckpointThanItChose(t *testing.T) {
	s := seen("v4, restart loop")
	s.record.Restored = "s3://data/checkpoints/j/chk-8"
	s.after.observation.Job.Checkpoints.RestoredFrom = s.record.Restored
	if faults := s.check(); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestAStoryIsCompleteOnlyWithEveryAct(t *testing.T) {
	var all []sighting
	for _, a := range acts() {
		all = append(all, seen(a.title))
	}
	if !allSeen(all) {
		t.Error("all acts without a fault are not enough")
	}
	if allSeen(all[:len(all)-1]) {
		t.Error("a missing act was not missed")
	}
	all[2].faults = []string{"something"}
	if allSeen(all) {
		t.Error("a fault was not seen")
	}
}

func TestTheTableIsARowARelease(t *testing.T) {
	var all []sighting
	for _, a := range acts() {
		all = append(all, seen(a.title))
	}
	all[4].faults = []string{"something"}
	want := `RELEASE           OUTCOME      REASON      DOWNTIME  STATE RESTORED                   AS IT HAS TO BE
v1                Succeeded    Released    none      none, it started empty           yes
v2                Succeeded    Released    20s       savepoint-1, taken at the stop   yes
half a jar        FailedClean  JarInvalid  none      not touched, the job went on     yes
v3, unrestorable  FailedClean  RolledBack  20s       savepoint-1, taken at the stop   yes
v4, restart loop  FailedClean  RolledBack  20s       chk-7, the bad version's newest  NO
`
	if diff := cmp.Diff(want, renderTable(all)); diff != "" {
		t.Error(diff)
	}
}

func TestATableSaysWhatIsNotKnown(t *testing.T) {
	s := seen("v2")
	s.record.RunningAt, s.record.Restored = time.Time{}, ""
	if s.downtime() != "not known" || s.restored() != "not known" {
		t.Errorf("downtime %q, restored %q", s.downtime(), s.restored())
	}
}
