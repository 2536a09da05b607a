package resttest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest/testdata"
)

// Versions are the Flink versions there are samples and shapes of.
func Versions() []string { return []string{"1.20", "2.2"} }

// Exchange is one recorded request with its answer.
type Exchange struct {
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"path"` // query included
		Body   json.RawMessage `json:"body"`
	} `json:"request"`
	Status   int             `json:"status"`
	Response json.RawMessage `json:"response"`
}

// Sample reads a recorded exchange, such as "jobs-id" of "2.2".
func Sample(t testing.TB, version, name string) Exchange {
	t.Helper()
	var e Exchange
	if err := json.Unmarshal(read(t, version, name), &e); err != nil {
		t.Fatalf("sample %s of Flink %s: %v", name, version, err)
	}
	return e
}

// JobID is the job that the exchange is about; "" when it is about none.
func (e Exchange) JobID() string {
	parts := strings.Split(e.Request.Path, "/")
	if len(parts) < 3 || parts[1] != "jobs" {
		return ""
	}
	return parts[2]
}

// OperatorSample reads a body recorded in application mode, such as
// "3c-start-job".
func OperatorSample(t testing.TB, name string) []byte {
	t.Helper()
	return read(t, "operator", name)
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := testdata.Files.ReadFile(path.Join(dir, name+".json"))
	if err != nil {
		t.Fatalf("no such sample: %v", err)
	}
	return data
}

// Serve replays the named exchanges of a Flink version by method, path and
// query, and returns the server's address. Exchanges that share a request are
// answered in the order given; the last one again and again. A request that was
// not recorded fails the test.
func Serve(t testing.TB, version string, names ...string) string {
	t.Helper()
	r := &replay{t: t, queue: make(map[string][]Exchange)}
	for _, name := range names {
		e := Sample(t, version, name)
		key := requestKey(t, e.Request.Method, e.Request.Path)
		r.queue[key] = append(r.queue[key], e)
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

type replay struct {
	t     testing.TB
	mu    sync.Mutex
	queue map[string][]Exchange
}

func (r *replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := requestKey(r.t, req.Method, req.URL.RequestURI())
	waiting := r.queue[key]
	if len(waiting) == 0 {
		r.t.Errorf("Flink was asked %s, which is not among the exchanges served", key)
		http.Error(w, "not recorded", http.StatusTeapot)
		return
	}
	if len(waiting) > 1 {
		r.queue[key] = waiting[1:]
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(waiting[0].Status)
	_, _ = w.Write(waiting[0].Response)
}

// requestKey names a request, however its query is escaped.
func requestKey(t testing.TB, method, target string) string {
	u, err := url.Parse(target)
	if err != nil {
		t.Errorf("%q is no request target: %v", target, err)
		return ""
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		t.Errorf("%q has no readable query: %v", target, err)
	}
	return strings.TrimSuffix(method+" "+u.Path+"?"+query, "?")
}
