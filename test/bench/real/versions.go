package real

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar"
)

// The sample's versions, by the names of their jars.
const (
	v1           = "counter-v1.jar"
	v2           = "counter-v2.jar"
	unrestorable = "counter-v3-unrestorable.jar"
	restartLoop  = "counter-v4-restart-loop.jar"
)

// next is the good version that an application does not run.
func (b *Bench) next(app flink.Application) string {
	if b.version[app] == v1 {
		return v2
	}
	return v1
}

func (b *Bench) jar(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(b.laptop.Kit.Jobs, name))
}

// upload writes an object of the artifact bucket and tells its version.
func (b *Bench) upload(ctx context.Context, key string, body []byte) (string, error) {
	out, err := b.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.laptop.Where.Artifacts, Key: &key, Body: bytes.NewReader(body)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.VersionId), nil
}

// place puts a jar where pods fetch it from, as whoever uses kubectl has to, and
// says what is needed to name it in a manifest.
func (b *Bench) place(ctx context.Context, name string) (flink.PinnedJar, error) {
	body, err := b.jar(name)
	if err != nil {
		return flink.PinnedJar{}, err
	}
	facts, err := jar.Check(bytes.NewReader(body), int64(len(body)), jar.Options{})
	if err != nil {
		return flink.PinnedJar{}, err
	}
	sum := sha256.Sum256(body)
	placed := flink.PinnedJar{Bucket: b.laptop.Where.Data, Key: "jars/" + name, SHA256: hex.EncodeToString(sum[:]), File: name, EntryClass: facts.EntryClass}
	_, err = b.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &placed.Bucket, Key: &placed.Key, Body: bytes.NewReader(body)})
	return placed, err
}
