package objectstore_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/sluice-flink/sluice/infra/account"
)

// A bucket can be deleted only when no version, no mark of a deletion and no
// unfinished upload is in it.
func TestABucketIsEmptyOfVersionsDeletionsAndUnfinishedUploads(t *testing.T) {
	b := bucket(t)
	_, err := client.PutBucketVersioning(t.Context(), &sdk.PutBucketVersioningInput{Bucket: &b, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	must(t, err)
	for _, body := range []string{"one", "two", "three"} {
		for _, key := range []string{"a", "b/c"} {
			_, err := client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &b, Key: &key, Body: strings.NewReader(body)})
			must(t, err)
		}
	}
	_, err = client.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: &b, Key: aws.String("a")})
	must(t, err)
	_, err = client.CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: &b, Key: aws.String("unfinished")})
	must(t, err)

	in := account.Account{Objects: client}
	if count, bytes, more, there, err := in.Size(t.Context(), b); count != 6 || bytes != 22 || more || !there || err != nil {
		t.Errorf("it holds %d versions, %d bytes, more %v, there %v, %v", count, bytes, more, there, err)
	}
	for range 2 { // again, it is empty already
		must(t, in.Empty(t.Context(), b))
	}
	if count, _, _, there, err := in.Size(t.Context(), b); count != 0 || !there || err != nil {
		t.Errorf("%d versions are left, there %v, %v", count, there, err)
	}
	_, err = client.DeleteBucket(t.Context(), &sdk.DeleteBucketInput{Bucket: &b})
	must(t, err)
	must(t, in.Empty(t.Context(), b))
	if _, _, _, there, err := in.Size(t.Context(), b); there || err != nil {
		t.Errorf("of a bucket that is gone: there %v, %v", there, err)
	}
}
