package savepoint

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// S3 implements Objects.
type S3 struct{ Client *s3.Client }

var _ Objects = S3{}

// List implements Objects.
func (s S3) List(ctx context.Context, bucket, prefix, after string) (Page, error) {
	in := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix}
	if after != "" {
		in.StartAfter = &after
	}
	out, err := s.Client.ListObjectsV2(ctx, in)
	if err != nil {
		return Page{}, ledger.S3Error("list "+Location{bucket, prefix}.String(), err)
	}
	p := Page{More: aws.ToBool(out.IsTruncated)}
	for _, o := range out.Contents {
		p.Objects = append(p.Objects, Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)})
	}
	return p, nil
}

// Open implements Objects.
func (s S3) Open(ctx context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if etag != "" {
		in.IfMatch = &etag
	}
	if from > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", from))
	}
	op := "read " + Location{bucket, key}.String()
	// The client would compare S3's own checksum, where there is one, and fail as if
	// the network had: whoever reads here compares and says which file is damaged.
	out, err := s.Client.GetObject(ctx, in, func(o *s3.Options) { o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired })
	if err != nil {
		return nil, ledger.S3Error(op, err)
	}
	return body{out.Body, op}, nil
}

// Delete implements Objects. S3 answers for each key on its own.
func (s S3) Delete(ctx context.Context, bucket string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	d := types.Delete{Quiet: aws.Bool(true)}
	for _, key := range keys {
		d.Objects = append(d.Objects, types.ObjectIdentifier{Key: aws.String(key)})
	}
	op := "remove files from s3://" + bucket
	out, err := s.Client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &d})
	if err != nil {
		return ledger.S3Error(op, err)
	}
	if len(out.Errors) == 0 {
		return nil
	}
	first, code := out.Errors[0], flink.Unavailable
	if aws.ToString(first.Code) == "AccessDenied" {
		code = flink.Refused
	}
	return flink.Errorf(code, op, "%d of %d were not removed: %s: %s: %s", len(out.Errors), len(keys), aws.ToString(first.Key), aws.ToString(first.Code), aws.ToString(first.Message))
}

// body tells an answer that broke off from an object that ends.
type body struct {
	io.ReadCloser
	op string
}

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = flink.Errorf(flink.Unavailable, b.op, "%w", err)
	}
	return n, err
}
