//go:build e2e

package e2e

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
	"github.com/sluice-flink/sluice/local/demo/damage"
	"github.com/sluice-flink/sluice/local/sfn"
)

// rotates is the short form of the demo's scene of savepoints: five of them, of
// which the second is forked from, the first is damaged, and the third grows old.
func (i *installation) rotates(t *testing.T) {
	var took []flink.Snapshot
	more := func(t *testing.T) ledger.RotationRecord {
		r := i.rotation(t)
		if r.Snapshot == nil || r.Snapshot.Verified == nil || !r.Snapshot.Verified.Sound {
			t.Fatalf("%+v", r)
		}
		took = append(took, *r.Snapshot)
		return r
	}
	fork := of(i.Installation, i.app.Name+"-fork")
	inTurn(t, []step{
		{"a version starts", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, i.snapshots(t, "verify: Restore")), flink.Ignored, flink.NoJarYet, "")
			want(t, i.drop(t, "counter-v1.jar", i.Jar(t, "counter-v1.jar")), flink.Succeeded, flink.Released, "starting empty")
		}},
		{"a savepoint is restored by a JobManager that is thrown away", func(t *testing.T) {
			if r := more(t); r.Snapshot.Verified.Kind != flink.VerifyRestore {
				t.Errorf("%+v", r.Snapshot.Verified)
			}
		}},
		{"a policy that changes needs no release", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, i.snapshots(t, "keep: 1")), flink.Succeeded, flink.AlreadyRunning, "")
			more(t)
			more(t)
		}},
		{"a fork goes on from the state of a savepoint", func(t *testing.T) {
			sinkOfItsOwn := []string{"args: [", "args: [--sink-uid, fork, ", "    parallelism: 1\n", "    parallelism: 1\n    allowNonRestoredState: true\n"}
			want(t, fork.drop(t, flink.ManifestFile, fork.manifest(t, sinkOfItsOwn...)), flink.Ignored, flink.NoJarYet, "")
			r := fork.ask(t, events.ChangeRequestedDetail{Change: string(flink.Fork), Source: i.app.String(), Snapshot: took[1].ID})
			want(t, r, flink.Succeeded, flink.Released, "from "+path.Base(took[1].Path))
			output, err := continuity.ReadFork(t.Context(), continuity.Bucket{Client: i.Objects, Name: i.Where.Data, Prefix: fork.app.String() + "/output/"}, gap)
			must(t, err)
			if !output.Whole() || output.First == 0 {
				t.Errorf("it begins with %d: %v", output.First, output.Faults())
			}
		}},
		{"one flipped byte is found when its turn comes", func(t *testing.T) {
			file, err := damage.Flip(t.Context(), i.Objects, took[0].Path)
			must(t, err)
			if r := more(t); len(r.Damaged) != 1 || !strings.Contains(r.Damaged[0], file) {
				t.Errorf("a byte of %s was flipped, and found was %q", file, r.Damaged)
			}
		}},
		{"what outlives the policy goes, and what is needed stays", func(t *testing.T) {
			time.Sleep(time.Until(took[2].Taken.Add(leastAge))) // the shortest that a policy takes
			age := time.Since(took[2].Taken).Truncate(time.Second)
			want(t, i.drop(t, flink.ManifestFile, i.snapshots(t, fmt.Sprintf("keep: 1, maxAge: %s", age))), flink.Succeeded, flink.AlreadyRunning, "")
			r := more(t)
			var gone []string
			for _, g := range r.Retired {
				gone = append(gone, g.Path)
			}
			i.retired(t, gone, took[0], took[2])
			if n, err := damage.Files(t.Context(), i.Objects, took[1].Path); err != nil || n == 0 {
				t.Errorf("the savepoint that the fork began with has %d files, %v", n, err)
			}
		}},
		{"the job went on all the while", i.continuous},
	})
}

const leastAge = time.Minute + time.Second

// snapshots is the manifest with a policy for savepoints, and state in files of its own.
func (i *installation) snapshots(t *testing.T, policy string) []byte {
	return i.manifest(t, "    state.backend.type: hashmap\n", "    state.backend.type: hashmap\n    state.storage.fs.memory-threshold: \"0b\"\n",
		"  bakeTime: 15s\n", "  bakeTime: 5s\n  snapshots: {"+policy+"}\n")
}

// retired: these went, with all of their files, and no others.
func (i *installation) retired(t *testing.T, gone []string, want ...flink.Snapshot) {
	t.Helper()
	if len(gone) != len(want) {
		t.Errorf("%q were retired", gone)
	}
	for _, s := range want {
		if n, err := damage.Files(t.Context(), i.Objects, s.Path); err != nil || n > 0 {
			t.Errorf("%d files of %s are left, %v; %q were retired", n, s.Path, err, gone)
		}
	}
}

// rotation starts the rotate machine for the application, and waits for its record.
func (i *installation) rotation(t *testing.T) ledger.RotationRecord {
	t.Helper()
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // two of one second are one rotation
	e, err := i.Plane.Executions().Start(i.Plane.Output("RotateMachineArn"), "", fmt.Appendf(nil, `{"applications": [%q]}`, i.app))
	must(t, err)
	for end := time.Now().Add(recordWithin); e.Status == sfn.StatusRunning && time.Now().Before(end); pause(t.Context()) {
		e, err = i.Plane.Executions().Describe(e.ARN)
		must(t, err)
	}
	d, _, err := i.Ledger.Document(t.Context(), i.app)
	must(t, err)
	if d.Rotated == nil || d.Rotated.At.Before(e.Started) {
		t.Fatalf("%s is %s, and left no record: %s %s", e.ARN, e.Status, e.Error, e.Cause)
	}
	r, err := ledger.Rotation(t.Context(), ledger.S3{Client: i.Objects, Bucket: i.Where.Ledger}, i.app, d.Rotated.ID)
	must(t, err)
	for _, m := range r.Timeline {
		t.Logf("%s: %s", m.State, m.Note)
	}
	return r
}
