package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds what is read of one answer, in bytes. Flink's largest common
// answers, failed savepoints with a serialized exception, stay under 100 KiB.
const maxBody = 8 << 20

// Client asks one JobManager. It is safe for concurrent use.
type Client struct {
	base string
	hc   *http.Client
}

// New makes a client of the JobManager whose API lies under base, for example
// http://jobmanager:8081 or, through Kubernetes,
// https://apiserver/api/v1/namespaces/ns/services/app-rest:8081/proxy.
// hc carries the authentication and the trust; nil means neither. Redirects
// are refused whatever hc says of them: a transport that adds credentials would
// add them for whichever host the JobManager, where users' code runs, names.
func New(base string, hc *http.Client) *Client {
	var own http.Client
	if hc != nil {
		own = *hc
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: strings.TrimRight(base, "/"), hc: &own}
}

func (c *Client) get(ctx context.Context, op, path string, out any) error {
	return c.call(ctx, op, http.MethodGet, path, nil, out)
}

func (c *Client) post(ctx context.Context, op, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return &Error{Code: Rejected, Op: op, Message: err.Error(), Err: err}
	}
	return c.call(ctx, op, http.MethodPost, path, body, out)
}

// call makes one request and decodes a 2xx answer into out; anything else
// becomes an *Error.
func (c *Client) call(ctx context.Context, op, method, path string, in []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(in))
	if err != nil {
		return &Error{Code: Rejected, Op: op, Message: "the address of Flink's REST API is not a URL: " + err.Error(), Err: err}
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.hc.Do(req)
	if err != nil {
		return noAnswer(op, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return &Error{Code: Unavailable, Op: op, Status: res.StatusCode, Message: "the answer was cut short: " + err.Error(), Err: err}
	}
	if len(body) > maxBody {
		return &Error{Code: Malformed, Op: op, Status: res.StatusCode, Message: "the answer is larger than 8 MiB"}
	}
	if res.StatusCode/100 != 2 {
		return refusal(op, res.StatusCode, body)
	}
	return decode(op, res.StatusCode, body, out)
}

// noAnswer is the error of a request that got no HTTP answer.
func noAnswer(op string, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the URL says nothing that Op does not
	}
	code := Unavailable
	var trust *tls.CertificateVerificationError
	if errors.As(err, &trust) {
		code = Denied
	}
	return &Error{Code: code, Op: op, Message: line(err.Error()), Err: err}
}

// decode reads exactly one JSON document. One that ends too early was cut
// short on its way; one that is wrong would be wrong again.
func decode(op string, status int, body []byte, out any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	switch err := dec.Decode(out); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Code: Unavailable, Op: op, Status: status, Message: "the answer was cut short", Err: io.ErrUnexpectedEOF}
	case err != nil:
		return &Error{Code: Malformed, Op: op, Status: status, Message: "the answer is not Flink's: " + line(err.Error()), Err: err}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &Error{Code: Malformed, Op: op, Status: status, Message: "the answer goes on after its JSON document"}
	}
	return nil
}
