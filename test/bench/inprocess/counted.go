package inprocess

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// requests counts what S3 bills: functions ask it from several goroutines.
type requests struct{ reads, writes atomic.Int64 }

func (r *requests) made() figures.Requests {
	return figures.Requests{Reads: int(r.reads.Load()), Writes: int(r.writes.Load())}
}

func (r *requests) reset() {
	r.reads.Store(0)
	r.writes.Store(0)
}

// counted counts what S3 bills of the ledger.
type counted struct {
	*ledger.Memory
	counts *requests
}

// Get implements ledger.Objects.
func (c *counted) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	c.counts.reads.Add(1)
	return c.Memory.Get(ctx, key)
}

// Put implements ledger.Objects.
func (c *counted) Put(ctx context.Context, key string, body []byte) error {
	c.counts.writes.Add(1)
	return c.Memory.Put(ctx, key, body)
}

// PutIf implements ledger.Objects.
func (c *counted) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	c.counts.writes.Add(1)
	return c.Memory.PutIf(ctx, key, body, v)
}

// Keys implements ledger.Objects.
func (c *counted) Keys(ctx context.Context, prefix string) ([]string, error) {
	c.counts.writes.Add(1)
	return c.Memory.Keys(ctx, prefix)
}

// countedStates counts what S3 bills of the bucket that savepoints lie in.
type countedStates struct {
	*savepoint.Memory
	counts *requests
}

// List implements savepoint.Objects.
func (c *countedStates) List(ctx context.Context, bucket, prefix, after string) (savepoint.Page, error) {
	c.counts.writes.Add(1)
	return c.Memory.List(ctx, bucket, prefix, after)
}

// Open implements savepoint.Objects.
func (c *countedStates) Open(ctx context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error) {
	c.counts.reads.Add(1)
	return c.Memory.Open(ctx, bucket, key, etag, from)
}

// Versions implements ledger.Objects.
func (c *counted) Versions(ctx context.Context, prefix string) (map[string]ledger.Version, error) {
	c.counts.writes.Add(1)
	return c.Memory.Versions(ctx, prefix)
}

// countedArtifacts counts what S3 bills of the artifact bucket and of pinning.
type countedArtifacts struct {
	*artifacts.Memory
	counts *requests
}

// Head implements task.Artifacts.
func (c *countedArtifacts) Head(ctx context.Context, bucket, key string) (task.Object, error) {
	c.counts.reads.Add(1)
	return c.Memory.Head(ctx, bucket, key)
}

// Newest implements task.Artifacts.
func (c *countedArtifacts) Newest(ctx context.Context, bucket, prefix, suffix string) (task.Object, error) {
	c.counts.writes.Add(1)
	return c.Memory.Newest(ctx, bucket, prefix, suffix)
}

// Read implements task.Artifacts.
func (c *countedArtifacts) Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error) {
	c.counts.reads.Add(1)
	return c.Memory.Read(ctx, bucket, key, version, limit)
}

// Download implements task.Artifacts.
func (c *countedArtifacts) Download(ctx context.Context, bucket, key, version string, to io.Writer, limit int64) error {
	c.counts.reads.Add(1)
	return c.Memory.Download(ctx, bucket, key, version, to, limit)
}

// Pin implements task.Artifacts.
func (c *countedArtifacts) Pin(ctx context.Context, bucket, key string, body io.ReadSeeker) error {
	c.counts.writes.Add(1)
	return c.Memory.Pin(ctx, bucket, key, body)
}
