package whereabouts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/boot"
)

// Objects is a client of the plane's S3.
func (w Whereabouts) Objects() *s3.Client {
	return s3.New(s3.Options{Region: w.Region, BaseEndpoint: &w.S3, UsePathStyle: true, Credentials: w.credentials(), HTTPClient: boot.Impatient()})
}

// Config is what a client of the plane's other services is made with; their
// endpoints are Events and States.
func (w Whereabouts) Config() aws.Config {
	return aws.Config{Region: w.Region, Credentials: w.credentials(), HTTPClient: boot.Impatient()}
}

func (w Whereabouts) credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(w.AccessKey, w.SecretKey, "")
}

// Send puts an event on the plane's default bus, as Amazon's own services do.
// PutEvents cannot: it refuses their sources, here as on AWS.
func (w Whereabouts) Send(ctx context.Context, e events.Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("send the event: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Door, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send the event: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+w.SecretKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("send the event: %w: does the local plane still run?", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusNoContent {
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
		return fmt.Errorf("the local plane refused the event: %s %s", answer.Status, strings.TrimSpace(string(why)))
	}
	return nil
}
