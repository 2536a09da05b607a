package eks

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

func awsConfig() aws.Config {
	return aws.Config{Region: "eu-west-1", Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "session"}, nil
		})}
}

func TestATokenIsAPresignedURLThatNamesTheCluster(t *testing.T) {
	token, err := newTokenSource(awsConfig(), "prod", time.Now).get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	encoded, ok := strings.CutPrefix(token, "k8s-aws-v1.")
	if !ok || strings.ContainsAny(encoded, "+/=") {
		t.Fatalf("the token %q is not k8s-aws-v1. and unpadded base64url", token)
	}
	address, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(string(address))
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "https" || u.Host != "sts.eu-west-1.amazonaws.com" {
		t.Errorf("the URL leads to %s://%s", u.Scheme, u.Host)
	}
	query := u.Query()
	for name, want := range map[string]string{
		"Action": "GetCallerIdentity", "X-Amz-Expires": "60", "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Security-Token": "session",
	} {
		if got := query.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if signed := strings.Split(query.Get("X-Amz-SignedHeaders"), ";"); !slices.Contains(signed, "x-k8s-aws-id") {
		t.Errorf("the signature covers %v and not the cluster's name", signed)
	}
	if query.Get("X-Amz-Signature") == "" {
		t.Error("the URL is not signed")
	}
}

func TestTokensOfTwoClustersDiffer(t *testing.T) {
	at := func() time.Time { return time.Unix(1_800_000_000, 0) }
	a, errA := newTokenSource(awsConfig(), "prod", at).get(t.Context())
	b, errB := newTokenSource(awsConfig(), "stage", at).get(t.Context())
	if errA != nil || errB != nil || a == b {
		t.Errorf("the cluster's name is not signed: %v, %v", errA, errB)
	}
}

// signer counts how often credentials are asked for: at every signature, and never else.
func signer(n *int) aws.Config {
	c := awsConfig()
	inner := c.Credentials
	c.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		*n++
		return inner.Retrieve(ctx)
	})
	return c
}

func TestATokenIsRenewedBeforeItsFourteenthMinute(t *testing.T) {
	clock := targettest.NewClock(time.Unix(1_800_000_000, 0))
	signatures := 0
	source := newTokenSource(signer(&signatures), "prod", clock.Now)
	for _, step := range []struct {
		pass   time.Duration
		signed bool
	}{{0, true}, {12 * time.Minute, false}, {2*time.Minute - time.Second, true}, {0, false}} {
		clock.Advance(step.pass)
		before := signatures
		if _, err := source.get(t.Context()); err != nil {
			t.Fatal(err)
		}
		if signed := signatures > before; signed != step.signed {
			t.Errorf("%s later: signed again: %v, want %v", step.pass, signed, step.signed)
		}
	}
}

func TestARefusedTokenIsNotUsedAgain(t *testing.T) {
	signatures := 0
	var seen []int // signatures made before each request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer k8s-aws-v1.") {
			t.Errorf("Authorization is %q", r.Header.Get("Authorization"))
		}
		seen = append(seen, signatures)
		if len(seen) == 1 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	client := http.Client{Transport: &bearer{next: http.DefaultTransport, tokens: newTokenSource(signer(&signatures), "prod", time.Now)}}
	for range 3 {
		response, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if len(seen) != 3 || seen[0] == 0 || seen[1] == seen[0] || seen[2] != seen[1] {
		t.Errorf("signatures before each request: %v, want a new one after the refusal alone", seen)
	}
}
