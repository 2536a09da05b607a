package savepoint

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // S3's own ETag
	"encoding/hex"
	"io"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Memory implements Objects in memory, for tests and simulations.
type Memory struct {
	mu      sync.Mutex
	objects map[Location]remembered
}

type remembered struct {
	body     []byte
	modified time.Time
}

var _ Objects = (*Memory)(nil)

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{objects: map[Location]remembered{}} }

// Put writes an object.
func (m *Memory) Put(at Location, body []byte, modified time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[at] = remembered{bytes.Clone(body), modified}
}

// Keys lists the keys of a bucket below a prefix, ascending.
func (m *Memory) Keys(bucket, prefix string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for l := range m.objects {
		if l.Bucket == bucket && strings.HasPrefix(l.Key, prefix) {
			keys = append(keys, l.Key)
		}
	}
	sort.Strings(keys)
	return keys
}

// List implements Objects, with the pages of S3.
func (m *Memory) List(_ context.Context, bucket, prefix, after string) (Page, error) {
	var p Page
	for _, key := range m.Keys(bucket, prefix) {
		if key <= after {
			continue
		}
		if p.More = len(p.Objects) == MaxDelete; p.More {
			break
		}
		if o, ok := m.find(Location{bucket, key}); ok {
			p.Objects = append(p.Objects, Object{Key: key, Size: int64(len(o.body)), ETag: etagOf(o.body), Modified: o.modified})
		}
	}
	return p, nil
}

// Open implements Objects.
func (m *Memory) Open(_ context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error) {
	at := Location{bucket, key}
	o, ok := m.find(at)
	switch {
	case !ok:
		return nil, flink.Errorf(flink.NotFound, "read "+at.String(), "there is no such object")
	case etag != "" && etag != etagOf(o.body):
		return nil, flink.Errorf(flink.Conflict, "read "+at.String(), "it was written anew")
	case from > int64(len(o.body)) || from == int64(len(o.body)) && from > 0:
		return nil, flink.Errorf(flink.Refused, "read "+at.String(), "it has %d bytes and none from %d on", len(o.body), from)
	}
	return io.NopCloser(bytes.NewReader(o.body[from:])), nil
}

// Delete implements Objects.
func (m *Memory) Delete(_ context.Context, bucket string, keys []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		delete(m.objects, Location{bucket, key})
	}
	return nil
}

func (m *Memory) find(at Location) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[at]
	return o, ok
}

func etagOf(body []byte) string {
	sum := md5.Sum(body) //nolint:gosec // S3's own ETag
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
