package ledger_test

import (
	"net/http"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Somebody who takes a bucket that is not there for objects that are not there
// finds every savepoint damaged, and every application new.
func TestABucketThatIsNotThereIsNoObjectThatIsNotThere(t *testing.T) {
	for code, want := range map[string]flink.Code{"NoSuchKey": flink.NotFound, "NotFound": flink.NotFound, "NoSuchBucket": flink.Refused} {
		err := &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusNotFound}},
			Err:      &smithy.GenericAPIError{Code: code, Message: "as S3 says it"},
		}}
		if got := flink.CodeOf(ledger.S3Error("read", err)); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}
