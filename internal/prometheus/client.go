package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	// patience bounds one query, its way there and back included.
	patience = 10 * time.Second
	// maxBody bounds an answer, in bytes: thousands of series fit.
	maxBody = 4 << 20
)

// Client asks one Prometheus.
type Client struct {
	query string // URL of the instant query
	hc    *http.Client
	sign  *signer // nil: requests are not signed
}

// New makes a client of the Prometheus whose API lies under endpoint, for
// example http://prometheus.monitoring:9090 or
// https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1. Requests to the
// latter are signed with cfg's credentials. An endpoint that is no URL is Invalid.
func New(endpoint string, cfg aws.Config) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, flink.Errorf(flink.Invalid, "connect to Prometheus", "its address is no plain http or https URL; write one such as http://prometheus.monitoring:9090")
	}
	c := &Client{query: strings.TrimRight(endpoint, "/") + "/api/v1/query", hc: &http.Client{Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}} // a signature is for one host
	if region, ok := managed(u.Hostname()); ok {
		c.sign = newSigner(cfg.Credentials, region)
	}
	return c, nil
}

// Query implements task.Queries: one number for each series of the answer, NaN
// among them; a scalar is one.
func (c *Client) Query(ctx context.Context, query string) ([]float64, error) {
	const op = "ask Prometheus"
	body := url.Values{"query": {query}, "timeout": {fmt.Sprintf("%.0fs", (patience - time.Second).Seconds())}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.query, strings.NewReader(body))
	if err != nil {
		return nil, flink.Errorf(flink.Internal, op, "%w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.sign != nil {
		if err := c.sign.request(ctx, req, body); err != nil {
			return nil, flink.Errorf(flink.Unavailable, op, "no credentials to sign with: %w", err)
		}
	}
	res, err := c.hc.Do(req)
	if err != nil {
		return nil, flink.Errorf(flink.Unavailable, op, "it did not answer: %w", withoutURL(err))
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, flink.Errorf(flink.Unavailable, op, "its answer was cut short: %w", err)
	case len(answer) > maxBody:
		return nil, flink.Errorf(flink.Invalid, op, "the answer is larger than %d MiB: ask for fewer series, as with sum or max", maxBody>>20)
	}
	return read(op, res.StatusCode, answer)
}

// withoutURL drops what http.Client puts before an error: the address is the installation's.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
