package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

const lostJob = "00112233445566778899aabbccddeeff"

// lost is an application with a savepoint in the ledger and checkpoints in the
// bucket, the newest of which were written by a job that began anew.
func lost(t *testing.T) (*installation, *people, *savepoint.Memory) {
	t.Helper()
	r, err := flink.NewRevision(map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.checkpoints.dir": "s3://data/team-a/fraud/checkpoints"}}}, flink.PinnedJar{})
	if err != nil {
		t.Fatal(err)
	}
	i, q := with(t, nil, nil)
	if err := i.Ledger.WriteRevision(context.Background(), fraud, r); err != nil {
		t.Fatal(err)
	}
	_, err = ledger.Update(context.Background(), i.Ledger, fraud, func(d *ledger.Document) error {
		d.Current, d.History = r.ID, []ledger.Deployed{{Revision: r.ID, At: at(0)}}
		d.Snapshots = []flink.Snapshot{{Path: "s3://data/team-a/fraud/savepoints/savepoint-1", Kind: flink.StopSnapshot, Taken: at(-5)}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	objects := savepoint.NewMemory()
	i.States = objects
	whole(objects, "savepoints/savepoint-1", at(-5))
	for path, when := range map[string]time.Time{"chk-900": at(600), "chk-3": at(700), "chk-4": at(710)} {
		whole(objects, "checkpoints/"+lostJob+"/"+path, when)
	}
	return i, q, objects
}

func whole(objects *savepoint.Memory, path string, when time.Time) {
	objects.Put(savepoint.Location{Bucket: "data", Key: "team-a/fraud/" + path + "/_metadata"}, savepointtest.Metadata(1), when)
}

func TestTheWayBackIsFoundToldAndAskedFor(t *testing.T) {
	i, q, _ := lost(t)
	code, _, errs := call(t, i, "redeploy", "team-a/fraud", "--latest", "--no-wait")
	if code != exitWell || len(q.asked) != 1 || !strings.HasSuffix(q.asked[0].Snapshot, "/chk-900") {
		t.Fatalf("exit %d, asked %+v, %s", code, q.asked, errs)
	}
	for _, told := range []string{"checkpoint 900", "processed again", "passed over: s3://data/team-a/fraud/checkpoints/" + lostJob + "/chk-4", "without its state"} {
		if !strings.Contains(errs, told) {
			t.Errorf("it does not tell %q:\n%s", told, errs)
		}
	}
	if !strings.Contains(q.asked[0].Why, "checkpoint 900") {
		t.Errorf("the record will not say why: %q", q.asked[0].Why)
	}
}

func TestAStateWithFaultsIsPassedOver(t *testing.T) {
	i, q, objects := lost(t)
	objects.Put(savepoint.Location{Bucket: "data", Key: "team-a/fraud/checkpoints/" + lostJob + "/chk-900/_metadata"}, []byte("cut"), at(600))
	code, _, errs := call(t, i, "redeploy", "team-a/fraud", "--latest", "--no-wait")
	if code != exitWell || len(q.asked) != 1 || !strings.HasSuffix(q.asked[0].Snapshot, "/savepoint-1") {
		t.Fatalf("exit %d, asked %+v, %s", code, q.asked, errs)
	}
}

func TestWithoutAnyStateNothingIsAsked(t *testing.T) {
	i, q, _ := lost(t)
	i.States = savepoint.NewMemory()
	if code, _, errs := call(t, i, "redeploy", "team-a/fraud", "--latest"); code != exitFault || len(q.asked) != 0 || !strings.Contains(errs, "no whole savepoint") {
		t.Errorf("exit %d, asked %+v, %s", code, q.asked, errs)
	}
	if code, _, errs := call(t, i, "redeploy", "team-a/fraud", "--latest", "--from", "s3://x/y"); code != exitUsage || !strings.Contains(errs, "one of them") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
