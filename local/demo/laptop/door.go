package laptop

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/sluice-flink/sluice/events"
)

// door lets events in as Amazon's own services send them, which PutEvents
// refuses. It listens on the loopback and asks for the plane's secret key.
type door struct {
	server *http.Server
	url    string
	ended  chan error
}

const (
	defaultBus  = "default"
	maxEvent    = 1 << 18 // bytes; EventBridge's own limit
	doorPatient = 10 * time.Second
)

func openDoor(secret string, put func(bus string, e events.Event) error) (*door, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &door{url: "http://" + listener.Addr().String() + "/events", ended: make(chan error, 1),
		server: &http.Server{Handler: doorHandler(secret, put), ReadHeaderTimeout: doorPatient}}
	go func() { d.ended <- d.server.Serve(listener) }()
	return d, nil
}

func doorHandler(secret string, put func(string, events.Event) error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+secret)) != 1 {
			http.Error(w, "the request does not carry the plane's secret key", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		e, err := events.Parse(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := put(defaultBus, e); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// URL is where events are posted.
func (d *door) URL() string { return d.url }

// Close ends it; requests under way are answered.
func (d *door) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), doorPatient)
	defer cancel()
	err := d.server.Shutdown(ctx)
	if ended := <-d.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
