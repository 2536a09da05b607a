package eks

import (
	"fmt"
	"io"
	"net/http"
)

// maxAnswer bounds what is read of one answer of the API server, in bytes and
// unpacked: Kubernetes' client reads every answer whole. etcd holds objects of
// 1.5 MiB, and the longest list that is asked for is an application's pods.
const maxAnswer = 16 << 20

// finite is a RoundTripper whose answers have an end.
type finite struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (a finite) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := a.next.RoundTrip(request)
	if err == nil {
		response.Body = &bounded{ReadCloser: response.Body, left: maxAnswer}
	}
	return response, err
}

// WrappedRoundTripper lets Kubernetes' client find the one that can cancel.
func (a finite) WrappedRoundTripper() http.RoundTripper { return a.next }

// bounded fails where it would have to go on: half an answer is none.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the API server's answer is larger than %d MiB", maxAnswer>>20)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
