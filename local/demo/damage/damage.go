package damage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Flip changes one byte in the middle of a savepoint's largest file beside its
// _metadata, and tells the file's path. There is none where all state is small
// enough for Flink to keep it in _metadata: then nothing is changed.
func Flip(ctx context.Context, client *s3.Client, snapshot string) (string, error) {
	dir, sizes, err := list(ctx, client, snapshot)
	if err != nil {
		return "", err
	}
	key, size := "", int64(0)
	for k, n := range sizes {
		if n > size && path.Base(k) != "_metadata" {
			key, size = k, n
		}
	}
	if key == "" {
		return "", fmt.Errorf("%s has no file beside its _metadata", snapshot)
	}
	return savepoint.Location{Bucket: dir.Bucket, Key: key}.String(), flip(ctx, client, dir.Bucket, key)
}

// Files counts the objects that there are of a savepoint.
func Files(ctx context.Context, client *s3.Client, snapshot string) (int, error) {
	_, sizes, err := list(ctx, client, snapshot)
	return len(sizes), err
}

// list tells the sizes of the objects in a savepoint's directory, by key.
func list(ctx context.Context, client *s3.Client, snapshot string) (savepoint.Location, map[string]int64, error) {
	dir, err := savepoint.ParseLocation(snapshot)
	if err != nil {
		return dir, nil, err
	}
	sizes := map[string]int64{}
	for p := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: &dir.Bucket, Prefix: aws.String(dir.Key + "/")}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return dir, nil, err
		}
		for _, o := range page.Contents {
			sizes[aws.ToString(o.Key)] = aws.ToInt64(o.Size)
		}
	}
	return dir, sizes, nil
}

func flip(ctx context.Context, client *s3.Client, bucket, key string) error {
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return err
	}
	body, err := io.ReadAll(out.Body)
	if err = errors.Join(err, out.Body.Close()); err != nil {
		return err
	}
	body[len(body)/2] ^= 1
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
	return err
}
