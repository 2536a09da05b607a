package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/metrics"
	"github.com/sluice-flink/sluice/local/queues"
	"github.com/sluice-flink/sluice/local/sfn"
	"github.com/sluice-flink/sluice/local/topics"
)

// Options say what the endpoint serves.
type Options struct {
	AccessKey       string // requests must be signed with it
	Account, Region string
	Put             func(bus string, e events.Event) error
	States          *sfn.Service
	Topics          *topics.Service
	Queues          *queues.Service
	Metrics         *metrics.Service
	Now             func() time.Time
}

// Server is a running endpoint.
type Server struct {
	server   *http.Server
	endpoint string
	ended    chan error
}

// readHeaders bounds how long a client may take to send a request's headers.
const readHeaders = 10 * time.Second

// Serve listens on a free port of the loopback.
func Serve(o Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the functions' calls: %w", err)
	}
	s := &Server{
		server:   &http.Server{Handler: handler(o), ReadHeaderTimeout: readHeaders},
		endpoint: "http://" + listener.Addr().String(),
		ended:    make(chan error, 1),
	}
	go func() { s.ended <- s.server.Serve(listener) }()
	return s, nil
}

// Endpoint is the URL for AWS_ENDPOINT_URL_EVENTBRIDGE, _SFN, _SNS, _SQS and _CLOUDWATCH.
func (s *Server) Endpoint() string { return s.endpoint }

// Close ends the endpoint; requests under way are answered until ctx is done.
func (s *Server) Close(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.server.Close())
	}
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
