package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// apiServer answers at one service of one namespace, as the API server's proxy does.
func apiServer(t *testing.T, status int) (kubeconfig string) {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/namespaces/team/services/counter-rest:8081/proxy/") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "Flink")
	}))
	t.Cleanup(api.Close)
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: %q}}]\nusers: [{name: u, user: {}}]\n", api.URL)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubeconfig
}

func TestTheWebPageIsShownUntilItIsInterruptedWhichIsNoFault(t *testing.T) {
	kubeconfig := apiServer(t, http.StatusOK)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	told, out := io.Pipe()
	var errs bytes.Buffer
	p := &program{out: out, err: &errs, env: func(string) string { return "" }}
	ended := make(chan int, 1)
	go func() {
		ended <- p.run(ctx, []string{"ui", "--kubeconfig", kubeconfig, "team/counter"})
		_ = out.Close()
	}()
	line := make([]byte, 256)
	n, err := told.Read(line)
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	url, _, _ := strings.Cut(string(line[:n]), " ")
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || string(body) != "Flink" {
		t.Errorf("%s shows %q, %v", url, body, err)
	}
	interrupt()
	if code := <-ended; code != exitWell {
		t.Errorf("it ends with %d: %s", code, errs.String())
	}
}

func TestWhatCannotBeShownIsSaidWithWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		args   []string
		want   string
		code   int
	}{
		"no right":       {http.StatusForbidden, []string{"team/counter"}, "it takes the right to get services/proxy", exitFault},
		"not there":      {http.StatusOK, []string{"team/other"}, "has no service in this cluster: sluice status says", exitFault},
		"not running":    {http.StatusServiceUnavailable, []string{"team/counter"}, "no JobManager answers", exitFault},
		"no application": {http.StatusOK, []string{"counter"}, "write NAMESPACE/APP", exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := &program{out: &out, err: &errs, env: func(string) string { return "" }}
			code := p.run(t.Context(), append([]string{"ui", "--kubeconfig", apiServer(t, c.status)}, c.args...))
			if code != c.code || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
				t.Errorf("%d: %s%s, want %d: %s", code, out.String(), errs.String(), c.code, c.want)
			}
		})
	}
}

func TestAClusterHasToBeNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	var errs bytes.Buffer
	p := &program{out: io.Discard, err: &errs, env: func(string) string { return "" }}
	if code := p.run(t.Context(), []string{"ui", "team/counter"}); code != exitFault || !strings.Contains(errs.String(), "no cluster is named: give --kubeconfig") {
		t.Errorf("%d: %s", code, errs.String())
	}
}
