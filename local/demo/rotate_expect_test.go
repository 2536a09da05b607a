package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// tenRotations is a story as it has to go.
func tenRotations() rotations {
	r := rotations{committedBefore: 90, committedAfter: 200, files: map[string]int{}}
	proof := func(kind flink.VerifyKind, sound bool) *flink.Verification {
		return &flink.Verification{Kind: kind, Sound: sound, At: noon}
	}
	for n := 1; n <= 10; n++ {
		s := flink.Snapshot{Path: fmt.Sprintf("s3://data/%s/savepoints/savepoint-%02d", counter, n), Kind: flink.RotationSnapshot,
			Taken: noon.Add(time.Duration(n) * time.Second), Verified: proof(flink.VerifyMetadata, true)}
		s.ID = savepoint.ID(s.Path)
		if n == 1 {
			s.Verified = proof(flink.VerifyRestore, true)
		}
		r.all = append(r.all, ledger.RotationRecord{Snapshot: &s})
		if n > 1 && n <= 4 {
			continue
		}
		known := s
		r.files[s.Path] = 6
		switch {
		case n == 1:
			r.listing += s.ID + "  stays: the fork " + twin.String() + " began with it\n"
		case n == 5:
			known.Verified = proof(flink.VerifyMetadata, false)
			r.listing += s.ID + "  DAMAGED\n"
		}
		r.after.document.AddSnapshot(known)
	}
	r.twinRestored = r.path(1)
	r.harm = harm{snapshot: flink.Snapshot{Path: r.path(5)}, file: r.path(5) + "/part-1"}
	r.all[8].Damaged = []string{r.path(5) + " is no good: " + r.path(5) + "/part-1 is damaged"}
	for n := 2; n <= 4; n++ {
		r.all[9].Retired = append(r.all[9].Retired, ledger.Gone{Path: r.path(n)})
	}
	return r
}

func TestTheRotationsGoAsTheStoryHasTo(t *testing.T) {
	if faults := checkRotations(tenRotations()); len(faults) > 0 {
		t.Fatalf("%q", faults)
	}
	tests := map[string]struct {
		spoil func(*rotations)
		says  string
	}{
		"the counter was restarted":          {func(r *rotations) { r.after.observation.Job.ID = "other" }, "the running job was touched"},
		"the first was not restored":         {func(r *rotations) { r.all[0].Snapshot.Verified.Kind = flink.VerifyMetadata }, "savepoint 1 has to be proven by Restore"},
		"one was not proven":                 {func(r *rotations) { r.all[6].Snapshot.Verified = nil }, "savepoint 7"},
		"the damage was not found":           {func(r *rotations) { r.all[8].Damaged = nil }, "rotation 9 found"},
		"another file was found":             {func(r *rotations) { r.harm.file = r.path(5) + "/part-2" }, "rotation 9 found"},
		"damage that nobody did":             {func(r *rotations) { r.all[3].Damaged = r.all[8].Damaged }, "rotation 4 found"},
		"the ledger forgot the damage":       {func(r *rotations) { r.after.document.Snapshot(r.path(5)).Verified.Sound = true }, "the ledger does not say"},
		"the command does not tell":          {func(r *rotations) { r.listing = "" }, "sluice snapshots says"},
		"two were retired":                   {func(r *rotations) { r.all[9].Retired = r.all[9].Retired[1:] }, "rotation 10 retired"},
		"one was retired early":              {func(r *rotations) { r.all[5].Retired = r.all[9].Retired[:1] }, "rotation 6 retired"},
		"files of a retired one were left":   {func(r *rotations) { r.files[r.path(3)] = 1 }, "of savepoint 3"},
		"files of another are gone":          {func(r *rotations) { r.files[r.path(8)] = 0 }, "of savepoint 8"},
		"the ledger knows a retired one":     {func(r *rotations) { r.after.document.AddSnapshot(*r.all[1].Snapshot) }, "of savepoint 2"},
		"the fork began with something else": {func(r *rotations) { r.twinRestored = r.path(2) }, "the fork restored"},
	}
	for name, test := range tests {
		r := tenRotations()
		test.spoil(&r)
		if said := strings.Join(checkRotations(r), "\n"); !strings.Contains(said, test.says) {
			t.Errorf("%s: got %q", name, said)
		}
	}
}

func TestTheTwinGoesOnFromTheSavepoint(t *testing.T) {
	r := tenRotations()
	began := func(at int64) continuity.Report {
		return continuity.ExamineFork([]continuity.Line{{N: at, Keyed: at + 1, Operator: at + 1, Version: "v1"}})
	}
	for at, faults := range map[int64]int{0: 1, 90: 1, 91: 0, 201: 0, 202: 1} {
		if got := checkTwin(r, began(at)); len(got) != faults {
			t.Errorf("it begins with %d: %q", at, got)
		}
	}
}

func TestWhatIsReadAgainNextIsWhatWasNotLookedAtForLongest(t *testing.T) {
	saw := func(path string, taken, verified int) flink.Snapshot {
		return flink.Snapshot{Path: path, Taken: noon.Add(time.Duration(taken)), Verified: &flink.Verification{At: noon.Add(time.Duration(verified))}}
	}
	all := []flink.Snapshot{saw("a", 1, 9), saw("b", 2, 5), saw("c", 3, 7), saw("newest", 4, 4)}
	if got := longestUnseen(all); got.Path != "b" {
		t.Errorf("got %q", got.Path)
	}
}

func TestTheSampleTakesWhatTheSceneWritesIntoIt(t *testing.T) {
	s := &stage{out: io.Discard, manifest: filepath.Join("..", "..", "examples", "java", "counter", flink.ManifestFile)}
	text, err := os.ReadFile(s.manifest)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := withSnapshots(string(text), "maxAge: 61s"); err != nil || !strings.Contains(got, "  snapshots: {keep: 5, maxAge: 61s}\n") || !strings.Contains(got, inFiles) {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := withSnapshots("kind: FlinkDeployment\n", "maxAge: 61s"); err == nil {
		t.Error("a manifest that has not the lines was taken")
	}
	got, err := asTwin(string(text))
	if err != nil || strings.Contains(got, "/counter/") || !strings.Contains(got, "name: counter-twin\n") || !strings.Contains(got, "args: [--sink-uid, files-of-the-twin, --sink") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestACommandIsShownWithWhatItPrints(t *testing.T) {
	var out bytes.Buffer
	s := &stage{out: &out, run: func(_ context.Context, w io.Writer, args ...string) error {
		_, _ = fmt.Fprintf(w, "first\n\nof %s\n", args[0])
		return errors.New("it failed")
	}}
	said, err := s.command(t.Context(), "fork", "--why", "two words")
	if err == nil || said != "first\n\nof fork\n" || out.String() != "  $ sluice fork --why \"two words\"\n  first\n\n  of fork\n" {
		t.Errorf("%v, %q, %q", err, said, out.String())
	}
}

func TestARotationIsToldByItsStatesButForWhyItBegan(t *testing.T) {
	r := ledger.RotationRecord{Due: "somebody asks for it", Timeline: []ledger.Moment{
		{State: "RotateSavepoint", Note: "somebody asks for it"}, {State: "RotateSavepoint", Note: "savepoint a"}, {State: "Retire", Note: "b: it is too old"}}}
	want := "RotateSavepoint  savepoint a\nRetire           b: it is too old"
	if got := strings.Join(rotationNotes(r), "\n"); got != want {
		t.Errorf("got\n%s", got)
	}
}
