package continuity

import (
	"context"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Bucket is a sink in S3.
type Bucket struct {
	Client *s3.Client
	Name   string
	Prefix string // ends in /
}

// List implements Source.
func (b Bucket) List(ctx context.Context) ([]string, error) {
	var keys []string
	for p := s3.NewListObjectsV2Paginator(b.Client, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &b.Prefix}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			keys = append(keys, aws.ToString(o.Key))
		}
	}
	return keys, nil
}

// Open implements Source.
func (b Bucket) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	out, err := b.Client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: &name})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

// Files is a sink in a directory.
type Files struct{ FS fs.FS }

// List implements Source.
func (f Files) List(context.Context) ([]string, error) {
	var names []string
	err := fs.WalkDir(f.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// Open implements Source.
func (f Files) Open(_ context.Context, name string) (io.ReadCloser, error) { return f.FS.Open(name) }
