package cloudwatch_test

import (
	"compress/gzip"
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"

	"io"
	"net/http"
	"net/http/httptest"

	"github.com/sluice-flink/sluice/internal/cloudwatch"
	"github.com/sluice-flink/sluice/internal/flink"
)

// taker keeps what PutMetricData was called with.
type taker struct {
	requests []cbor.Map
	refuses  string
}

func (s *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if unzipped, err := gzip.NewReader(r.Body); err == nil && r.Header.Get("Content-Encoding") == "gzip" {
		body = unzipped
	}
	text, _ := io.ReadAll(body)
	if value, err := cbor.Decode(text); err == nil {
		s.requests = append(s.requests, value.(cbor.Map))
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	if s.refuses != "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(cbor.Encode(cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + s.refuses), "message": cbor.String("no")}))
		return
	}
	_, _ = w.Write(cbor.Encode(cbor.Map{}))
}

func publishing(t *testing.T, s *taker) cloudwatch.Publisher {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	config := aws.Config{Region: "eu-west-1", RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}
	return cloudwatch.NewPublisher(config, server.URL, "Sluice/test")
}

func TestADataPointHasItsUnitAndTheApplicationsDimensions(t *testing.T) {
	s := &taker{}
	at := time.Unix(1795226720, 0)
	err := publishing(t, s).Put(t.Context(), at, []flink.DataPoint{
		{Metric: flink.MetricCheckpointAge, Application: flink.Application{Namespace: "orders", Name: "fraud"}, Value: 700},
		{Metric: flink.MetricProbed, Value: 12},
	})
	if err != nil || len(s.requests) != 1 || s.requests[0]["Namespace"] != cbor.String("Sluice/test") {
		t.Fatalf("got %v, %v", s.requests, err)
	}
	data := s.requests[0]["MetricData"].(cbor.List)
	age, heartbeat := data[0].(cbor.Map), data[1].(cbor.Map)
	of := age["Dimensions"].(cbor.List)
	if age["Unit"] != cbor.String("Seconds") || len(of) != 2 || of[0].(cbor.Map)["Value"] != cbor.String("orders") || of[1].(cbor.Map)["Name"] != cbor.String("Application") {
		t.Errorf("got %v", age)
	}
	if _, any := heartbeat["Dimensions"]; any || heartbeat["Unit"] != cbor.String("Count") {
		t.Errorf("got %v", heartbeat)
	}
}

func TestManyDataPointsAreSentInPortions(t *testing.T) {
	s := &taker{}
	if err := publishing(t, s).Put(t.Context(), time.Now(), make([]flink.DataPoint, 1200)); err != nil || len(s.requests) != 3 {
		t.Errorf("%d requests, %v", len(s.requests), err)
	}
}

func TestARoleThatMayNotSendMetricsIsToldSo(t *testing.T) {
	for code, want := range map[string]flink.Code{"AccessDeniedException": flink.Refused, "ThrottlingException": flink.Unavailable} {
		if err := publishing(t, &taker{refuses: code}).Put(t.Context(), time.Now(), make([]flink.DataPoint, 1)); flink.CodeOf(err) != want {
			t.Errorf("%s: %v", code, err)
		}
	}
	var away net.Error
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := publishing(t, &taker{}).Put(ctx, time.Now(), make([]flink.DataPoint, 1)); flink.CodeOf(err) != flink.Unavailable || errors.As(err, &away) && away.Timeout() {
		t.Errorf("away: %v", err)
	}
}
