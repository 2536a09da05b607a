package node

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/cert"
	"k8s.io/klog/v2"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

const kubeletPort = 10250

// followEvery is how soon new log lines reach a client that follows.
const followEvery = 100 * time.Millisecond

// ServingKeys are the files of the kubelet API's TLS: only clients with a
// certificate of CA are served, which is the API server.
type ServingKeys struct{ Cert, Key, CA string }

// serveKubelet serves the part of the kubelet's API that kubectl logs needs, until ctx is done.
func (n *Node) serveKubelet(ctx context.Context, k ServingKeys) error {
	pair, err := tls.LoadX509KeyPair(k.Cert, k.Key)
	if err != nil {
		return err
	}
	clients, err := cert.NewPool(k.CA)
	if err != nil {
		return err
	}
	l, err := tls.Listen("tcp", net.JoinHostPort(network.NodeIP, strconv.Itoa(kubeletPort)), &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients, MinVersion: tls.VersionTLS12,
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", n.containerLogs)
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		http.Error(w, "exec, attach, port-forward and metrics are not supported by sluice-kube; reach a Service through the API server's proxy", http.StatusNotImplemented)
	})
	context.AfterFunc(ctx, func() { l.Close() })
	go func() {
		if err := (&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}).Serve(l); err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "serve the kubelet API")
		}
	}()
	return nil
}

func (n *Node) containerLogs(w http.ResponseWriter, q *http.Request) {
	var o corev1.PodLogOptions
	if err := readLogOptions(q.URL.Query().Get, &o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	namespace, pod, name := q.PathValue("namespace"), q.PathValue("pod"), q.PathValue("container")
	for _, part := range []string{namespace, pod, name} {
		if !filepath.IsLocal(part) || filepath.Base(part) != part {
			http.Error(w, "no such container", http.StatusNotFound)
			return
		}
	}
	path := n.logs.current(namespace, pod, name)
	if o.Previous {
		var err error
		if path, err = n.logs.previous(namespace, pod, name); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
	}
	file, err := os.Open(path)
	if err != nil {
		http.Error(w, fmt.Sprintf("container %s has not run yet", name), http.StatusNotFound)
		return
	}
	defer file.Close()
	if o.TailLines != nil {
		if err := tail(file, *o.TailLines); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	n.send(q.Context(), w, file, o, func() bool { return n.running(namespace, pod, name) })
}

func readLogOptions(get func(string) string, o *corev1.PodLogOptions) error {
	for _, name := range []string{"sinceSeconds", "sinceTime"} {
		if get(name) != "" {
			return fmt.Errorf("%s is not supported by sluice-kube: logs are kept without times", name)
		}
	}
	if get("timestamps") == "true" {
		return fmt.Errorf("timestamps are not supported by sluice-kube: logs are kept without times")
	}
	o.Follow, o.Previous = get("follow") == "true", get("previous") == "true"
	for name, to := range map[string]**int64{"tailLines": &o.TailLines, "limitBytes": &o.LimitBytes} {
		if text := get(name); text != "" {
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil || v < 0 {
				return fmt.Errorf("%s must be a number, got %q", name, text)
			}
			*to = &v
		}
	}
	return nil
}

// send copies the log; when it is followed, until the container has ended.
func (n *Node) send(ctx context.Context, w http.ResponseWriter, file io.Reader, o corev1.PodLogOptions, running func() bool) {
	if o.LimitBytes != nil {
		file = io.LimitReader(file, *o.LimitBytes)
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		more := running() // asked before the copy, so that the last lines are not missed
		if _, err := io.Copy(w, file); err != nil {
			return
		}
		if !o.Follow || o.Previous || !more {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// running says whether a container of that name runs now.
func (n *Node) running(namespace, pod, container string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.runs {
		if r.pod.Namespace == namespace && r.pod.Name == pod {
			return r.state.snapshot().Containers[container].State.Running != nil
		}
	}
	return false
}
