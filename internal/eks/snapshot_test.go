package eks

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	kube "k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

var jobID = strings.Repeat("ab", 16)

// proxy is as much of an API server as savepoints need: one fence, and the
// service proxy to a JobManager.
type proxy struct {
	*resttest.JobManager
	mu       sync.Mutex
	fence    map[string]any // nil: there is none
	onSaving func()         // runs while Flink is asked for a savepoint
}

func behindAProxy(t *testing.T) (*Target, *proxy) {
	t.Helper()
	p := &proxy{JobManager: resttest.New(t, "1.20")}
	p.Start(jobID, "fraud")
	jobManager, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	const namespace = "/api/v1/namespaces/team-a"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+namespace+"/configmaps/sluice-fence-fraud", p.readFence)
	mux.HandleFunc("POST "+namespace+"/configmaps", p.writeFence)
	mux.HandleFunc("PUT "+namespace+"/configmaps/sluice-fence-fraud", p.writeFence)
	forward := http.StripPrefix(namespace+"/services/fraud-rest:8081/proxy", httputil.NewSingleHostReverseProxy(jobManager))
	mux.HandleFunc(namespace+"/services/fraud-rest:8081/proxy/", func(w http.ResponseWriter, r *http.Request) {
		if p.onSaving != nil && r.Method == http.MethodPost {
			p.onSaving()
		}
		forward.ServeHTTP(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	target, err := newTarget(&kube.Config{Host: server.URL}, EMR)
	if err != nil {
		t.Fatal(err)
	}
	target.poll = time.Millisecond
	return target, p
}

func (p *proxy) readFence(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if p.fence == nil {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(statusBody(404, "NotFound", "not found", `"name":"sluice-fence-fraud","kind":"configmaps"`)))
		return
	}
	_ = json.NewEncoder(w).Encode(p.fence)
}

func (p *proxy) writeFence(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fence = nil
	if err := json.NewDecoder(r.Body).Decode(&p.fence); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p.fence)
}

func saving(id string) flink.SnapshotRequest {
	return flink.SnapshotRequest{Application: flink.Application{Namespace: "team-a", Name: "fraud"}, JobID: jobID, ID: id, Directory: "s3://state/savepoints", Fence: 5}
}

// ended looks until the snapshot is no longer pending.
func ended(t *testing.T, target *Target, r flink.SnapshotRequest) flink.SnapshotState {
	t.Helper()
	for range 100 {
		s, err := target.Snapshot(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if s.Phase != flink.SnapshotPending {
			return s
		}
	}
	t.Fatal("the snapshot stays pending")
	return flink.SnapshotState{}
}

func TestASavepointAskedForTwiceIsOne(t *testing.T) {
	target, p := behindAProxy(t)
	for range 2 {
		if err := target.StartSnapshot(t.Context(), saving("insurance")); err != nil {
			t.Fatal(err)
		}
	}
	s := ended(t, target, saving("insurance"))
	if s.Phase != flink.SnapshotCompleted || !strings.HasPrefix(s.Path, "s3://state/savepoints/") {
		t.Errorf("state %+v", s)
	}
	if all := p.Snapshots(); len(all) != 1 {
		t.Errorf("savepoints %v", all)
	}
	p.Restart()
	if s := ended(t, target, saving("insurance")); s.Phase != flink.SnapshotUnknown {
		t.Errorf("after the JobManager restarted: %+v", s)
	}
}

func TestASavepointThatFailsSaysWhy(t *testing.T) {
	target, p := behindAProxy(t)
	p.FailSnapshots("disk full")
	if err := target.StartSnapshot(t.Context(), saving("insurance")); err != nil {
		t.Fatal(err)
	}
	if s := ended(t, target, saving("insurance")); s.Phase != flink.SnapshotFailed || !strings.Contains(s.Cause, "disk full") {
		t.Errorf("state %+v", s)
	}
}

func TestALeaseLostWhileFlinkIsAskedIsNoticed(t *testing.T) {
	target, p := behindAProxy(t)
	p.onSaving = func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.fence["data"] = map[string]any{"fence": "6"}
	}
	if err := target.StartSnapshot(t.Context(), saving("insurance")); flink.CodeOf(err) != flink.LeaseLost {
		t.Errorf("error %v", err)
	}
}

// Flink accepts the request all the same, and says no when it is asked how far it is.
func TestASavepointOfAJobThatFlinkDoesNotKnowFails(t *testing.T) {
	target, _ := behindAProxy(t)
	r := saving("insurance")
	r.JobID = strings.Repeat("cd", 16)
	if err := target.StartSnapshot(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if s := ended(t, target, r); s.Phase != flink.SnapshotFailed || s.Cause == "" {
		t.Errorf("state %+v", s)
	}
}

func TestARemovedSavepointIsGoneAndRemovedAgain(t *testing.T) {
	target, p := behindAProxy(t)
	const path = "s3://state/savepoints/savepoint-1"
	p.PutSnapshot(path)
	for range 2 {
		if err := target.RemoveSnapshot(t.Context(), saving("").Application, path); err != nil {
			t.Fatal(err)
		}
	}
	if all := p.Snapshots(); len(all) != 0 {
		t.Errorf("savepoints %v", all)
	}
	p.Break(resttest.NoEndpoints)
	if err := target.RemoveSnapshot(t.Context(), saving("").Application, path); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("without a JobManager: %v", err)
	}
}

func TestAFenceThatIsNoNumberIsRefused(t *testing.T) {
	target, p := behindAProxy(t)
	p.fence = map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "sluice-fence-fraud"}, "data": map[string]any{"fence": "seven"}}
	if err := target.StartSnapshot(t.Context(), saving("x")); flink.CodeOf(err) != flink.Refused {
		t.Errorf("error %v", err)
	}
}
