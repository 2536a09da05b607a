package artifacts

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// S3 implements task.Artifacts.
type S3 struct{ Client *s3.Client }

var _ task.Artifacts = S3{}

// Head implements task.Artifacts.
func (a S3) Head(ctx context.Context, bucket, key string) (task.Object, error) {
	out, err := a.Client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return task.Object{}, ledger.S3Error("look at s3://"+bucket+"/"+key, err)
	}
	return task.Object{Key: key, Version: aws.ToString(out.VersionId), ETag: unquote(out.ETag),
		Size: aws.ToInt64(out.ContentLength), Modified: aws.ToTime(out.LastModified)}, nil
}

// Newest implements task.Artifacts.
func (a S3) Newest(ctx context.Context, bucket, prefix, suffix string) (task.Object, error) {
	var newest task.Object
	for p := s3.NewListObjectsV2Paginator(a.Client, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return newest, ledger.S3Error("list s3://"+bucket+"/"+prefix, err)
		}
		for _, o := range page.Contents {
			if at := aws.ToTime(o.LastModified); strings.HasSuffix(aws.ToString(o.Key), suffix) && (newest.Key == "" || at.After(newest.Modified)) {
				newest = task.Object{Key: aws.ToString(o.Key), ETag: unquote(o.ETag), Size: aws.ToInt64(o.Size), Modified: at}
			}
		}
	}
	if newest.Key == "" {
		return newest, flink.Errorf(flink.NotFound, "list s3://"+bucket+"/"+prefix, "no object there ends in %s", suffix)
	}
	return newest, nil
}

// Read implements task.Artifacts.
func (a S3) Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := a.Download(ctx, bucket, key, version, &b, limit)
	return b.Bytes(), err
}

// Download implements task.Artifacts.
func (a S3) Download(ctx context.Context, bucket, key, version string, to io.Writer, limit int64) error {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	op := "read s3://" + bucket + "/" + key
	out, err := a.Client.GetObject(ctx, in)
	if err != nil {
		return ledger.S3Error(op, err)
	}
	defer func() { _ = out.Body.Close() }()
	n, err := io.Copy(to, io.LimitReader(out.Body, limit+1))
	if err != nil {
		return flink.Errorf(flink.Unavailable, op, "%w", err)
	}
	if n > limit {
		return flink.Errorf(flink.Invalid, op, "the object is larger than the %d bytes that are allowed", limit)
	}
	return nil
}

// Pin implements task.Artifacts.
func (a S3) Pin(ctx context.Context, bucket, key string, body io.ReadSeeker) error {
	_, err := a.Client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: body, IfNoneMatch: aws.String("*"),
		ContentType: aws.String("application/java-archive")})
	if err == nil {
		return nil
	}
	if err = ledger.S3Error("pin the jar as s3://"+bucket+"/"+key, err); flink.CodeOf(err) == flink.Conflict {
		return nil // the same bytes are there
	}
	return err
}

func unquote(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }
