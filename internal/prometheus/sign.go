package prometheus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// workspaceHost is the host of Amazon's workspaces, whose requests are signed
// for the service aps (https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference.html).
var workspaceHost = regexp.MustCompile(`^aps-workspaces(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$`)

const service = "aps"

// managed tells whether a host is one of Amazon's workspaces, and of which region.
func managed(host string) (region string, yes bool) {
	m := workspaceHost.FindStringSubmatch(host)
	if m == nil {
		return "", false
	}
	return m[1], true
}

var errNoCredentials = errors.New("none are configured")

// signer signs requests with Signature Version 4.
type signer struct {
	credentials aws.CredentialsProvider
	region      string
	v4          *v4.Signer
	now         func() time.Time
}

func newSigner(c aws.CredentialsProvider, region string) *signer {
	return &signer{credentials: c, region: region, v4: v4.NewSigner(), now: time.Now}
}

func (s *signer) request(ctx context.Context, req *http.Request, body string) error {
	if s.credentials == nil {
		return errNoCredentials
	}
	c, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(body))
	return s.v4.SignHTTP(ctx, c, req, hex.EncodeToString(hash[:]), service, s.region, s.now())
}
