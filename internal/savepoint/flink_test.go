package savepoint_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// snapshots are those that real Flinks wrote: testdata/<version of Flink>/<kind>.
// Each has the _metadata, and flink.json: what that Flink itself reads in it.
// testdata/generator makes them.
func snapshots(t testing.TB) []string {
	t.Helper()
	found, err := filepath.Glob("testdata/[0-9]*/*/_metadata")
	must(t, err)
	if len(found) < 20 {
		t.Fatalf("there are only %d snapshots in testdata", len(found))
	}
	return found
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	must(t, err)
	return body
}

func TestWeReadWhatFlinkReads(t *testing.T) {
	for _, file := range snapshots(t) {
		t.Run(strings.TrimPrefix(filepath.Dir(file), "testdata/"), func(t *testing.T) {
			m, err := savepoint.Read(bytes.NewReader(read(t, file)))
			must(t, err)
			got, err := json.Marshal(m)
			must(t, err)
			var want, ours any
			must(t, json.Unmarshal(read(t, filepath.Join(filepath.Dir(file), "flink.json")), &want))
			must(t, json.Unmarshal(got, &ours))
			difference(t, "", ours, want)
		})
	}
}

// difference names the first place where two documents differ.
func difference(t *testing.T, at string, got, want any) bool {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for name := range got {
			if _, ok := want[name]; !ok {
				t.Errorf("%s.%s: Flink has none, we read %v", at, name, got[name])
				return true
			}
		}
		for name, w := range want {
			if difference(t, at+"."+name, got[name], w) {
				return true
			}
		}
	case []any:
		got, _ := got.([]any)
		if len(got) != len(want) {
			t.Errorf("%s: we read %d and Flink %d", at, len(got), len(want))
			return true
		}
		for i := range want {
			if difference(t, at+"[]", got[i], want[i]) {
				return true
			}
		}
	default:
		if got != want {
			t.Errorf("%s: we read %v and Flink %v", at, got, want)
			return true
		}
	}
	return false
}

// What the snapshots have to have in them, so that comparing them says something.
func TestTheSnapshotsHoldEveryKindOfHandle(t *testing.T) {
	kinds, places, versions, formats := map[savepoint.Kind]int{}, map[savepoint.Place]int{}, map[int]int{}, map[string]int{}
	for _, file := range snapshots(t) {
		m, err := savepoint.Read(bytes.NewReader(read(t, file)))
		must(t, err)
		versions[m.Version]++
		if m.Properties != nil {
			formats[m.Properties.Type+" "+m.Properties.Format]++
		}
		for h := range m.Handles {
			kinds[h.Kind]++
			places[h.Place]++
		}
	}
	for _, k := range []savepoint.Kind{savepoint.OperatorState, savepoint.KeyGroupState, savepoint.SavepointKeyGroups, savepoint.IncrementalMetadata,
		savepoint.IncrementalShared, savepoint.IncrementalPrivate, savepoint.ChangelogFile, savepoint.ChannelState} {
		if kinds[k] == 0 {
			t.Errorf("no snapshot has %s: %v", k, kinds)
		}
	}
	for _, p := range []savepoint.Place{savepoint.Inline, savepoint.Relative, savepoint.Absolute, savepoint.Segment} {
		if places[p] == 0 {
			t.Errorf("no snapshot has a place %s: %v", p, places)
		}
	}
	for _, v := range []int{4, 5, 6} {
		if versions[v] == 0 {
			t.Errorf("no snapshot has the format %d: %v", v, versions)
		}
	}
	for _, f := range []string{"Savepoint CANONICAL", "Savepoint NATIVE", "Suspend Savepoint CANONICAL", "Checkpoint "} {
		if formats[f] == 0 {
			t.Errorf("no snapshot is a %s: %v", f, formats)
		}
	}
}
