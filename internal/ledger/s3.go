package ledger

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/sluice-flink/sluice/internal/flink"
)

// maxObject bounds what is read of one object: documents are small, and a
// damaged or planted one must not fill the memory.
const maxObject = 16 << 20 // bytes

// S3 keeps objects in a bucket. Conditional writes are S3's own
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html):
// a lost race answers 412, or 409 while two are under way.
type S3 struct {
	Client *s3.Client
	Bucket string
}

// Get implements Objects.
func (b S3) Get(ctx context.Context, key string) ([]byte, Version, error) {
	out, err := b.Client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Bucket, Key: &key})
	if err != nil {
		return nil, "", S3Error("read s3://"+b.Bucket+"/"+key, err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(out.Body, maxObject+1))
	if err != nil {
		return nil, "", flink.Errorf(flink.Unavailable, "read s3://"+b.Bucket+"/"+key, "%w", err)
	}
	if len(body) > maxObject {
		return nil, "", flink.Errorf(flink.Invalid, "read s3://"+b.Bucket+"/"+key, "the object is larger than %d bytes", maxObject)
	}
	return body, Version(aws.ToString(out.ETag)), nil
}

// Put implements Objects.
func (b S3) Put(ctx context.Context, key string, body []byte) error {
	return b.put(ctx, key, body, &s3.PutObjectInput{})
}

// PutIf implements Objects.
func (b S3) PutIf(ctx context.Context, key string, body []byte, v Version) error {
	if v == "" {
		return b.put(ctx, key, body, &s3.PutObjectInput{IfNoneMatch: aws.String("*")})
	}
	return b.put(ctx, key, body, &s3.PutObjectInput{IfMatch: aws.String(string(v))})
}

func (b S3) put(ctx context.Context, key string, body []byte, in *s3.PutObjectInput) error {
	in.Bucket, in.Key, in.Body, in.ContentType = &b.Bucket, &key, bytes.NewReader(body), aws.String("application/json")
	if _, err := b.Client.PutObject(ctx, in); err != nil {
		return S3Error("write s3://"+b.Bucket+"/"+key, err)
	}
	return nil
}

// Keys implements Objects.
func (b S3) Keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	err := b.list(ctx, prefix, func(o types.Object) { keys = append(keys, aws.ToString(o.Key)) })
	return keys, err
}

// Versions implements Objects. A listing has the ETag that a read answers with, as
// strongly consistent (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html).
func (b S3) Versions(ctx context.Context, prefix string) (map[string]Version, error) {
	versions := map[string]Version{}
	err := b.list(ctx, prefix, func(o types.Object) { versions[aws.ToString(o.Key)] = Version(aws.ToString(o.ETag)) })
	return versions, err
}

func (b S3) list(ctx context.Context, prefix string, each func(types.Object)) error {
	for p := s3.NewListObjectsV2Paginator(b.Client, &s3.ListObjectsV2Input{Bucket: &b.Bucket, Prefix: &prefix}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return S3Error("list s3://"+b.Bucket+"/"+prefix, err)
		}
		for _, o := range page.Contents {
			each(o)
		}
	}
	return nil
}

// noBucket is S3's answer where the bucket itself is not there. It shares its
// status with an object that is not
// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
const noBucket = "NoSuchBucket"

// S3Error gives an SDK error its code: 404 NotFound, 412 and 409 Conflict, 403
// and other 4xx Refused, anything else Unavailable. A bucket that is not there is
// Refused: that says nothing of the objects somebody supposes in it.
func S3Error(op string, err error) error {
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) {
		return flink.Errorf(flink.Unavailable, op, "%w", err)
	}
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == noBucket {
		return flink.Errorf(flink.Refused, op, "%w", err)
	}
	switch code := answer.HTTPStatusCode(); {
	case code == http.StatusNotFound:
		return flink.Errorf(flink.NotFound, op, "%w", err)
	case code == http.StatusPreconditionFailed, code == http.StatusConflict:
		return flink.Errorf(flink.Conflict, op, "%w", err)
	case code >= 400 && code < 500 && code != http.StatusTooManyRequests:
		return flink.Errorf(flink.Refused, op, "%w", err)
	}
	return flink.Errorf(flink.Unavailable, op, "%w", err)
}
