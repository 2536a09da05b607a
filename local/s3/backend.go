package s3

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	gateway "github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// backend is the gateway's backend with two things put around it.
//
// Events: what S3 would tell EventBridge, told before the writer is answered,
// in the order in which a key was written.
//
// Locks: the gateway publishes an object in one step, but reads it in several
// (its ETag and version by name, then its content), and deletes without the
// publish lock. A reader could get the content of the next version under the
// name of this one. So operations on one key exclude each other here, as
// Amazon's strong consistency promises.
type backend struct {
	gateway.Backend
	keys     keys
	notifies map[string]bool // by bucket name
	events   sender
}

func newBackend(inner gateway.Backend, o Options) *backend {
	notifies := map[string]bool{}
	for _, b := range o.Buckets {
		notifies[b.Name] = b.Notifies
	}
	return &backend{
		Backend: inner, keys: keys{held: map[[2]string]*held{}}, notifies: notifies,
		events: sender{account: o.Account, region: o.Region, send: o.Notify, now: time.Now},
	}
}

func reads(bucket, key *string) claim {
	return claim{bucket: aws.ToString(bucket), key: aws.ToString(key)}
}

func writes(bucket, key *string) claim {
	return claim{bucket: aws.ToString(bucket), key: aws.ToString(key), write: true}
}

// PutObject implements gateway.Backend.
func (b *backend) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	defer b.keys.lock(writes(in.Bucket, in.Key))()
	out, err := b.Backend.PutObject(ctx, in)
	if err == nil {
		b.created("PutObject", object{bucket: *in.Bucket, key: *in.Key, size: aws.ToInt64(out.Size), etag: out.ETag, version: out.VersionID})
	}
	return out, err
}

// CompleteMultipartUpload implements gateway.Backend.
func (b *backend) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	defer b.keys.lock(writes(in.Bucket, in.Key))()
	out, version, err := b.Backend.CompleteMultipartUpload(ctx, in)
	if err == nil {
		b.created("CompleteMultipartUpload", object{
			bucket: *in.Bucket, key: *in.Key, size: b.sizeOf(ctx, in.Bucket, in.Key), etag: aws.ToString(out.ETag), version: version,
		})
	}
	return out, version, err
}

// CopyObject implements gateway.Backend.
func (b *backend) CopyObject(ctx context.Context, in s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	defer b.keys.lock(source(aws.ToString(in.CopySource)), writes(in.Bucket, in.Key))()
	out, err := b.Backend.CopyObject(ctx, in)
	if err == nil && out.CopyObjectResult != nil {
		b.created("CopyObject", object{
			bucket: *in.Bucket, key: *in.Key, size: b.sizeOf(ctx, in.Bucket, in.Key),
			etag: aws.ToString(out.CopyObjectResult.ETag), version: aws.ToString(out.VersionId),
		})
	}
	return out, err
}

// source reads the header x-amz-copy-source: bucket/key, percent-encoded, perhaps with ?versionId=.
func source(header string) claim {
	header, _, _ = strings.Cut(strings.TrimPrefix(header, "/"), "?versionId=")
	if decoded, err := url.PathUnescape(header); err == nil {
		header = decoded
	}
	bucket, key, _ := strings.Cut(header, "/")
	return claim{bucket: bucket, key: key}
}

// sizeOf asks for the size of an object just written, whose lock is held.
func (b *backend) sizeOf(ctx context.Context, bucket, key *string) int64 {
	head, err := b.Backend.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		return 0
	}
	return aws.ToInt64(head.ContentLength)
}

// created sends the event of a new object where its bucket is to notify.
func (b *backend) created(reason string, o object) {
	if b.notifies[o.bucket] {
		b.events.created(reason, o)
	}
}

// GetObject implements gateway.Backend. The content is read after the lock has
// been given back: the file is open by then.
func (b *backend) GetObject(ctx context.Context, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	defer b.keys.lock(reads(in.Bucket, in.Key))()
	return b.Backend.GetObject(ctx, in)
}

// HeadObject implements gateway.Backend.
func (b *backend) HeadObject(ctx context.Context, in *s3.HeadObjectInput) (*s3.HeadObjectOutput, error) {
	defer b.keys.lock(reads(in.Bucket, in.Key))()
	return b.Backend.HeadObject(ctx, in)
}

// GetObjectAttributes implements gateway.Backend.
func (b *backend) GetObjectAttributes(ctx context.Context, in *s3.GetObjectAttributesInput) (s3response.GetObjectAttributesResponse, error) {
	defer b.keys.lock(reads(in.Bucket, in.Key))()
	return b.Backend.GetObjectAttributes(ctx, in)
}

// DeleteObject implements gateway.Backend.
func (b *backend) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput) (*s3.DeleteObjectOutput, error) {
	defer b.keys.lock(writes(in.Bucket, in.Key))()
	return b.Backend.DeleteObject(ctx, in)
}

// DeleteObjects implements gateway.Backend.
func (b *backend) DeleteObjects(ctx context.Context, in *s3.DeleteObjectsInput) (s3response.DeleteResult, error) {
	var claims []claim
	if in.Delete != nil {
		for _, o := range in.Delete.Objects {
			claims = append(claims, writes(in.Bucket, o.Key))
		}
	}
	defer b.keys.lock(claims...)()
	return b.Backend.DeleteObjects(ctx, in)
}

// UploadPartCopy implements gateway.Backend.
func (b *backend) UploadPartCopy(ctx context.Context, in *s3.UploadPartCopyInput) (s3response.CopyPartResult, error) {
	defer b.keys.lock(source(aws.ToString(in.CopySource)))()
	return b.Backend.UploadPartCopy(ctx, in)
}
