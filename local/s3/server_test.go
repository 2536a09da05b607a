package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/s3"
)

// inbox collects events; its method is called from the gateway's goroutines.
type inbox struct {
	mu     sync.Mutex
	events []events.Event
}

func (i *inbox) add(e events.Event) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.events = append(i.events, e)
}

func start(t *testing.T, dir string, in *inbox) *awss3.Client {
	t.Helper()
	o := s3.Options{
		Dir: dir, Listen: "127.0.0.1:0", AccessKey: "AKLOCAL", SecretKey: "secret", Account: "111122223333", Region: "eu-west-3", Notify: in.add,
		Buckets: []s3.Bucket{{Name: "artifacts", Versioned: true, Notifies: true}, {Name: "plain"}},
	}
	server, err := s3.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return awss3.New(awss3.Options{
		Region: "eu-west-3", BaseEndpoint: aws.String(server.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("AKLOCAL", "secret", ""),
	})
}

func put(t *testing.T, client *awss3.Client, bucket, key, body string) *awss3.PutObjectOutput {
	t.Helper()
	out, err := client.PutObject(context.Background(), &awss3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t *testing.T, client *awss3.Client, bucket, key string, version *string) string {
	t.Helper()
	out, err := client.GetObject(context.Background(), &awss3.GetObjectInput{Bucket: &bucket, Key: &key, VersionId: version})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestObjectsAndTheirVersionsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	var first *awss3.PutObjectOutput
	t.Run("before", func(t *testing.T) {
		client := start(t, dir, &inbox{})
		first = put(t, client, "artifacts", "team/app/a b.jar", "one")
		put(t, client, "artifacts", "team/app/a b.jar", "two")
	})
	t.Run("after", func(t *testing.T) {
		client := start(t, dir, &inbox{})
		if got := get(t, client, "artifacts", "team/app/a b.jar", nil); got != "two" {
			t.Errorf("the current version is %q", got)
		}
		if got := get(t, client, "artifacts", "team/app/a b.jar", first.VersionId); got != "one" {
			t.Errorf("the first version is %q", got)
		}
	})
}

func TestEveryNewObjectOfANotifyingBucketIsAnEvent(t *testing.T) {
	in := &inbox{}
	client := start(t, t.TempDir(), in)
	ctx := context.Background()
	first := put(t, client, "artifacts", "team/app/a b+é.jar", "one")
	put(t, client, "plain", "unheard.jar", "x")
	copied, err := client.CopyObject(ctx, &awss3.CopyObjectInput{
		Bucket: aws.String("artifacts"), Key: aws.String("copy.jar"), CopySource: aws.String("artifacts/team/app/a%20b%2B%C3%A9.jar"),
	})
	if err != nil {
		t.Fatal(err)
	}
	multipart(t, client, "artifacts", "big.jar", []byte("parts"))

	if len(in.events) != 3 {
		t.Fatalf("got %d events: %+v", len(in.events), in.events)
	}
	last := ""
	for i, want := range []struct {
		reason, key, etag, version string
		size                       int64
	}{
		{"PutObject", "team/app/a b+é.jar", "f97c5d29941bfb1b2fdab0874906ab82", aws.ToString(first.VersionId), 3},
		{"CopyObject", "copy.jar", "f97c5d29941bfb1b2fdab0874906ab82", aws.ToString(copied.VersionId), 3},
		{"CompleteMultipartUpload", "big.jar", "", "", 5},
	} {
		e := in.events[i]
		d, ok, err := events.ObjectCreated(e)
		if err != nil || !ok {
			t.Fatalf("event %d is no Object Created event: %v", i, err)
		}
		if d.Reason != want.reason || d.Object.Key != want.key || d.Object.Size != want.size || d.Bucket.Name != "artifacts" {
			t.Errorf("event %d: got %+v, want %+v", i, d, want)
		}
		if want.etag != "" && (d.Object.ETag != want.etag || d.Object.VersionID != want.version || want.version == "") {
			t.Errorf("event %d: etag %q version %q, want %+v", i, d.Object.ETag, d.Object.VersionID, want)
		}
		if diff := cmp.Diff([]string{"arn:aws:s3:::artifacts"}, e.Resources); diff != "" || e.Account != "111122223333" || e.Region != "eu-west-3" {
			t.Errorf("event %d: envelope %+v", i, e)
		}
		if len(d.Object.Sequencer) != 18 || d.Object.Sequencer <= last {
			t.Errorf("event %d: sequencer %q does not follow %q", i, d.Object.Sequencer, last)
		}
		last = d.Object.Sequencer
	}
}

func multipart(t *testing.T, client *awss3.Client, bucket, key string, body []byte) {
	t.Helper()
	ctx := context.Background()
	upload, err := client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	part, err := client.UploadPart(ctx, &awss3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: upload.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &key, UploadId: upload.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOfManyConditionalWritersExactlyOneWins(t *testing.T) {
	client := start(t, t.TempDir(), &inbox{})
	current := put(t, client, "artifacts", "there", "before")
	cases := map[string]func(*awss3.PutObjectInput){
		"new":   func(in *awss3.PutObjectInput) { in.IfNoneMatch = aws.String("*") },
		"there": func(in *awss3.PutObjectInput) { in.IfMatch = current.ETag },
	}
	for key, condition := range cases {
		t.Run(key, func(t *testing.T) {
			won := race(t, client, key, condition)
			if len(won) != 1 {
				t.Fatalf("%d writers won: %v", len(won), won)
			}
			if got := get(t, client, "artifacts", key, nil); got != won[0] {
				t.Errorf("the object holds %q, the winner wrote %q", got, won[0])
			}
		})
	}
}

// race lets 32 writers write at once and returns the bodies of those that won.
// Everybody else must have been told that the condition did not hold.
func race(t *testing.T, client *awss3.Client, key string, condition func(*awss3.PutObjectInput)) []string {
	t.Helper()
	const writers = 32
	var group sync.WaitGroup
	begin := make(chan struct{})
	results := make([]error, writers)
	for i := range writers {
		group.Go(func() {
			<-begin
			in := &awss3.PutObjectInput{Bucket: aws.String("artifacts"), Key: &key, Body: strings.NewReader(fmt.Sprint("writer ", i))}
			condition(in)
			_, results[i] = client.PutObject(context.Background(), in)
		})
	}
	close(begin)
	group.Wait()
	var won []string
	for i, err := range results {
		var refused smithy.APIError
		switch {
		case err == nil:
			won = append(won, fmt.Sprint("writer ", i))
		case !errors.As(err, &refused) || refused.ErrorCode() != "PreconditionFailed":
			t.Errorf("writer %d was told: %v", i, err)
		}
	}
	return won
}

func TestAVersionIsReadWholeWhileNewOnesAreWritten(t *testing.T) {
	client := start(t, t.TempDir(), &inbox{})
	ctx := context.Background()
	key, bucket := "hot", "artifacts"
	put(t, client, bucket, key, "0")
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(done)
		for i := range 100 {
			put(t, client, bucket, key, strings.Repeat("x", i%7+1))
		}
	})
	for {
		select {
		case <-done:
			group.Wait()
			return
		default:
		}
		head, err := client.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, client, bucket, key, head.VersionId); int64(len(got)) != *head.ContentLength {
			t.Fatalf("version %s has %d bytes by HEAD and %d by GET", *head.VersionId, *head.ContentLength, len(got))
		}
	}
}

func TestOthersCredentialsAreRefused(t *testing.T) {
	client := start(t, t.TempDir(), &inbox{})
	stranger := func(o *awss3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("AKLOCAL", "guess", "")
	}
	_, err := client.ListObjectsV2(context.Background(), &awss3.ListObjectsV2Input{Bucket: aws.String("plain")}, stranger)
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("got %v", err)
	}
}
