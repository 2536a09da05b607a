package objectstore_test

import (
	"bytes"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
	"github.com/sluice-flink/sluice/local/demo/damage"
)

// TestAFlippedByteIsWhatAVerificationFinds: the file keeps its size, and of all
// files only that one is not what it was.
func TestAFlippedByteIsWhatAVerificationFinds(t *testing.T) {
	b := bucket(t)
	state := []savepointtest.File{{Name: "small", Body: savepointtest.Bytes("a", 100)}, {Name: "large", Body: savepointtest.Bytes("b", 1000)}}
	write := func(key string, body []byte) {
		_, err := client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &b, Key: &key, Body: bytes.NewReader(body)})
		must(t, err)
	}
	write("sp/_metadata", savepointtest.Metadata(1, state...))
	for _, f := range state {
		write("sp/"+f.Name, f.Body)
	}
	path := "s3://" + b + "/sp"
	store := savepoint.Store{Objects: savepoint.S3{Client: client}, Lists: ledger.S3{Client: client, Bucket: b}}
	_, err := store.Record(t.Context(), "sums", path, savepoint.Budget{})
	must(t, err)

	file, err := damage.Flip(t.Context(), client, path)
	must(t, err)
	report, err := store.Verify(t.Context(), "sums", path, savepoint.Report{}, savepoint.Budget{})
	must(t, err)
	if n, err := damage.Files(t.Context(), client, path); file != path+"/large" || len(report.Faults) != 1 || !strings.Contains(report.Message(), file) || n != 3 || err != nil {
		t.Errorf("%s was flipped, %d files, %v; found was %+v", file, n, err, report)
	}
}

func TestASavepointWhoseStateIsInItsMetadataIsLeftAsItIs(t *testing.T) {
	b, key := bucket(t), "sp/_metadata"
	_, err := client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &b, Key: &key, Body: strings.NewReader("m")})
	must(t, err)
	if file, err := damage.Flip(t.Context(), client, "s3://"+b+"/sp"); err == nil {
		t.Errorf("%s was flipped", file)
	}
}
