// Package flinkui shows a job's Flink Web UI on this machine's loopback, by way
// of the API server's service proxy, so that nothing but a kubeconfig is needed.
//
// It knows the operator's name for the JobManager's service and nothing else of
// Sluice. Whoever reaches the port acts with the kubeconfig's rights on that one
// service: it listens on the loopback, and answers only to its own host names,
// so that no web page can be led there by a name of its own. What another page
// sends there may only read, and reading cancels nothing. Start with Serve.
package flinkui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/internal/webpage"
)

// Server is a running proxy.
type Server struct {
	server *http.Server
	url    string
	ended  chan error
}

const patience = 10 * time.Second // for headers, and for requests under way at the end

// Serve shows the Web UI of namespace/name until Close.
func Serve(config *rest.Config, namespace, name string) (*Server, error) {
	handler, err := proxy(config, namespace, name)
	if err != nil {
		return nil, fmt.Errorf("show Flink's Web UI: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("show Flink's Web UI: %w", err)
	}
	s := &Server{server: &http.Server{Handler: handler, ReadHeaderTimeout: patience}, url: "http://" + listener.Addr().String() + "/", ended: make(chan error, 1)}
	go func() { s.ended <- s.server.Serve(listener) }()
	return s, nil
}

// URL is what a browser opens.
func (s *Server) URL() string { return s.url }

// Answers asks Flink once, and says in a sentence why nothing could be shown.
func (s *Server) Answers(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"overview", nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil {
		return fmt.Errorf("show Flink's Web UI: %w", err)
	}
	_ = answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden:
		return errors.New("the cluster does not let you: it takes the right to get services/proxy in the application's namespace, which the team's people have")
	case http.StatusNotFound:
		return errors.New("the application has no service in this cluster: sluice status says whether it runs, and where")
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return errors.New("no JobManager answers: it is starting, or suspended; sluice status says which")
	}
	return fmt.Errorf("the API server answers %s", answer.Status)
}

// Close ends it.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.server.Close())
	}
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func proxy(config *rest.Config, namespace, name string) (http.Handler, error) {
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	prefix := servicePath(namespace, name)
	return ownHostOnly(onlyReads(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			// The API server puts the prefix before absolute links in HTML.
			r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, prefix)
			r.Out.URL.RawPath = ""
			r.SetURL(&url.URL{Scheme: server.Scheme, Host: server.Host, Path: prefix + "/"})
			for _, private := range []string{"Authorization", "Cookie", "Origin", "Referer"} {
				r.Out.Header.Del(private)
			}
		},
	})), nil
}

// onlyReads refuses what other pages of the browser send to change something, and the
// one thing that Flink changes on a GET, which an image of any page may be.
func onlyReads(next http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if webpage.Cancels(r.URL.Path) {
			http.Error(w, "this page cancels nothing: sluice suspend and sluice delete stop a job, with its state and a record", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// servicePath is the API server's way to the JobManager's REST port.
func servicePath(namespace, name string) string {
	return "/api/v1/namespaces/" + namespace + "/services/" + name + "-rest:8081/proxy"
}

// ownHostOnly refuses requests that were meant for another name, and paths that
// climb out of the service.
func ownHostOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil || host != "127.0.0.1" && host != "localhost" {
			http.Error(w, "this serves 127.0.0.1 and localhost only", http.StatusForbidden)
			return
		}
		if strings.Contains("/"+strings.Trim(r.URL.Path, "/")+"/", "/../") {
			http.Error(w, "there is nothing outside the service", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
