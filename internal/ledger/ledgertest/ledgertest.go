// Package ledgertest is the conformance suite of the ledger: every object store
// that it may lie in passes Run.
package ledgertest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var app = flink.Application{Namespace: "team-a", Name: "counter"}

// Run holds an object store, and the ledger in it, to the port. open gives an empty one.
func Run(t *testing.T, open func(t *testing.T) ledger.Objects) {
	cases := map[string]func(*testing.T, ledger.Store){
		"a document that does not exist is new":             newDocument,
		"a stale version cannot write":                      staleVersion,
		"of 32 writers of one version exactly one wins":     oneWinner,
		"32 concurrent updates are all kept":                allUpdatesKept,
		"a revision is written once and read back":          revisions,
		"records are listed newest first":                   records,
		"what is supposed leaves an outcome alone":          supposed,
		"of 32 that suppose something exactly one wins":     oneSupposes,
		"what is not there is NotFound":                     notFound,
		"records of incidents are apart from releases'":     incidents,
		"a late delivery leaves the record of its incident": toldTwice,
		"an incident comes back as it was":                  openIncident,
		"applications with a document are listed":           applications,
		"what is listed has the version that is read":       listedVersions,
		"a deleted application keeps its document":          tombstone,
		"what is parked comes back as it was":               parked,
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { c(t, ledger.New(open(t))) })
	}
	below := map[string]func(*testing.T, ledger.Objects){
		"a won write whose answer was lost is recognised":       lostAnswer,
		"a lost write whose answer was lost is made again":      lostWrite,
		"an older document is read and written as today's":      olderSchema,
		"a newer document is refused and stays as it is":        newerSchema,
		"32 concurrent upgrades of an old document keep it all": upgradedTogether,
		"a supposition that comes through late is not written":  lateSupposition,
	}
	for name, c := range below {
		t.Run(name, func(t *testing.T) { c(t, open(t)) })
	}
}

// listedVersions: who has read a document knows by a listing whether it was written since.
func listedVersions(t *testing.T, s ledger.Store) {
	for n := range 2 {
		_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error { d.Fence++; return nil })
		must(t, err)
		_, v, err := s.Document(t.Context(), app)
		must(t, err)
		if all, err := s.Documents(t.Context()); err != nil || len(all) != 1 || all[0] != (ledger.Listed{Application: app, Version: v}) {
			t.Errorf("write %d: it is listed as %v, and read as version %s: %v", n, all, v, err)
		}
	}
}

func newDocument(t *testing.T, s ledger.Store) {
	d, v, err := s.Document(t.Context(), app)
	if err != nil || v != "" || d.Application != app || d.Fence != 0 {
		t.Fatalf("got %+v, version %q, %v", d, v, err)
	}
}

func staleVersion(t *testing.T, s ledger.Store) {
	ctx := t.Context()
	must(t, s.Write(ctx, ledger.Document{Schema: ledger.Schema, Application: app, Fence: 1}, ""))
	_, v, err := s.Document(ctx, app)
	must(t, err)
	must(t, s.Write(ctx, ledger.Document{Schema: ledger.Schema, Application: app, Fence: 2}, v))
	for _, stale := range []ledger.Version{v, ""} {
		err := s.Write(ctx, ledger.Document{Schema: ledger.Schema, Application: app, Fence: 3}, stale)
		if flink.CodeOf(err) != flink.Conflict {
			t.Errorf("writing over version %q: got %v, want Conflict", stale, err)
		}
	}
	if d, _, _ := s.Document(ctx, app); d.Fence != 2 {
		t.Errorf("fence is %d, want 2", d.Fence)
	}
}

