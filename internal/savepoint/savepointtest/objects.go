package savepointtest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Fixture is an empty bucket of an object store.
type Fixture struct {
	Objects savepoint.Objects
	Bucket  string
	Put     func(t *testing.T, key string, body []byte)
}

// Run holds an object store to the port savepoint.Objects, and a Store over it
// to what it promises. open gives an empty bucket.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for name, c := range map[string]func(*testing.T, Fixture){
		"a listing has pages, and begins where it is told":       pages,
		"an object is read from a byte on":                       fromAByteOn,
		"an object that was written anew is a Conflict":          writtenAnew,
		"what is not there is NotFound, and deleted without ado": notThere,
		"a savepoint is recorded, proven, damaged and removed":   wholeStory,
	} {
		t.Run(name, func(t *testing.T) { c(t, open(t)) })
	}
}

func pages(t *testing.T, f Fixture) {
	const many = savepoint.MaxDelete + 3
	for i := range many {
		f.Put(t, fmt.Sprintf("dir/%05d", i), nil)
	}
	f.Put(t, "dir-2/x", nil)
	f.Put(t, "dir.txt", nil)
	first, err := f.Objects.List(t.Context(), f.Bucket, "dir/", "")
	must(t, err)
	if len(first.Objects) != savepoint.MaxDelete || !first.More || first.Objects[0].Key != "dir/00000" {
		t.Fatalf("%d objects, more: %v", len(first.Objects), first.More)
	}
	for after, want := range map[string]int{first.Objects[len(first.Objects)-1].Key: 3, "dir/0100": 3, "dir/01000x": 2, "dir/01002": 0} {
		p, err := f.Objects.List(t.Context(), f.Bucket, "dir/", after)
		must(t, err)
		if len(p.Objects) != want || p.More {
			t.Errorf("after %s: %d objects, more: %v; want %d", after, len(p.Objects), p.More, want)
		}
	}
}

func fromAByteOn(t *testing.T, f Fixture) {
	f.Put(t, "x", []byte("0123456789"))
	f.Put(t, "empty", nil)
	p, err := f.Objects.List(t.Context(), f.Bucket, "x", "")
	must(t, err)
	o := p.Objects[0]
	if o.Size != 10 || o.ETag == "" || o.Modified.IsZero() {
		t.Errorf("listed as %+v", o)
	}
	for from, want := range map[int64]string{0: "0123456789", 4: "456789", 9: "9"} {
		if got := content(t, f, "x", o.ETag, from); got != want {
			t.Errorf("from %d on: %q", from, got)
		}
	}
	if got := content(t, f, "empty", "", 0); got != "" {
		t.Errorf("the empty one has %q", got)
	}
}

func content(t *testing.T, f Fixture, key, etag string, from int64) string {
	t.Helper()
	r, err := f.Objects.Open(t.Context(), f.Bucket, key, etag, from)
	must(t, err)
	defer func() { _ = r.Close() }()
	body, err := io.ReadAll(r)
	must(t, err)
	return string(body)
}

func writtenAnew(t *testing.T, f Fixture) {
	f.Put(t, "x", []byte("before"))
	p, err := f.Objects.List(t.Context(), f.Bucket, "x", "")
	must(t, err)
	f.Put(t, "x", []byte("after"))
	if _, err := f.Objects.Open(t.Context(), f.Bucket, "x", p.Objects[0].ETag, 2); flink.CodeOf(err) != flink.Conflict {
		t.Errorf("got %v", err)
	}
}

func notThere(t *testing.T, f Fixture) {
	if _, err := f.Objects.Open(t.Context(), f.Bucket, "none", "", 0); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("open: %v", err)
	}
	f.Put(t, "there", nil)
	for range 2 {
		must(t, f.Objects.Delete(t.Context(), f.Bucket, []string{"none", "there"}))
	}
	p, err := f.Objects.List(t.Context(), f.Bucket, "", "")
	must(t, err)
	if len(p.Objects) != 0 || p.More {
		t.Errorf("left is %+v", p)
	}
}

func wholeStory(t *testing.T, f Fixture) {
	root := "s3a://" + f.Bucket + "/savepoints"
	path, dir := root+"/savepoint-aabbcc-001122334455", "savepoints/savepoint-aabbcc-001122334455/"
	files := []File{{Name: "state-1", Body: Bytes("one", 3<<20)}, {Name: "state-2", Body: Bytes("two", 1000)}, {Name: "zählt 数+%20", Body: []byte("x")}}
	for _, file := range files {
		f.Put(t, dir+file.Name, file.Body)
	}
	f.Put(t, dir+"_metadata", Metadata(7, files...))
	f.Put(t, dir, nil) // as Flink's file systems mark a directory
	s := savepoint.Store{Objects: f.Objects, Lists: ledger.NewMemory()}

	for done := false; !done; {
		p, err := s.Record(t.Context(), "list", path, savepoint.Budget{Bytes: 1 << 20})
		must(t, err)
		done = p.Done
	}
	if r := proven(t, s, path); !r.Sound() || r.Files != 4 || r.Compared != 4 || !r.Listed {
		t.Errorf("%+v: %s", r, r.Message())
	}
	damaged := bytes.Clone(files[0].Body)
	damaged[2<<20] ^= 0x10
	f.Put(t, dir+"state-1", damaged)
	if r := proven(t, s, path); r.Sound() || !strings.Contains(r.Message(), dir+"state-1 is damaged") {
		t.Errorf("one flipped bit: %+v: %s", r, r.Message())
	}
	r, err := s.Remove(t.Context(), root, path)
	must(t, err)
	survey, err := s.Strays(t.Context(), root, savepoint.Search{})
	must(t, err)
	if r.Files != 5 || len(survey.Strays) != 0 {
		t.Errorf("removed %+v, left %+v", r, survey)
	}
}

func proven(t *testing.T, s savepoint.Store, path string) savepoint.Report {
	t.Helper()
	var r savepoint.Report
	for !r.Done {
		var err error
		r, err = s.Verify(t.Context(), "list", path, r, savepoint.Budget{Bytes: 1 << 20})
		must(t, err)
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
