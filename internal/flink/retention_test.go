package flink_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/flink"
)

var retainedAt = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// saved is a savepoint of so many hours ago.
func saved(name string, hours int, change ...func(*flink.Snapshot)) flink.Snapshot {
	s := flink.Snapshot{Path: "s3://data/counter/savepoints/" + name, Revision: "one", Kind: flink.RotationSnapshot, Taken: retainedAt.Add(-time.Duration(hours) * time.Hour)}
	for _, c := range change {
		c(&s)
	}
	return s
}

func damaged(s *flink.Snapshot) { s.Verified = &flink.Verification{Kind: flink.VerifyMetadata} }
func proven(s *flink.Snapshot) {
	s.Verified = &flink.Verification{Kind: flink.VerifyMetadata, Sound: true}
}
func retiring(s *flink.Snapshot) { s.Retiring = retainedAt.Add(-time.Minute) }
func adopted(s *flink.Snapshot)  { s.Kind = flink.AdoptedSnapshot }
func stopped(s *flink.Snapshot)  { s.Kind = flink.StopSnapshot }
func checkpoint(s *flink.Snapshot) {
	s.Kind, s.Path = flink.CheckpointSnapshot, "s3://data/counter/checkpoints/abc/chk-7"
}
func elsewhere(s *flink.Snapshot) { s.Path = "s3://data/other/savepoints/" + s.Path[len(s.Path)-1:] }
func climbing(s *flink.Snapshot)  { s.Path += "/../../../other" }
func of(id string) func(*flink.Snapshot) {
	return func(s *flink.Snapshot) { s.Revision = id }
}

