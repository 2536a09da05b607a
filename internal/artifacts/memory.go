package artifacts

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // S3's own ETag
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// Memory implements task.Artifacts in memory, for tests and simulations.
// Buckets are versioned, as the artifact bucket is.
type Memory struct {
	mu      sync.Mutex
	objects map[string][]stored // bucket/key, oldest version first
}

type stored struct {
	task.Object
	body []byte
}

var _ task.Artifacts = (*Memory)(nil)

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{objects: map[string][]stored{}} }

// Put writes a new version of an object and tells what it became.
func (m *Memory) Put(bucket, key string, body []byte, at time.Time) task.Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := md5.Sum(body) //nolint:gosec // S3's own ETag
	place := bucket + "/" + key
	o := task.Object{Key: key, Version: "v" + hex.EncodeToString(sum[:4]) + "-" + string(rune('a'+len(m.objects[place]))),
		ETag: hex.EncodeToString(sum[:]), Size: int64(len(body)), Modified: at}
	m.objects[place] = append(m.objects[place], stored{o, body})
	return o
}

// Head implements task.Artifacts.
func (m *Memory) Head(_ context.Context, bucket, key string) (task.Object, error) {
	s, err := m.find(bucket, key, "")
	return s.Object, err
}

// Newest implements task.Artifacts.
func (m *Memory) Newest(_ context.Context, bucket, prefix, suffix string) (task.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var newest task.Object
	for place, versions := range m.objects {
		o := versions[len(versions)-1].Object
		if strings.HasPrefix(place, bucket+"/"+prefix) && strings.HasSuffix(o.Key, suffix) && (newest.Key == "" || o.Modified.After(newest.Modified)) {
			newest = o
		}
	}
	if newest.Key == "" {
		return newest, flink.Errorf(flink.NotFound, "list "+bucket+"/"+prefix, "no object there ends in %s", suffix)
	}
	return newest, nil
}

// Read implements task.Artifacts.
func (m *Memory) Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := m.Download(ctx, bucket, key, version, &b, limit)
	return b.Bytes(), err
}

// Download implements task.Artifacts.
func (m *Memory) Download(_ context.Context, bucket, key, version string, to io.Writer, limit int64) error {
	s, err := m.find(bucket, key, version)
	if err != nil {
		return err
	}
	if s.Size > limit {
		return flink.Errorf(flink.Invalid, "read "+bucket+"/"+key, "the object is larger than the %d bytes that are allowed", limit)
	}
	_, err = to.Write(s.body)
	return err
}

// Pin implements task.Artifacts.
func (m *Memory) Pin(_ context.Context, bucket, key string, body io.ReadSeeker) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return flink.Errorf(flink.Unavailable, "pin "+key, "%w", err)
	}
	if _, err := m.find(bucket, key, ""); err == nil {
		return nil
	}
	m.Put(bucket, key, b, time.Time{})
	return nil
}

func (m *Memory) find(bucket, key, version string) (stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	versions := m.objects[bucket+"/"+key]
	for i := len(versions) - 1; i >= 0; i-- {
		if version == "" || versions[i].Version == version {
			return versions[i], nil
		}
	}
	return stored{}, flink.Errorf(flink.NotFound, "read "+bucket+"/"+key, "there is no such object")
}
