package savepoint_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Savepoints of which all files are kept.
var whole = []string{"testdata/1.20.5/heap-canonical", "testdata/2.2.0/heap-native"}

func TestARealSavepointIsProvenAndEachFlippedByteIsFound(t *testing.T) {
	for _, dir := range whole {
		t.Run(dir, func(t *testing.T) {
			objects, files := put(t, dir)
			store := savepoint.Store{Objects: objects, Lists: ledger.NewMemory()}
			p, err := store.Record(t.Context(), key, path, savepoint.Budget{})
			must(t, err)
			if r := verified(t, store, key); !p.Done || p.Files != len(files) || !r.Sound() || r.Compared != len(files) {
				t.Fatalf("%d files, recorded %+v, proven %+v: %s", len(files), p, r, r.Message())
			}
			for at, body := range files {
				for _, i := range []int{0, len(body) / 2, len(body) - 1} {
					body[i] ^= 1
					objects.Put(at, body, taken)
					if r := verified(t, store, key); r.Sound() || r.Faults[0].File != at.String() && r.Faults[0].File != path {
						t.Errorf("byte %d of %s: %s", i, at, r.Message())
					}
					body[i] ^= 1
					objects.Put(at, body, taken)
				}
			}
			if r := verified(t, store, key); !r.Sound() {
				t.Errorf("mended: %s", r.Message())
			}
		})
	}
}

// put lays a savepoint of testdata at the path.
func put(t *testing.T, dir string) (*savepoint.Memory, map[savepoint.Location][]byte) {
	t.Helper()
	objects, files := savepoint.NewMemory(), map[savepoint.Location][]byte{}
	names, err := filepath.Glob(dir + "/state/*")
	must(t, err)
	if len(names) < 2 {
		t.Fatalf("%s has %d state files", dir, len(names))
	}
	to, err := savepoint.ParsePath(path)
	must(t, err)
	for _, name := range append(names, dir+"/_metadata") {
		body, err := os.ReadFile(name)
		must(t, err)
		at := savepoint.Location{Bucket: to.Bucket, Key: to.Key + "/" + filepath.Base(name)}
		files[at] = body
		objects.Put(at, body, taken)
	}
	return objects, files
}