func TestRetentionSaysWhyASnapshotStaysOrGoes(t *testing.T) {
	for name, c := range map[string]struct {
		snapshots  []flink.Snapshot
		references []flink.Reference
		good       []string
		keep       int64
		want       []flink.RetentionReason
	}{
		"old ones go, the newest stay whatever their age": {
			snapshots: []flink.Snapshot{saved("a", 400), saved("b", 300), saved("c", 200), saved("d", 100)}, keep: 2,
			want: []flink.RetentionReason{flink.TooOld, flink.TooOld, flink.AmongNewest, flink.AmongNewest}},
		"young ones stay, however many there are": {
			snapshots: []flink.Snapshot{saved("a", 30), saved("b", 23), saved("c", 22), saved("d", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.TooOld, flink.Young, flink.Young, flink.AmongNewest}},
		"one that is exactly so old is not older": {
			snapshots: []flink.Snapshot{saved("a", 24), saved("b", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.Young, flink.AmongNewest}},
		"a damaged one does not count towards what is kept": {
			snapshots: []flink.Snapshot{saved("a", 300), saved("b", 200, proven), saved("c", 100, damaged), saved("d", 90)}, keep: 2,
			want: []flink.RetentionReason{flink.TooOld, flink.AmongNewest, flink.Damaged, flink.AmongNewest}},
		"a damaged one stays as long as it is young": {
			snapshots: []flink.Snapshot{saved("a", 1, damaged), saved("b", 2)}, keep: 1,
			want: []flink.RetentionReason{flink.Young, flink.AmongNewest}},
		"where fewer sound ones are left than are kept, the newest damaged ones stay: what found the damage may be wrong": {
			snapshots: []flink.Snapshot{saved("a", 400, damaged), saved("b", 300, damaged), saved("c", 200), saved("d", 100, damaged)}, keep: 3,
			want: []flink.RetentionReason{flink.Damaged, flink.AmongNewest, flink.AmongNewest, flink.AmongNewest}},
		"the only sound one stays": {
			snapshots: []flink.Snapshot{saved("a", 9000), saved("b", 100, damaged)}, keep: 1,
			want: []flink.RetentionReason{flink.AmongNewest, flink.Damaged}},
		"what something refers to stays, however its path is written": {
			snapshots: []flink.Snapshot{saved("a", 300), saved("b", 200), saved("c", 100)}, keep: 1,
			references: []flink.Reference{{Path: "s3a://data/counter/savepoints/a/", By: "the running job was restored from it"}},
			want:       []flink.RetentionReason{flink.Referenced, flink.TooOld, flink.AmongNewest}},
		"a reference by the file that makes it a savepoint counts, and one with slashes too many": {
			snapshots: []flink.Snapshot{saved("a", 300), saved("b", 200), saved("c", 100)}, keep: 1,
			references: []flink.Reference{{Path: "s3://data/counter/savepoints/a/_metadata", By: "the resource names it"}, {Path: "s3://data/counter//savepoints/b", By: "a change waits for it"}},
			want:       []flink.RetentionReason{flink.Referenced, flink.Referenced, flink.AmongNewest}},
		"a reference counts for a damaged one, too": {
			snapshots: []flink.Snapshot{saved("a", 300, damaged), saved("b", 100)}, keep: 1,
			references: []flink.Reference{{Path: "s3://data/counter/savepoints/a", By: "the job is stopped with it"}},
			want:       []flink.RetentionReason{flink.Referenced, flink.AmongNewest}},
		"the newest of each revision that can be gone back to stays": {
			snapshots: []flink.Snapshot{saved("a", 500, of("zero")), saved("b", 400, of("zero")), saved("c", 300, of("bad")), saved("d", 100)}, keep: 1, good: []string{"zero", "one"},
			want: []flink.RetentionReason{flink.TooOld, flink.NewestOfGood, flink.TooOld, flink.AmongNewest}},
		"a checkpoint, one that lies elsewhere and one that climbs out of the directory are not ours": {
			snapshots: []flink.Snapshot{saved("a", 900, checkpoint), saved("b", 800, elsewhere), saved("c", 700, climbing), saved("d", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.NotASavepoint, flink.NotOwn, flink.NotOwn, flink.AmongNewest}},
		"the savepoint directory itself is nobody's savepoint": {
			snapshots: []flink.Snapshot{saved("", 900), saved("d", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.NotOwn, flink.AmongNewest}},
		"what somebody adopted stays": {
			snapshots: []flink.Snapshot{saved("a", 900, adopted), saved("b", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.KeptOnPurpose, flink.AmongNewest}},
		"a removal that was begun is finished, and what goes does not count": {
			snapshots: []flink.Snapshot{saved("a", 300), saved("b", 2, retiring)}, keep: 1,
			want: []flink.RetentionReason{flink.AmongNewest, flink.HalfGone}},
		"what is referred to is not removed further": {
			snapshots: []flink.Snapshot{saved("a", 300, retiring), saved("b", 2)}, keep: 1,
			references: []flink.Reference{{Path: "s3://data/counter/savepoints/a", By: "the running job was restored from it"}},
			want:       []flink.RetentionReason{flink.Referenced, flink.AmongNewest}},
		"one whose time lies in the future is young": {
			snapshots: []flink.Snapshot{saved("a", -5), saved("b", 1)}, keep: 1,
			want: []flink.RetentionReason{flink.AmongNewest, flink.Young}},
		"a policy that keeps none keeps one": {
			snapshots: []flink.Snapshot{saved("a", 900), saved("b", 800, stopped)},
			want:      []flink.RetentionReason{flink.TooOld, flink.AmongNewest}},
		"no snapshots": {want: []flink.RetentionReason{}},
	} {
		t.Run(name, func(t *testing.T) {
			decided := flink.DecideRetention(flink.Holdings{Now: retainedAt, Policy: flink.Snapshots{Keep: c.keep, MaxAge: 24 * time.Hour}, Snapshots: c.snapshots,
				References: c.references, Good: c.good, Directories: []string{"s3://data/counter/savepoints"}})
			why := []flink.RetentionReason{}
			for _, d := range decided {
				why = append(why, d.Why)
				if goes := d.Why == flink.TooOld || d.Why == flink.Damaged || d.Why == flink.HalfGone; goes != d.Retire || d.Message == "" {
					t.Errorf("%s: %+v", d.Why, d)
				}
			}
			if diff := cmp.Diff(c.want, why); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// anyHoldings is a wild mixture of everything that retention looks at.
func anyHoldings(r *rand.Rand) flink.Holdings {
	h := flink.Holdings{Now: retainedAt, Policy: flink.Snapshots{Keep: r.Int64N(6), MaxAge: time.Duration(1+r.IntN(100)) * time.Hour}, Directories: []string{"s3://data/counter/savepoints", "s3a://old/counter"}}
	changes := []func(*flink.Snapshot){damaged, proven, retiring, adopted, stopped, checkpoint, elsewhere, climbing, of("zero"), of("bad"), func(s *flink.Snapshot) { s.Path = "s3://old/counter/" + s.Path[len(s.Path)-2:] }}
	for i := range r.IntN(30) {
		s := saved(fmt.Sprintf("%02d", i), r.IntN(200)-5)
		for range r.IntN(3) {
			changes[r.IntN(len(changes))](&s)
		}
		h.Snapshots = append(h.Snapshots, s)
		if r.IntN(6) == 0 {
			h.References = append(h.References, flink.Reference{Path: s.Path, By: "something"})
		}
	}
	for _, id := range []string{"zero", "one"} {
		if r.IntN(2) == 0 {
			h.Good = append(h.Good, id)
		}
	}
	return h
}

func TestRetentionNeverTakesWhatIsNeeded(t *testing.T) {
	for seed := range uint64(3000) {
		h := anyHoldings(rand.New(rand.NewPCG(seed, 1)))
		decided := flink.DecideRetention(h)
		if len(decided) != len(h.Snapshots) {
			t.Fatalf("seed %d: %d of %d are decided on", seed, len(decided), len(h.Snapshots))
		}
		var stay []flink.Snapshot
		soundBefore, soundAfter, newestOf := 0, 0, map[string]time.Time{}
		for i, d := range decided {
			s := h.Snapshots[i]
			counts := s.Sound() && s.Kind != flink.CheckpointSnapshot && (flink.Below(s.Path, h.Directories[0]) || flink.Below(s.Path, h.Directories[1]))
			if counts {
				soundBefore++
			}
			if !d.Retire {
				stay = append(stay, s)
			}
			if counts && !d.Retire {
				soundAfter++
				if s.Taken.After(newestOf[s.Revision]) {
					newestOf[s.Revision] = s.Taken
				}
			}
			referenced := slices.ContainsFunc(h.References, func(r flink.Reference) bool { return flink.SamePath(r.Path, s.Path) })
			young := h.Now.Sub(s.Taken) <= h.Policy.MaxAge && s.Retiring.IsZero()
			if d.Retire && (referenced || young || s.Kind == flink.CheckpointSnapshot || !flink.Below(s.Path, h.Directories[0]) && !flink.Below(s.Path, h.Directories[1])) {
				t.Fatalf("seed %d: %+v goes for %s", seed, s, d.Why)
			}
		}
		if least := min(soundBefore, int(max(1, h.Policy.Keep))); soundAfter < least {
			t.Fatalf("seed %d: %d sound ones are left of %d, and the policy keeps %d", seed, soundAfter, soundBefore, least)
		}
		for _, s := range h.Snapshots {
			if s.Sound() && s.Kind != flink.CheckpointSnapshot && flink.Below(s.Path, h.Directories[0]) && slices.Contains(h.Good, s.Revision) && newestOf[s.Revision].Before(s.Taken) {
				t.Fatalf("seed %d: revision %s has lost its newest savepoint %s", seed, s.Revision, s.Path)
			}
		}
		h.Snapshots = stay
		for _, d := range flink.DecideRetention(h) {
			if d.Retire {
				t.Fatalf("seed %d: a second look takes %s, too: %s", seed, d.Snapshot.Path, d.Why)
			}
		}
	}
}
