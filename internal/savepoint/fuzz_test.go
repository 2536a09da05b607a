package savepoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// FuzzAnyFileIsAMetadataOrIsRefused: reading ends, and says that a file is
// damaged or not supported, in a sentence of bounded length. What is read can
// be told again, and its files can be listed or are damage.
func FuzzAnyFileIsAMetadataOrIsRefused(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
		f.Add(seed[:len(seed)/2])
	}
	f.Add(begins(2, 0, 1, 0, 0))
	f.Add(begins(3, 0, 1, 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := Read(bytes.NewReader(file))
		if err == nil {
			var files []File
			files, err = m.Files()
			for _, file := range files {
				if file.Name == "" || file.Size < 0 {
					t.Errorf("a file %+v", file)
				}
				if at, lost := file.locate(Location{"b", "dir"}); lost == nil && (at.Key == "" || file.Relative && !at.below(Location{"b", "dir"})) {
					t.Errorf("%+v lies at %s", file, at)
				}
			}
			if _, lost := json.Marshal(m); lost != nil {
				t.Error(lost)
			}
		}
		if err == nil {
			return
		}
		if said := err.Error(); flink.CodeOf(err) != flink.Invalid || len(said) > 2*flink.MaxSentence || !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %.300s", flink.CodeOf(err), said)
		}
	})
}

// seeds are the _metadata files that real Flinks wrote.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/[0-9]*/*/_metadata")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no snapshots in testdata", err)
	}
	var all [][]byte
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, body)
	}
	return all
}

// Every beginning of a real _metadata ends too early, whatever it is cut in.
func TestACutOffFileIsDamaged(t *testing.T) {
	for _, whole := range seeds(t) {
		for length := 0; length < len(whole); length += max(1, len(whole)/500) {
			if _, err := Read(bytes.NewReader(whole[:length])); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%d of %d bytes: %v", length, len(whole), err)
			}
		}
		if _, err := Read(bytes.NewReader(append(bytes.Clone(whole), 0))); !errors.Is(err, ErrDamaged) {
			t.Errorf("a byte more than there is: %v", err)
		}
	}
}
