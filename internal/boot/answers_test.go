package boot

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestAnErrorWithoutEndIsReadToItsBound(t *testing.T) {
	var sent atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		for block := bytes.Repeat([]byte("x"), 1<<16); ; {
			n, err := w.Write(block)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	config, err := awsConfig(t.Context(), Environment{Region: "eu-west-1", AccessKey: "a", SecretKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(config, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String(server.URL), true })
	_, _, err = ledger.S3{Client: client, Bucket: "b"}.Get(t.Context(), "k")
	if flink.CodeOf(err) != flink.Refused {
		t.Errorf("it fails with %s: %v", flink.CodeOf(err), err)
	}
	server.CloseClientConnections()
	if n := sent.Load(); n > 64<<20 {
		t.Errorf("%d MiB were sent before the caller had enough", n>>20)
	}
}
