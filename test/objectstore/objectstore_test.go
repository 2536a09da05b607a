package objectstore_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/ledger/ledgertest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/local/s3"
)

const artifactBucket = "artifacts"

var (
	client *sdk.Client
	serial atomic.Int32
)

// TestMain starts the one gateway that a process may have.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "objectstore-*")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	const key, secret, region = "AKLOCAL", "throw-away-secret", "us-east-1"
	server, err := s3.Start(context.Background(), s3.Options{Dir: dir, Listen: "127.0.0.1:0", AccessKey: key, SecretKey: secret,
		Account: "111122223333", Region: region, Buckets: []s3.Bucket{{Name: artifactBucket, Versioned: true}}})
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client = sdk.New(sdk.Options{Region: region, BaseEndpoint: aws.String(server.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, "")})
	return m.Run()
}

// bucket makes an empty, versioned bucket.
func bucket(t *testing.T) string {
	name := fmt.Sprintf("ledger-%d", serial.Add(1))
	_, err := client.CreateBucket(t.Context(), &sdk.CreateBucketInput{Bucket: &name})
	must(t, err)
	return name
}

func TestTheLedgerOnS3Conforms(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledger.Objects { return ledger.S3{Client: client, Bucket: bucket(t)} })
}

func TestSavepointsOnS3Conform(t *testing.T) {
	savepointtest.Run(t, func(t *testing.T) savepointtest.Fixture {
		b := bucket(t)
		return savepointtest.Fixture{Objects: savepoint.S3{Client: client}, Bucket: b, Put: func(t *testing.T, key string, body []byte) {
			_, err := client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &b, Key: &key, Body: bytes.NewReader(body)})
			must(t, err)
		}}
	})
}

func put(t *testing.T, key, body string) {
	_, err := client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String(artifactBucket), Key: &key, Body: bytes.NewReader([]byte(body))})
	must(t, err)
}

func TestAnArtifactIsReadAtTheVersionThatTheEventNamed(t *testing.T) {
	a, ctx := artifacts.S3{Client: client}, t.Context()
	const key = "team-a/versions/x.jar"
	put(t, key, "first")
	first, err := a.Head(ctx, artifactBucket, key)
	must(t, err)
	put(t, key, "second")
	second, err := a.Head(ctx, artifactBucket, key)
	must(t, err)
	if first.Version == "" || first.Version == second.Version || first.ETag == second.ETag {
		t.Fatalf("first %+v, second %+v", first, second)
	}
	for version, want := range map[string]string{first.Version: "first", second.Version: "second", "": "second"} {
		got, err := a.Read(ctx, artifactBucket, key, version, 100)
		must(t, err)
		if string(got) != want {
			t.Errorf("version %q reads %q", version, got)
		}
	}
	if _, err := a.Read(ctx, artifactBucket, key, "", 3); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("more than the limit: %v", err)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	a, ctx := artifacts.S3{Client: client}, t.Context()
	_, head := a.Head(ctx, artifactBucket, "team-a/none/x.jar")
	_, read := a.Read(ctx, artifactBucket, "team-a/none/x.jar", "", 10)
	_, newest := a.Newest(ctx, artifactBucket, "team-a/none/", ".jar")
	for op, err := range map[string]error{"head": head, "read": read, "newest": newest} {
		if flink.CodeOf(err) != flink.NotFound {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestTheNewestJarOfAPrefixIsFound(t *testing.T) {
	a := artifacts.S3{Client: client}
	put(t, "team-a/newest/b.jar", "older")
	time.Sleep(1100 * time.Millisecond) // S3's times have whole seconds
	put(t, "team-a/newest/a.jar", "newer")
	put(t, "team-a/newest/application.yaml", "no jar")
	put(t, "team-a/newest-other/z.jar", "another application's")
	o, err := a.Newest(t.Context(), artifactBucket, "team-a/newest/", ".jar")
	must(t, err)
	if o.Key != "team-a/newest/a.jar" {
		t.Errorf("got %+v", o)
	}
}

func TestAPinnedJarIsWrittenOnce(t *testing.T) {
	a, b := artifacts.S3{Client: client}, bucket(t)
	for _, body := range []string{"the bytes", "never looked at"} {
		must(t, a.Pin(t.Context(), b, "jars/abc.jar", bytes.NewReader([]byte(body))))
	}
	got, err := a.Read(t.Context(), b, "jars/abc.jar", "", 100)
	must(t, err)
	if string(got) != "the bytes" {
		t.Errorf("got %q", got)
	}
}

var _ task.Artifacts = artifacts.S3{}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
