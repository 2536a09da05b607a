package jar

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// remote is an object elsewhere: it counts requests and can fail.
type remote struct {
	data     []byte
	fail     error
	requests int
	largest  int
}

func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	r.requests++
	r.largest = max(r.largest, len(p))
	if r.fail != nil {
		return 0, r.fail
	}
	return bytes.NewReader(r.data).ReadAt(p, off)
}

func TestALargeJarIsReadInFewRequestsAndNeverHeld(t *testing.T) {
	filler := entry{name: "data.bin", data: make([]byte, 20<<20), method: zip.Store}
	entries := []entry{manifestOf("Main-Class: Job"), filler, class("Job", 17)}
	for i := range 10_000 {
		entries = append(entries, entry{name: fmt.Sprintf("lib/c%d.class", i), method: zip.Store})
	}
	r := &remote{data: build(t, entries...)}
	if _, err := Check(r, int64(len(r.data)), Options{}); err != nil {
		t.Fatal(err)
	}
	if r.requests > 12 || r.largest > blockSize {
		t.Errorf("%d requests, the largest of %d bytes, for %d bytes", r.requests, r.largest, len(r.data))
	}
}

func TestASourceThatFailsIsNotTheJarsFault(t *testing.T) {
	for name, c := range map[string]struct {
		fail error
		want flink.Code
	}{
		"an unknown failure is tried again":     {errors.New("connection reset"), flink.Unavailable},
		"a known failure keeps its code":        {flink.Errorf(flink.NotFound, "read the object", "it is gone"), flink.NotFound},
		"an object that ends before its length": {io.EOF, flink.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			jar := good(t)
			_, err := Check(&remote{data: jar, fail: c.fail}, int64(len(jar)), Options{})
			if flink.CodeOf(err) != c.want {
				t.Errorf("got %v (%s), want %s", err, flink.CodeOf(err), c.want)
			}
		})
	}
}

func TestAnEntryThatEndsBeyondTheFileIsTheJarsFault(t *testing.T) {
	jar := build(t, class("Job", 17))
	i := bytes.Index(jar, []byte("PK\x01\x02"))
	copy(jar[i+20:], []byte{0xff, 0xff, 0xff, 0x00}) // compressed size
	_, err := Check(bytes.NewReader(jar), int64(len(jar)), Options{EntryClass: "Job"})
	if flink.CodeOf(err) != flink.Invalid {
		t.Errorf("got %v (%s)", err, flink.CodeOf(err))
	}
}
