package savepoint

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // S3's own ETag
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Memory implements Objects in memory, for tests and simulations.
type Memory struct {
	mu      sync.Mutex
	objects map[Location]remembered
	keys    map[string][]string // of each bucket, ascending
}

type remembered struct {
	body     []byte
	etag     string
	modified time.Time
}

var _ Objects = (*Memory)(nil)

// NewMemory makes an empty one.
func NewMemory() *Memory {
	return &Memory{objects: map[Location]remembered{}, keys: map[string][]string{}}
}

// Put writes an object.
func (m *Memory) Put(at Location, body []byte, modified time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[at] = remembered{bytes.Clone(body), etagOf(body), modified}
	keys := m.keys[at.Bucket]
	if i, known := slices.BinarySearch(keys, at.Key); !known {
		m.keys[at.Bucket] = slices.Insert(keys, i, at.Key)
	}
}

// Keys lists the keys of a bucket below a prefix, ascending.
func (m *Memory) Keys(bucket, prefix string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var below []string
	for _, key := range m.from(bucket, prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		below = append(below, key)
	}
	return below
}

// from are the keys of a bucket from one on.
func (m *Memory) from(bucket, first string) []string {
	i, _ := slices.BinarySearch(m.keys[bucket], first)
	return m.keys[bucket][i:]
}

// List implements Objects, with the pages of S3.
func (m *Memory) List(_ context.Context, bucket, prefix, after string) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var p Page
	for _, key := range m.from(bucket, max(prefix, after)) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		if key == after {
			continue
		}
		if p.More = len(p.Objects) == MaxDelete; p.More {
			break
		}
		o := m.objects[Location{bucket, key}]
		p.Objects = append(p.Objects, Object{Key: key, Size: int64(len(o.body)), ETag: o.etag, Modified: o.modified})
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
	case etag != "" && etag != o.etag:
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
		if i, known := slices.BinarySearch(m.keys[bucket], key); known {
			m.keys[bucket] = slices.Delete(m.keys[bucket], i, i+1)
		}
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
