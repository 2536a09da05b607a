package inprocess

import (
	"context"
	"io"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// counted counts what S3 bills of the ledger.
type counted struct {
	*ledger.Memory
	counts *figures.Release
}

// Get implements ledger.Objects.
func (c *counted) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	c.counts.Reads++
	return c.Memory.Get(ctx, key)
}

// Put implements ledger.Objects.
func (c *counted) Put(ctx context.Context, key string, body []byte) error {
	c.counts.Writes++
	return c.Memory.Put(ctx, key, body)
}

// PutIf implements ledger.Objects.
func (c *counted) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	c.counts.Writes++
	return c.Memory.PutIf(ctx, key, body, v)
}

// Keys implements ledger.Objects.
func (c *counted) Keys(ctx context.Context, prefix string) ([]string, error) {
	c.counts.Writes++
	return c.Memory.Keys(ctx, prefix)
}

// countedArtifacts counts what S3 bills of the artifact bucket and of pinning.
type countedArtifacts struct {
	*artifacts.Memory
	counts *figures.Release
}

// Head implements task.Artifacts.
func (c *countedArtifacts) Head(ctx context.Context, bucket, key string) (task.Object, error) {
	c.counts.Reads++
	return c.Memory.Head(ctx, bucket, key)
}

// Newest implements task.Artifacts.
func (c *countedArtifacts) Newest(ctx context.Context, bucket, prefix, suffix string) (task.Object, error) {
	c.counts.Writes++
	return c.Memory.Newest(ctx, bucket, prefix, suffix)
}

// Read implements task.Artifacts.
func (c *countedArtifacts) Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error) {
	c.counts.Reads++
	return c.Memory.Read(ctx, bucket, key, version, limit)
}

// Download implements task.Artifacts.
func (c *countedArtifacts) Download(ctx context.Context, bucket, key, version string, to io.Writer, limit int64) error {
	c.counts.Reads++
	return c.Memory.Download(ctx, bucket, key, version, to, limit)
}

// Pin implements task.Artifacts.
func (c *countedArtifacts) Pin(ctx context.Context, bucket, key string, body io.ReadSeeker) error {
	c.counts.Writes++
	return c.Memory.Pin(ctx, bucket, key, body)
}
