package resttest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// JobManager is a JobManager that does as it is told. Its methods may be
// called while it serves.
type JobManager struct {
	URL string

	t       testing.TB
	version string
	now     func() time.Time

	mu         sync.Mutex
	fault      Fault
	losing     bool
	jobs       []*job
	operations map[string]*operation // by job id and trigger id; removals have no job id
	cause      string                // of failure of the snapshots to come; "" lets them succeed
	snapshots  []string              // locations that exist
	requests   []string
}

// New starts a JobManager of a Flink version, "1.20" or "2.2", that lives as
// long as the test. It has no jobs.
func New(t testing.TB, version string) *JobManager {
	t.Helper()
	jm := &JobManager{t: t, version: version, now: time.Now, operations: make(map[string]*operation)}
	server := httptest.NewServer(jm.recorded(jm.routes()))
	t.Cleanup(server.Close)
	jm.URL = server.URL
	return jm
}

// Clock makes the JobManager tell time by now.
func (jm *JobManager) Clock(now func() time.Time) {
	defer jm.lock()()
	jm.now = now
}

// Break makes every request from now on end in the fault; nil mends it.
func (jm *JobManager) Break(fault Fault) {
	defer jm.lock()()
	jm.fault = fault
}

// LoseNextAnswer makes the connection break after the next POST was carried
// out, which is when a caller has to repeat itself.
func (jm *JobManager) LoseNextAnswer() {
	defer jm.lock()()
	jm.losing = true
}

// Restart forgets what a restarted JobManager forgets: operations. What they
// were to do and had not done yet never happens. Jobs go on.
func (jm *JobManager) Restart() {
	defer jm.lock()()
	clear(jm.operations)
}

// Requests lists what was asked so far: "GET /jobs/overview".
func (jm *JobManager) Requests() []string {
	defer jm.lock()()
	return append([]string(nil), jm.requests...)
}

func (jm *JobManager) lock() (unlock func()) {
	jm.mu.Lock()
	return jm.mu.Unlock
}

func (jm *JobManager) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(*http.Request) (int, any){
		"GET /overview":                                      jm.getCluster,
		"GET /taskmanagers":                                  jm.getTaskManagers,
		"GET /jobs/overview":                                 jm.getOverview,
		"GET /jobs/{job}":                                    jm.getJob,
		"GET /jobs/{job}/checkpoints":                        jm.getCheckpoints,
		"GET /jobs/{job}/exceptions":                         jm.getExceptions,
		"GET /jobs/{job}/metrics":                            jm.getMetrics,
		"GET /jobs/{job}/vertices/{vertex}/subtasks/metrics": jm.getSubtaskMetrics,
		"POST /jobs/{job}/savepoints":                        jm.postSavepoint,
		"POST /jobs/{job}/stop":                              jm.postStop,
		"GET /jobs/{job}/savepoints/{trigger}":               jm.getOperation,
		"POST /savepoint-disposal":                           jm.postDisposal,
		"GET /savepoint-disposal/{trigger}":                  jm.getOperation,
		"/":                                                  jm.noSuchPath,
	} {
		mux.HandleFunc(pattern, jm.answering(answer))
	}
	return mux
}

func (jm *JobManager) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, lose := jm.record(r)
		switch {
		case fault != nil:
			fault(w)
		case lose:
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // net/http's own way to break a connection
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (jm *JobManager) record(r *http.Request) (fault Fault, lose bool) {
	defer jm.lock()()
	jm.finishOperations()
	jm.requests = append(jm.requests, r.Method+" "+r.URL.Path)
	if jm.losing && jm.fault == nil && r.Method == http.MethodPost {
		jm.losing, lose = false, true
	}
	return jm.fault, lose
}

func (jm *JobManager) answering(answer func(*http.Request) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		unlock := jm.lock()
		status, body := answer(r)
		data, err := json.Marshal(body)
		unlock()
		if err != nil {
			jm.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(status)
		_, _ = w.Write(data)
	}
}

// object is a JSON object as Flink writes one.
type object = map[string]any

func refuse(status int, reason string) (int, any) {
	return status, object{"errors": []string{reason}}
}

func (jm *JobManager) noSuchPath(r *http.Request) (int, any) {
	return refuse(http.StatusNotFound, "Unable to load requested file "+r.URL.Path+".")
}

func (jm *JobManager) getCluster(*http.Request) (int, any) {
	return http.StatusOK, object{"flink-version": jm.version + ".0", "taskmanagers": 1, "slots-total": 2, "slots-available": 1}
}

func (jm *JobManager) getTaskManagers(*http.Request) (int, any) {
	return http.StatusOK, object{"taskmanagers": []object{{"id": "app-taskmanager-1-1", "slotsNumber": 2, "freeSlots": 1}}}
}
