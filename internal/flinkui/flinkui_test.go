package flinkui

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/rest"
)

const prefix = "/api/v1/namespaces/team/services/counter-rest:8081/proxy"

func serve(t *testing.T) *Server {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.RequestURI()+" "+r.Header.Get("Authorization"))
	}))
	t.Cleanup(api.Close)
	s, err := Serve(&rest.Config{Host: api.URL, BearerToken: "token"}, "team", "counter")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func get(t *testing.T, url, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Basic browser")
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestEveryPathLeadsToTheServiceWithTheClustersCredentials(t *testing.T) {
	s := serve(t)
	for path, want := range map[string]string{
		"":                      prefix + "/ Bearer token",
		"jobs/overview":         prefix + "/jobs/overview Bearer token",
		"jobs?state=a%20b":      prefix + "/jobs?state=a%20b Bearer token",
		prefix[1:] + "/main.js": prefix + "/main.js Bearer token",
	} {
		if status, got := get(t, s.URL()+path, ""); status != http.StatusOK || got != want {
			t.Errorf("%q: %d %q, want %q", path, status, got, want)
		}
	}
}

func TestAJobIsNotCancelledByLookingAtIt(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"jobs/0123/yarn-cancel", "jobs/0123/%79arn-cancel", "jobs%2F0123%2Fyarn-cancel/", "v1/jobs/0123/yarn-stop", prefix[1:] + "/jobs/0123/yarn-cancel"} {
		if status, body := get(t, s.URL()+path, ""); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestAnotherPageOfTheBrowserChangesNothing(t *testing.T) {
	s := serve(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"jars/upload", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("it is answered %s", answer.Status)
	}
}

func TestNothingButTheServiceIsReached(t *testing.T) {
	s := serve(t)
	if status, body := get(t, s.URL()+"%2e%2e/%2e%2e/secrets", ""); status != http.StatusBadRequest {
		t.Errorf("a path out of the service: %d %s", status, body)
	}
	if status, body := get(t, s.URL(), "evil.example:80"); status != http.StatusForbidden {
		t.Errorf("another host name: %d %s", status, body)
	}
}
