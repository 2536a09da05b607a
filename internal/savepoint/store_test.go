package savepoint_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

const path = "s3://state/savepoints/counter/savepoint-aabbcc-001122334455"

var taken = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is a store over memory with one savepoint of that many files.
func world(t *testing.T, files int) (savepoint.Store, *savepoint.Memory, []string) {
	t.Helper()
	objects := savepoint.NewMemory()
	keys, err := savepointtest.Put(objects, path, files, taken)
	must(t, err)
	return savepoint.Store{Objects: objects, Lists: ledger.NewMemory()}, objects, keys
}

func TestTheFilesOfASavepointAreFoundByListing(t *testing.T) {
	store, _, keys := world(t, 2500)
	c, err := store.Contents(t.Context(), strings.Replace(path, "s3://", "s3a://", 1)+"/_metadata")
	must(t, err)
	if len(c.Files) != len(keys) {
		t.Fatalf("%d files of %d", len(c.Files), len(keys))
	}
	var size int64
	for _, f := range c.Files {
		if f.Object == nil {
			t.Fatalf("%s is missing", f.At)
		}
		size += f.Object.Size
	}
	if c.Size != size || size < 2500*1024 || c.Files[0].At.Key != keys[0] {
		t.Errorf("%d bytes, the objects have %d; the first is %s", c.Size, size, c.Files[0].At)
	}
	if p := c.Metadata.Properties; p == nil || !p.Savepoint || p.Format != "CANONICAL" || p.Type != "Savepoint" {
		t.Errorf("properties %+v", p)
	}
}

func TestAPathThatCannotBeReadIsRefusedByName(t *testing.T) {
	store, _, _ := world(t, 1)
	for path, want := range map[string]string{
		"hdfs://cluster/savepoint-1": `"hdfs": only s3, s3a and s3p are read`,
		"/savepoints/1":              "is no URI",
		"s3://state":                 "is a whole bucket",
		"s3:///x":                    "names no bucket",
		"s3://state/a/../b":          "has . or .. in it",
	} {
		if _, err := store.Metadata(t.Context(), path); flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := store.Metadata(t.Context(), "s3://state/savepoints/none"); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("where there is none: %v", err)
	}
}

func TestAFileThatLeadsOutOfTheSavepointIsDamage(t *testing.T) {
	store, objects, _ := world(t, 1)
	for _, name := range []string{"../other/state", "/state", "a//b", "."} {
		objects.Put(savepoint.Location{Bucket: "state", Key: "x/_metadata"}, savepointtest.Metadata(1, savepointtest.File{Name: name}), taken)
		if _, err := store.Contents(t.Context(), "s3://state/x"); !errors.Is(err, savepoint.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneSavepointHasOneID(t *testing.T) {
	want := savepoint.ID(path)
	for _, same := range []string{path + "/", path + "/_metadata", strings.Replace(path, "s3", "s3p", 1), strings.Replace(path, "state/", "state//", 1)} {
		if savepoint.ID(same) != want {
			t.Errorf("%s has the id %s", same, savepoint.ID(same))
		}
	}
	if len(want) != 12 || savepoint.ID(path+"0") == want || savepoint.ID("file:///x") != "" {
		t.Errorf("got %q", want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