func oneWinner(t *testing.T, s ledger.Store) {
	var won atomic.Int32
	together(32, func(i int) {
		if s.Write(t.Context(), ledger.Document{Schema: ledger.Schema, Application: app, Token: fmt.Sprint(i)}, "") == nil {
			won.Add(1)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d writers won", won.Load())
	}
}

func allUpdatesKept(t *testing.T, s ledger.Store) {
	allUpdates(t, s)
	d, _, err := s.Document(t.Context(), app)
	must(t, err)
	if len(d.Seen) != 32 {
		t.Errorf("%d of 32 updates are there: %v", len(d.Seen), d.Seen)
	}
}

// allUpdates makes 32 updates at once, each until it is written.
func allUpdates(t *testing.T, s ledger.Store) {
	together(32, func(i int) {
		for {
			_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error {
				if !d.HasSeen(fmt.Sprint(i)) {
					d.See(fmt.Sprint(i))
				}
				return nil
			})
			if err == nil {
				return
			}
			if flink.CodeOf(err) != flink.Conflict {
				t.Error(err)
				return
			}
		}
	})
}

func tombstone(t *testing.T, s ledger.Store) {
	ctx, at := t.Context(), time.Unix(1, 0).UTC()
	last := flink.Snapshot{Path: "s3://data/savepoints/final", Revision: "r-1", Taken: at, Kind: flink.StopSnapshot}
	bury := func(d *ledger.Document) error {
		d.Fence++
		d.Deleted = &ledger.Tombstone{Release: "r1", At: at, By: "ann", Revision: "r-1", Snapshot: &last}
		return nil
	}
	_, err := ledger.Update(ctx, s, app, bury)
	must(t, err)
	d, v, err := s.Document(ctx, app)
	must(t, err)
	if v == "" || d.Fence != 1 || d.Deleted == nil || d.Deleted.By != "ann" || *d.Deleted.Snapshot != last {
		t.Errorf("got %+v, version %q", d.Deleted, v)
	}
	if apps, err := s.Applications(ctx); err != nil || len(apps) != 1 {
		t.Errorf("listed: %v, %v", apps, err)
	}
}

func parked(t *testing.T, s ledger.Store) {
	ctx, at := t.Context(), time.Unix(1, 0).UTC()
	want := ledger.Parked{Why: ledger.ForApproval, Until: at.Add(time.Hour), Holder: "arn", Token: "AAAA", Revision: "r-2", Plan: "stops the job",
		Answer: &ledger.Answer{Approved: true, By: "ann", Why: "looked at it", At: at},
		Change: ledger.Change{ID: "r2", Change: flink.Change{Kind: flink.Rollback, By: "bob", Revision: "r-1"}, Event: []byte(`{"source":"sluice"}`), Since: at}}
	_, err := ledger.Update(ctx, s, app, func(d *ledger.Document) error { d.Parked = &want; return nil })
	must(t, err)
	d, _, err := s.Document(ctx, app)
	must(t, err)
	if got := fmt.Sprintf("%+v %+v", d.Parked.Why, d.Parked.Answer); got != fmt.Sprintf("%+v %+v", want.Why, want.Answer) ||
		d.Parked.Token != want.Token || d.Parked.Change.Change != want.Change.Change || !d.Parked.Until.Equal(want.Until) || !d.IsParked("r2") {
		t.Errorf("got %+v", d.Parked)
	}
}

func revisions(t *testing.T, s ledger.Store) {
	r, err := flink.NewRevision(map[string]any{"kind": "FlinkDeployment"}, flink.PinnedJar{SHA256: "ab"})
	must(t, err)
	must(t, s.WriteRevision(t.Context(), app, r))
	must(t, s.WriteRevision(t.Context(), app, r))
	got, err := s.Revision(t.Context(), app, r.ID)
	must(t, err)
	if again, _ := flink.NewRevision(got.Manifest, got.Jar); again.ID != r.ID {
		t.Errorf("the revision came back as %+v", got)
	}
}

func records(t *testing.T, s ledger.Store) {
	for _, id := range []string{"20260102T000000Z-b", "20260101T000000Z-a", "20260103T000000Z-c"} {
		must(t, s.WriteRecord(t.Context(), ledger.Record{ID: id, Application: app, Outcome: flink.Succeeded, Started: time.Unix(1, 0).UTC()}))
	}
	ids, err := s.Records(t.Context(), app, 2)
	must(t, err)
	if fmt.Sprint(ids) != "[20260103T000000Z-c 20260102T000000Z-b]" {
		t.Errorf("got %v", ids)
	}
	r, err := s.Record(t.Context(), app, ids[1])
	must(t, err)
	if r.ID != ids[1] || r.Outcome != flink.Succeeded {
		t.Errorf("got %+v", r)
	}
}

func supposed(t *testing.T, s ledger.Store) {
	own := ledger.Record{ID: "r1", Application: app, Outcome: flink.Succeeded}
	guess := ledger.Record{ID: "r1", Application: app, Outcome: flink.FailedClean, ToldBy: "r2"}
	passed := ledger.Record{ID: "r1", Application: app, Outcome: flink.Ignored}
	another := guess
	another.ToldBy = "r3"
	for _, step := range []struct {
		r       ledger.Record
		written bool
	}{{passed, true}, {guess, true}, {another, true}, {passed, false}} {
		written, err := s.WriteRecordIfAbsent(t.Context(), step.r)
		must(t, err)
		if written != step.written {
			t.Errorf("%s told by %q: written is %t", step.r.Outcome, step.r.ToldBy, written)
		}
	}
	must(t, s.WriteRecord(t.Context(), own))
	if written, err := s.WriteRecordIfAbsent(t.Context(), guess); written || err != nil {
		t.Errorf("written over the release's own: %t, %v", written, err)
	}
	if r, err := s.Record(t.Context(), app, "r1"); err != nil || r.Outcome != flink.Succeeded {
		t.Errorf("got %+v, %v", r, err)
	}
}

func oneSupposes(t *testing.T, s ledger.Store) {
	var won atomic.Int32
	together(32, func(i int) {
		written, err := s.WriteRecordIfAbsent(t.Context(), ledger.Record{ID: "r1", Application: app, Outcome: flink.FailedClean, Message: fmt.Sprint(i)})
		if err != nil {
			t.Error(err)
		}
		if written {
			won.Add(1)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d were written", won.Load())
	}
}

func notFound(t *testing.T, s ledger.Store) {
	_, err := s.Record(t.Context(), app, "none")
	if flink.CodeOf(err) != flink.NotFound {
		t.Errorf("record: got %v", err)
	}
	if _, err := s.Incident(t.Context(), app, "none"); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("incident: got %v", err)
	}
	if _, err = s.Revision(t.Context(), app, "none"); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("revision: got %v", err)
	}
}

func applications(t *testing.T, s ledger.Store) {
	other := flink.Application{Namespace: "team-b", Name: "fraud"}
	for _, a := range []flink.Application{other, app} {
		must(t, s.Write(t.Context(), ledger.Document{Schema: ledger.Schema, Application: a}, ""))
	}
	apps, err := s.Applications(t.Context())
	must(t, err)
	if fmt.Sprint(apps) != fmt.Sprint([]flink.Application{app, other}) {
		t.Errorf("got %v", apps)
	}
}

func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
