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

const saves = "s3://data/team-a/fraud/savepoints"

// saved is an installation with savepoints, of which one is damaged, one is what
// the job was restored from, and one is known to nobody.
func saved(t *testing.T) (*installation, *savepoint.Memory) {
	t.Helper()
	objects := savepoint.NewMemory()
	now := time.Now().UTC()
	put := func(name string, age time.Duration) string {
		path := saves + "/" + name
		if _, err := savepointtest.Put(objects, path, 2, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	d := ledger.Document{Schema: ledger.Schema, Application: fraud, Fence: 4, Current: "222222222222", LastGood: "222222222222"}
	for i, name := range []string{"one", "two", "three"} {
		age := time.Duration(100-40*i) * 24 * time.Hour
		d.AddSnapshot(flink.Snapshot{Path: put(name, age), ID: savepoint.ID(saves + "/" + name), Revision: "222222222222", Taken: now.Add(-age), Kind: flink.RotationSnapshot,
			Size: 1234567, Verified: &flink.Verification{Kind: flink.VerifyMetadata, At: now.Add(-age), Sound: name != "two", Message: "state-0001 is damaged"}})
	}
	put("lost", 3*time.Hour)
	put("writing", time.Minute)
	i := memory(t, nil)
	revision := flink.Revision{ID: "222222222222", Manifest: map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.savepoints.dir": saves}}}}
	if err := i.Ledger.WriteRevision(t.Context(), fraud, revision); err != nil {
		t.Fatal(err)
	}
	if err := i.Ledger.Write(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	i.States = objects
	i.Target = observed{flink.Observation{Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Job: flink.JobFacts{Reachable: true, Checkpoints: flink.Checkpoints{RestoredFrom: saves + "/one"}}}}
	return i, objects
}

func TestSnapshotsAreListedWithWhyTheyStay(t *testing.T) {
	i, _ := saved(t)
	code, out, errs := call(t, i, "snapshots", "team-a/fraud")
	if code != exitWell {
		t.Fatalf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"the running job was restored from it", "stays: it is damaged, but fewer than 7 sound ones are left", "it is one of the newest", "canonical", "1.2 MiB", "Nobody knows of these", saves + "/lost", "DAMAGED"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func TestHoldingsArePrinted(t *testing.T) {
	h := holdings{Application: fraud, Now: at(0), Policy: flink.Snapshots{Every: 6 * time.Hour, Keep: 2, MaxAge: 24 * time.Hour}, Directories: []string{saves},
		Rotated: &ledger.Rotated{At: at(-60), Skipped: "Flink does not answer (connection refused)"},
		Snapshots: []heldSnapshot{
			{Snapshot: flink.Snapshot{ID: "0123456789ab", Path: saves + "/a", Taken: at(-1800), Kind: "Rotation", Revision: "222222222222", Size: 123456789012, Verified: &flink.Verification{Kind: "Restore", At: at(-1700), Sound: true}}, Format: "CANONICAL", Because: "it is one of the newest 2"},
			{Snapshot: flink.Snapshot{ID: "1123456789ab", Path: saves + "/b", Taken: at(-90000), Kind: "Stop", Revision: "111111111111"}, Because: "the running job was restored from it"},
			{Snapshot: flink.Snapshot{ID: "2123456789ab", Path: saves + "/c", Taken: at(-900000), Kind: "Rotation", Revision: "111111111111", Size: 99, Verified: &flink.Verification{At: at(-800000), Message: saves + "/c/state-1 is damaged"}}, Format: "NATIVE", Retire: true, Because: "it is damaged, and older than 24h0m0s"},
		},
		Strays: []stray{{"3123456789ab", savepoint.Stray{Path: saves + "/lost", Kind: savepoint.StraySavepoint, Files: 3, Size: 2048, Newest: at(-86400)}}},
		Notes:  []string{"what the cluster refers to is not known: no cluster was named"}}
	golden(t, "snapshots", renderHoldings(h))
}

func TestAnAgeIsToldInTheUnitThatSuitsIt(t *testing.T) {
	for want, d := range map[string]time.Duration{"0s": 0, "20s": 20 * time.Second, "59m": time.Hour - time.Second, "1h00m": time.Hour, "47h59m": 48*time.Hour - time.Second, "30d": 725 * time.Hour, "9d23h": 239 * time.Hour, "in the future": -time.Second} {
		if got := age(d); got != want {
			t.Errorf("%s is told as %q, want %q", d, got, want)
		}
	}
}

func TestAStrayIsAdoptedAndThenRemovedByHandAlone(t *testing.T) {
	i, objects := saved(t)
	id := savepoint.ID(saves + "/lost")
	if code, out, errs := call(t, i, "snapshots", "adopt", "team-a/fraud", id); code != exitWell || !strings.Contains(out, "is known now") {
		t.Fatalf("adopt: exit %d, %s%s", code, out, errs)
	}
	d, _, err := i.Ledger.Document(t.Context(), fraud)
	if err == nil && d.Find(id) != nil && d.Find(id).Revision != "222222222222" {
		t.Errorf("it is said to be of revision %q", d.Find(id).Revision)
	}
	if err != nil || d.Find(id) == nil || d.Find(id).Kind != flink.AdoptedSnapshot {
		t.Fatalf("known is %+v, %v", d.Snapshots, err)
	}
	if code, _, errs := call(t, i, "snapshots", "adopt", "team-a/fraud", id); code != exitFault || !strings.Contains(errs, "known already as Adopted") {
		t.Errorf("adopt again: exit %d, %s", code, errs)
	}
	if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", id); code != exitWell || !strings.Contains(out, "3 files") {
		t.Errorf("remove: exit %d, %s%s", code, out, errs)
	}
	if d, _, _ := i.Ledger.Document(t.Context(), fraud); d.Find(id) != nil || len(objects.Keys("data", "team-a/fraud/savepoints/lost/")) != 0 {
		t.Errorf("left are %+v", d.Snapshots)
	}
}

func TestASavepointIsInspectedByItsIdAndAStrayToo(t *testing.T) {
	i, _ := saved(t)
	for _, name := range []string{"three", "lost"} {
		if code, out, errs := call(t, i, "inspect", "team-a/fraud", savepoint.ID(saves+"/"+name)); code != exitWell || !strings.HasPrefix(out, saves+"/"+name) {
			t.Errorf("%s: exit %d, %s%s", name, code, out, errs)
		}
	}
	if code, _, errs := call(t, i, "inspect", "team-a/fraud", "0123456789ab"); code != exitFault || !strings.Contains(errs, "there is no savepoint 0123456789ab") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestWhatMayBeNeededIsNotRemovedByHand(t *testing.T) {
	for name, c := range map[string]struct {
		which  string
		change func(*installation)
		says   string
	}{
		"one that the policy knows": {saves + "/three", nil, "it goes by the policy"},
		"one that is still written": {saves + "/writing", nil, "it may not be done yet"},
		"what is not there":         {saves + "/nothing", nil, "there is no savepoint"},
		"one outside the directory": {"s3://data/other", nil, "there is no savepoint"},
		"what the job was restored from": {saves + "/lost", func(i *installation) {
			i.Target = observed{flink.Observation{Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Job: flink.JobFacts{Reachable: true, Checkpoints: flink.Checkpoints{RestoredFrom: saves + "/lost"}}}}
		}, "the running job was restored from it"},
		"without a cluster": {saves + "/lost", func(i *installation) { i.Target = nil }, "cannot be seen"},
		"while Flink does not answer": {saves + "/lost", func(i *installation) {
			i.Target = observed{flink.Observation{Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Job: flink.JobFacts{Unreachable: "refused"}}}
		}, "cannot be seen"},
		"while a release is in flight": {saves + "/lost", func(i *installation) {
			_, _ = ledger.Update(context.Background(), i.Ledger, fraud, func(d *ledger.Document) error {
				_, err := d.Take("execution", "r1", time.Now(), time.Hour)
				return err
			})
		}, "is in flight"},
	} {
		t.Run(name, func(t *testing.T) {
			i, objects := saved(t)
			before := len(objects.Keys("data", ""))
			if c.change != nil {
				c.change(i)
			}
			if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", c.which); code != exitFault || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, %s%s", code, out, errs)
			}
			if left := len(objects.Keys("data", "")); left != before {
				t.Errorf("%d of %d files are left", left, before)
			}
		})
	}
}

// observing is a cluster in which something happens while it is looked at.
type observing struct {
	observed
	look func(flink.Application)
}

func (o observing) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	o.look(app)
	return o.observed.Observe(ctx, app)
}

// other keeps its savepoints in the same directory.
var other = flink.Application{Namespace: "team-a", Name: "other"}

func TestWhatBeginsToReferToASavepointWhileItsRemovalIsThoughtAboutKeepsIt(t *testing.T) {
	lost := saves + "/lost"
	keep := func(i *installation, app flink.Application, change func(*ledger.Document)) {
		_, err := ledger.Update(context.Background(), i.Ledger, app, func(d *ledger.Document) error { change(d); return nil })
		if err != nil {
			panic(err)
		}
	}
	fork := func(d *ledger.Document) { d.KeepFor(ledger.Fork{Application: other, Snapshot: lost, Release: "r9"}) }
	for name, c := range map[string]struct {
		adopted bool
		of      flink.Application
		begins  func(*ledger.Document)
		says    string
	}{
		"a fork of a stray":             {false, fraud, fork, "may start from it again"},
		"a fork of an adopted one":      {true, fraud, fork, "may start from it again"},
		"a change of another":           {false, other, func(d *ledger.Document) { d.Pending = &ledger.Change{ID: "r9", Change: flink.Change{Snapshot: lost}} }, "has begun for team-a/other"},
		"a fork of another application": {true, other, fork, "may start from it again"},
		"another took it":               {false, other, func(d *ledger.Document) { d.AddSnapshot(flink.Snapshot{Path: lost, Kind: flink.RotationSnapshot}) }, "known to team-a/other as Rotation"},
	} {
		t.Run(name, func(t *testing.T) {
			i, objects := saved(t)
			share(t, i)
			if c.adopted {
				if code, _, errs := call(t, i, "snapshots", "adopt", "team-a/fraud", lost); code != exitWell {
					t.Fatal(errs)
				}
			}
			before, happened := len(objects.Keys("data", "")), false
			i.Target = observing{i.Target.(observed), func(flink.Application) {
				if !happened {
					happened = true
					keep(i, c.of, c.begins)
				}
			}}
			if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", lost); code != exitFault || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, %s%s", code, out, errs)
			}
			if left := len(objects.Keys("data", "")); left != before {
				t.Errorf("%d of %d files are left", left, before)
			}
			for _, app := range []flink.Application{fraud, other} {
				if d, _, _ := i.Ledger.Document(t.Context(), app); d.Find(lost) != nil && !d.Find(lost).Retiring.IsZero() {
					t.Errorf("%s has it marked still", app)
				}
			}
		})
	}
}

// share has another application keep its savepoints where the first one does.
func share(t *testing.T, i *installation) {
	t.Helper()
	v, err := i.Ledger.Revision(t.Context(), fraud, "222222222222")
	if err == nil {
		err = i.Ledger.WriteRevision(t.Context(), other, v)
	}
	if err == nil {
		err = i.Ledger.Write(t.Context(), ledger.Document{Schema: ledger.Schema, Application: other, Fence: 2, Current: v.ID}, "")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// seeing is a cluster in which each application is seen as it is said.
type seeing struct {
	observed
	seen map[flink.Application]flink.Observation
}

func (s seeing) Observe(_ context.Context, app flink.Application) (flink.Observation, error) {
	return s.seen[app], nil
}

func TestWhatAnotherApplicationRunsFromIsNoStrayToRemove(t *testing.T) {
	i, objects := saved(t)
	share(t, i)
	before := len(objects.Keys("data", ""))
	i.Target = seeing{seen: map[flink.Application]flink.Observation{
		other: {Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Job: flink.JobFacts{Reachable: true, Checkpoints: flink.Checkpoints{RestoredFrom: saves + "/lost"}}},
	}}
	if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", saves+"/lost"); code != exitFault || !strings.Contains(errs, "the running job was restored from it (team-a/other)") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	i.Target = seeing{}
	if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", saves+"/lost"); code != exitWell {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	if left := len(objects.Keys("data", "")); left != before-3 {
		t.Errorf("%d of %d files are left", left, before)
	}
	for _, app := range []flink.Application{fraud, other} {
		if d, _, _ := i.Ledger.Document(t.Context(), app); d.Find(saves+"/lost") != nil {
			t.Errorf("%s knows it still", app)
		}
	}
}

// failing is an object store that fails to remove from the n-th call on.
type failing struct {
	*savepoint.Memory
	left int
	code flink.Code
}

func (f *failing) Delete(ctx context.Context, bucket string, keys []string) error {
	if f.left--; f.left < 0 {
		return flink.Errorf(f.code, "remove files from s3://"+bucket, "AccessDenied")
	}
	return f.Memory.Delete(ctx, bucket, keys)
}

func TestARemovalByHandThatFailsLeavesTheMarkOnlyWhereSomethingIsGone(t *testing.T) {
	for name, c := range map[string]struct {
		left  int
		code  flink.Code
		marks bool
	}{
		"refused before anything was gone": {0, flink.Refused, false},
		"refused in the middle":            {1, flink.Refused, true},
		"nobody knows how far it came":     {0, flink.Unavailable, true},
	} {
		t.Run(name, func(t *testing.T) {
			i, objects := saved(t)
			share(t, i)
			i.States = &failing{objects, c.left, c.code}
			if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", saves+"/lost"); code != exitFault || !strings.Contains(errs, "AccessDenied") {
				t.Errorf("exit %d, %s%s", code, out, errs)
			}
			for _, app := range []flink.Application{fraud, other} {
				if d, _, _ := i.Ledger.Document(t.Context(), app); (d.Find(saves+"/lost") != nil) != c.marks {
					t.Errorf("%s: known is %+v", app, d.Find(saves+"/lost"))
				}
			}
			i.States = objects
			if code, out, errs := call(t, i, "snapshots", "remove", "team-a/fraud", saves+"/lost"); code != exitWell {
				t.Errorf("again: exit %d, %s%s", code, out, errs)
			}
		})
	}
}
