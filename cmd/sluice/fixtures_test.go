package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

var fraud = flink.Application{Namespace: "team-a", Name: "fraud"}

func at(seconds float64) time.Time {
	return time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

// upgraded is the record of a release that went well.
func upgraded() ledger.Record {
	return ledger.Record{
		Schema: 1, ID: "20260115T093000Z-aaaaaaaa", Application: fraud, Execution: "arn:aws:states:eu-west-1:111122223333:execution:Release:a",
		Trigger: "s3://artifacts/team-a/fraud/fraud-2.1.jar?versionId=v1", Jar: "fraud-2.1.jar", Started: at(0), Ended: at(75),
		Outcome: flink.Succeeded, Reason: flink.Released, Message: "fraud-2.1.jar runs and was healthy for 10m0s; its state came from savepoint-22",
		Revision: "222222222222", Previous: "111111111111", Notes: []string{"monitoringConfiguration is left out: only EMR's operator knows it"},
		Plan: &flink.Plan{First: flink.StepTakeSavepoint, Message: "an insurance savepoint, then stop", Delivery: flink.PipelineJars, Undo: "the previous version comes back"},
		Snapshots: []flink.Snapshot{
			{Kind: "Insurance", Path: "s3://data/savepoints/savepoint-11", Taken: at(2)},
			{Kind: "Stop", Path: "s3://data/savepoints/savepoint-22", Taken: at(4.5)},
		},
		Restored: "s3://data/savepoints/savepoint-22", StoppedAt: at(4.5), RunningAt: at(26.8),
		Verdict: &flink.Verdict{State: flink.Healthy, Check: "Baked", Message: "all checks held for 10m0s"},
		Timeline: []ledger.Moment{
			{At: at(0.2), State: "Admit", Note: "admitted"},
			{At: at(4.6), State: "Stop", Note: "stopped with savepoint savepoint-22"},
		},
	}
}

// rolledBack is the record of a release that was undone.
func rolledBack() ledger.Record {
	r := upgraded()
	r.ID, r.Jar, r.Started, r.Ended = "20260115T094000Z-bbbbbbbb", "fraud-2.2.jar", at(600), at(690)
	r.Trigger, r.Revision, r.Previous, r.Notes = "s3://artifacts/team-a/fraud/fraud-2.2.jar", "333333333333", "222222222222", nil
	r.Outcome, r.Reason, r.Message = flink.FailedClean, flink.RolledBack, "the new version failed (FailureRestarts: the job failed 2 times); the previous one runs again"
	r.Snapshots = []flink.Snapshot{{Kind: "Stop", Path: "s3://data/savepoints/savepoint-33", Taken: at(604)}}
	r.StoppedAt, r.RunningAt, r.Restored = at(604), at(660.04), "s3://data/checkpoints/job/chk-7"
	r.Verdict = &flink.Verdict{State: flink.Unhealthy, Check: "FailureRestarts", Message: "the job failed 2 times since it started (allowed: 0): boom"}
	r.Rollback = []flink.RollbackDecision{{Action: flink.BringBack, Restore: flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/checkpoints/job/chk-7"}, Message: "its newest state goes on under the previous version"}}
	r.Timeline = []ledger.Moment{{At: at(600.1), State: "Admit", Note: "admitted"}, {At: at(640), State: "Observe", Note: "new version: Unhealthy\nboom"}}
	return r
}

// rejected is the record of a jar that nothing could be done with.
func rejected() ledger.Record {
	return ledger.Record{ID: "20260115T095000Z-cccccccc", Application: fraud, Trigger: "s3://artifacts/team-a/fraud/half.jar", Jar: "half.jar", Started: at(1200), Ended: at(1200.4),
		Outcome: flink.FailedClean, Reason: flink.JarInvalid, Message: "check half.jar: the file is no jar: build and upload it again"}
}

// dirty is a document whose circuit is open while a change waits.
func dirty() ledger.Document {
	return ledger.Document{Schema: ledger.Schema, Application: fraud, Fence: 4, Current: "222222222222", LastGood: "111111111111",
		Lease:     &ledger.Lease{Holder: "arn:aws:states:eu-west-1:111122223333:execution:Release:d", Release: "20260115T100000Z-dddddddd", Fence: 4, Taken: at(1800), Expires: at(3000)},
		Pending:   &ledger.Change{ID: "20260115T100100Z-eeeeeeee", Since: at(1860)},
		Snapshots: []flink.Snapshot{{Kind: "Stop", Path: "s3://data/savepoints/savepoint-33", Taken: at(604)}},
		Circuit:   &ledger.Circuit{Release: "20260115T094000Z-bbbbbbbb", Since: at(690), Message: "the previous version did not come back"}}
}

// call runs the command over an installation in memory.
func call(t *testing.T, i *installation, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	p := &program{out: &o, err: &e, env: func(string) string { return "" }, open: func(context.Context) (*installation, error) { return i, nil }, poll: time.Millisecond}
	code = p.run(t.Context(), args)
	return code, o.String(), e.String()
}

// memory is an installation that holds those records and documents.
func memory(t *testing.T, docs []ledger.Document, records ...ledger.Record) *installation {
	t.Helper()
	s := ledger.New(ledger.NewMemory())
	for _, r := range records {
		if err := s.WriteRecord(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range docs {
		if err := s.Write(t.Context(), d, ""); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{d.Current, d.LastGood} {
			if id == "" {
				continue
			}
			if err := s.WriteRevision(t.Context(), d.Application, flink.Revision{ID: id, Jar: flink.PinnedJar{File: "fraud-" + id[:1] + ".jar"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return &installation{Ledger: s}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}
