package eks

import (
	"context"
	"encoding/base64"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// EKS authenticates by a presigned GetCallerIdentity whose signature covers the
// cluster's name
// (https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster).
const (
	tokenPrefix   = "k8s-aws-v1."
	clusterHeader = "x-k8s-aws-id"
	urlValidity   = "60"             // seconds, of the presigned URL
	tokenLife     = 13 * time.Minute // EKS takes a token for 15 minutes from its signature on
)

// tokenSource makes bearer tokens and keeps each as long as EKS surely takes it.
type tokenSource struct {
	client  *sts.PresignClient
	cluster string
	now     func() time.Time

	mu     sync.Mutex
	token  string
	signed time.Time
}

func newTokenSource(config aws.Config, cluster string, now func() time.Time) *tokenSource {
	return &tokenSource{client: sts.NewPresignClient(sts.NewFromConfig(config)), cluster: cluster, now: now}
}

// get gives a token that is good for another two minutes at least.
func (s *tokenSource) get(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.token != "" && now.Sub(s.signed) < tokenLife {
		return s.token, nil
	}
	request, err := s.client.PresignGetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.PresignOptions) {
		o.ClientOptions = append(o.ClientOptions, sts.WithAPIOptions(
			smithyhttp.AddHeaderValue(clusterHeader, s.cluster),
			smithyhttp.AddHeaderValue("X-Amz-Expires", urlValidity),
		))
	})
	if err != nil {
		return "", err
	}
	s.token, s.signed = tokenPrefix+base64.RawURLEncoding.EncodeToString([]byte(request.URL)), now
	return s.token, nil
}

// drop forgets a token that was refused, so that the next one carries the
// credentials of then.
func (s *tokenSource) drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}

// bearer puts a token on every request.
type bearer struct {
	next   http.RoundTripper
	tokens *tokenSource
}

// RoundTrip implements http.RoundTripper.
func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	token, err := b.tokens.get(request.Context())
	if err != nil {
		return nil, err
	}
	signed := request.Clone(request.Context()) // a RoundTripper may not change what it was given
	signed.Header.Set("Authorization", "Bearer "+token)
	response, err := b.next.RoundTrip(signed)
	if err == nil && response.StatusCode == http.StatusUnauthorized {
		b.tokens.drop(token)
	}
	return response, err
}
