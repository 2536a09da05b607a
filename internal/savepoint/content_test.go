package savepoint_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

const key = "snapshots/team-a/counter/0011.json"

func recorded(t *testing.T, files int) (savepoint.Store, *savepoint.Memory, []string) {
	t.Helper()
	store, objects, keys := world(t, files)
	p, err := store.Record(t.Context(), key, path, savepoint.Budget{})
	must(t, err)
	if !p.Done || p.Files != files+1 || p.Of != files+1 || p.Bytes < int64(files)*1024 {
		t.Fatalf("recorded %+v", p)
	}
	return store, objects, keys
}

func verified(t *testing.T, store savepoint.Store, key string) savepoint.Report {
	t.Helper()
	r, err := store.Verify(t.Context(), key, path, savepoint.Report{}, savepoint.Budget{})
	must(t, err)
	if !r.Done {
		t.Fatalf("without a budget it is not done: %+v", r)
	}
	return r
}

func TestASoundSavepointIsProven(t *testing.T) {
	store, _, _ := recorded(t, 5)
	r := verified(t, store, key)
	if !r.Sound() || !r.Listed || r.Files != 6 || r.Compared != 6 || !strings.Contains(r.Message(), "all 6 files are there") {
		t.Errorf("%+v: %s", r, r.Message())
	}
}

// Every fault is made in a savepoint of its own.
func TestAFaultIsReportedWithItsFile(t *testing.T) {
	at := func(key string) savepoint.Location { return savepoint.Location{Bucket: "state", Key: key} }
	for name, c := range map[string]struct {
		harm func(t *testing.T, m *savepoint.Memory, keys []string)
		kind savepoint.FaultKind
		file int // of the keys
		says string
	}{
		"one flipped byte in a state file": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			b := savepointtest.Bytes(path+" 2", 1024)
			b[500] ^= 1
			m.Put(at(keys[3]), b, taken)
		}, savepoint.WrongContent, 3, "is damaged: its SHA-256 is"},
		"a file that is gone": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			must(t, m.Delete(t.Context(), "state", keys[2:3]))
		}, savepoint.Missing, 2, "is missing"},
		"a file that was cut off": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			m.Put(at(keys[1]), savepointtest.Bytes("x", 1023), taken)
		}, savepoint.WrongSize, 1, "has 1023 bytes instead of 1024"},
		"a _metadata that was cut off": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			m.Put(at(keys[0]), []byte("\x49\x60\x67\x2d\x00\x00\x00\x04"), taken)
		}, savepoint.Unreadable, -1, "it ends too early"},
		"a _metadata of a format of tomorrow": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			m.Put(at(keys[0]), []byte("\x49\x60\x67\x2d\x00\x00\x00\x07"), taken)
		}, savepoint.Unsupported, -1, "its format is version 7"},
		"no _metadata": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			must(t, m.Delete(t.Context(), "state", keys[:1]))
		}, savepoint.Missing, -1, "has no _metadata"},
		"a _metadata that was replaced by another whole one": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			state := []savepointtest.File{}
			for _, name := range []string{"state-0000", "state-0001", "state-0002"} {
				state = append(state, savepointtest.File{Name: name, Body: make([]byte, 1024)})
			}
			m.Put(at(keys[0]), savepointtest.Metadata(1, state...), taken)
		}, savepoint.WrongSize, 0, "when it was taken"},
		"a file that was added": {func(t *testing.T, m *savepoint.Memory, keys []string) {
			state := []savepointtest.File{{Name: "later", Body: []byte("x")}}
			m.Put(at("savepoints/counter/savepoint-aabbcc-001122334455/later"), []byte("x"), taken)
			m.Put(at(keys[0]), savepointtest.Metadata(1, state...), taken)
		}, savepoint.WrongSize, 0, "bytes and had"},
	} {
		t.Run(name, func(t *testing.T) {
			store, objects, keys := recorded(t, 4)
			c.harm(t, objects, keys)
			r := verified(t, store, key)
			file := path
			if c.file >= 0 {
				file = at(keys[c.file]).String()
			}
			if r.Sound() || len(r.Faults) == 0 || r.Faults[0].Kind != c.kind || r.Faults[0].File != file || !strings.Contains(r.Message(), c.says) {
				t.Errorf("%+v: %s", r, r.Message())
			}
		})
	}
}

func TestWithoutChecksumsTheRestIsProven(t *testing.T) {
	store, objects, keys := world(t, 3)
	for _, key := range []string{"", key} {
		if r := verified(t, store, key); !r.Sound() || r.Listed || r.Compared != 0 || !strings.Contains(r.Message(), "no checksums were kept") {
			t.Errorf("with the key %q: %+v: %s", key, r, r.Message())
		}
	}
	must(t, objects.Delete(t.Context(), "state", keys[1:2]))
	if r := verified(t, store, ""); r.Sound() || r.Faults[0].Kind != savepoint.Missing {
		t.Errorf("a missing file: %+v", r)
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	store, objects, keys := recorded(t, 50)
	must(t, objects.Delete(t.Context(), "state", keys[1:]))
	r := verified(t, store, key)
	body, err := json.Marshal(r)
	must(t, err)
	if len(r.Faults) != 20 || r.Others != 30 || !strings.Contains(r.Message(), "and 49 more faults") || len(body) > 8<<10 {
		t.Errorf("%d faults and %d others in %d bytes: %s", len(r.Faults), r.Others, len(body), r.Message())
	}
}
