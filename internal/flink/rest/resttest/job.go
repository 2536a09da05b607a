package resttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// job is one job as the test has made it.
type job struct {
	id, name, state string
	started         time.Time
	ended           time.Time
	counts          map[string]int64
	latest          object // completed, savepoint, failed, restored
	failures        []object
	restarts        int64
	nextCheckpoint  int64
	metricsLate     bool
	lag             *int64 // nil: the source tells none
}

// Start runs a job of one vertex with one subtask. An id that is there already
// is replaced, as an upgrade in application mode replaces it.
func (jm *JobManager) Start(id, name string) {
	defer jm.lock()()
	fresh := &job{
		id: id, name: name, state: "RUNNING", started: jm.now(), nextCheckpoint: 1,
		counts: map[string]int64{"restored": 0, "total": 0, "in_progress": 0, "completed": 0, "failed": 0},
		latest: object{"completed": nil, "savepoint": nil, "failed": nil, "restored": nil},
	}
	for i, j := range jm.jobs {
		if j.id == id {
			jm.jobs[i] = fresh
			return
		}
	}
	jm.jobs = append(jm.jobs, fresh)
}

// Forget removes a job, as a JobManager that starts anew without HA metadata does.
func (jm *JobManager) Forget(id string) {
	defer jm.lock()()
	for i, j := range jm.jobs {
		if j.id == id {
			jm.jobs = append(jm.jobs[:i:i], jm.jobs[i+1:]...)
			return
		}
	}
	jm.t.Errorf("the test forgets job %s, which was never started", id)
}

// SetState puts a job into one of Flink's states; those that end it end it now.
func (jm *JobManager) SetState(id, state string) {
	defer jm.lock()()
	jm.must(id).become(state, jm.now())
}

func (j *job) become(state string, now time.Time) {
	j.state = state
	switch state {
	case "FINISHED", "FAILED", "CANCELED":
		j.ended = now
	}
}

// CompleteCheckpoint lets the job complete one checkpoint.
func (jm *JobManager) CompleteCheckpoint(id string) {
	defer jm.lock()()
	j := jm.must(id)
	path := fmt.Sprintf("file:/checkpoints/%s/chk-%d", id, j.nextCheckpoint)
	j.latest["completed"] = j.checkpoint(jm.now(), "completed", path, false)
}

// FailCheckpoint lets the job fail one checkpoint for the reason.
func (jm *JobManager) FailCheckpoint(id, reason string) {
	defer jm.lock()()
	j := jm.must(id)
	failed := j.checkpoint(jm.now(), "failed", "", false)
	failed["failure_timestamp"], failed["failure_message"] = jm.now().UnixMilli(), reason
	j.latest["failed"] = failed
}

func (j *job) checkpoint(now time.Time, outcome, path string, savepoint bool) object {
	c := object{
		"className": outcome, "id": j.nextCheckpoint, "status": strings.ToUpper(outcome), "is_savepoint": savepoint,
		"trigger_timestamp": now.UnixMilli(), "latest_ack_timestamp": now.UnixMilli(), "state_size": 4204,
	}
	if path != "" {
		c["external_path"], c["discarded"] = path, false
	}
	j.nextCheckpoint++
	j.counts["total"]++
	j.counts[outcome]++
	return c
}

// Restored makes Flink say that the job was restored from a path, once more.
func (jm *JobManager) Restored(id, path string, savepoint bool) {
	defer jm.lock()()
	j := jm.must(id)
	j.counts["restored"]++
	j.latest["restored"] = object{
		"id": j.nextCheckpoint, "restore_timestamp": jm.now().UnixMilli(), "is_savepoint": savepoint, "external_path": path,
	}
	j.nextCheckpoint++
}

// Throw adds a failure of the job's only task, which restarts over it. The
// state stays what SetState made it.
func (jm *JobManager) Throw(id, class, message string) {
	defer jm.lock()()
	j := jm.must(id)
	entry := object{
		"exceptionName": class, "stacktrace": class + ": " + message + "\n\tat sample.Job.run(Job.java:1)\n",
		"timestamp": jm.now().UnixMilli(), "failureLabels": object{}, "concurrentExceptions": []object{},
		"taskName": fmt.Sprintf("work (1/1) - execution #%d", j.restarts), "taskManagerId": "app-taskmanager-1-1",
	}
	j.failures = append([]object{entry}, j.failures...)
	j.restarts++
}

// HideMetrics makes the job's metrics absent, as in its first ten seconds, or
// brings them back.
func (jm *JobManager) HideMetrics(id string, hidden bool) {
	defer jm.lock()()
	jm.must(id).metricsLate = hidden
}

// TellLag makes the job's source tell how many records it has yet to read.
func (jm *JobManager) TellLag(id string, records int64) {
	defer jm.lock()()
	jm.must(id).lag = &records
}

func (jm *JobManager) find(id string) *job {
	for _, j := range jm.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

// must finds a job that the test itself names.
func (jm *JobManager) must(id string) *job {
	jm.t.Helper()
	j := jm.find(id)
	if j == nil {
		jm.t.Errorf("the test names job %s, which was never started", id)
		return &job{counts: map[string]int64{}, latest: object{}}
	}
	return j
}

// about finds the job that a request is about, else its refusal.
func (jm *JobManager) about(r *http.Request) (j *job, status int, refusal any) {
	id := r.PathValue("job")
	if j = jm.find(id); j == nil {
		status, refusal = refuse(http.StatusNotFound, "org.apache.flink.runtime.rest.NotFoundException: Job "+id+" not found\n"+
			"\tat org.apache.flink.runtime.rest.handler.job.AbstractExecutionGraphHandler.handleRequest(AbstractExecutionGraphHandler.java:99)\n"+
			"Caused by: org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job ("+id+")\n")
	}
	return j, status, refusal
}

func (jm *JobManager) getMetrics(r *http.Request) (int, any) {
	j, status, refusal := jm.about(r)
	if j == nil {
		return status, refusal
	}
	metrics := []object{}
	for _, name := range strings.Split(r.URL.Query().Get("get"), ",") {
		if name == "numRestarts" && !j.metricsLate {
			metrics = append(metrics, object{"id": name, "value": strconv.FormatInt(j.restarts, 10)})
		}
	}
	return http.StatusOK, metrics
}

// getSubtaskMetrics lists names when it is asked for none, as Flink does.
func (jm *JobManager) getSubtaskMetrics(r *http.Request) (int, any) {
	j, status, refusal := jm.about(r)
	if j == nil {
		return status, refusal
	}
	values := map[string]string{"numRecordsIn": "7", "Source__work.numRecordsOut": "7"}
	if j.lag != nil {
		values["Source__work.pendingRecords"] = strconv.FormatInt(*j.lag, 10)
	}
	get := r.URL.Query().Get("get")
	metrics := []object{}
	for name, value := range values {
		if get == "" {
			metrics = append(metrics, object{"id": name})
		} else if slices.Contains(strings.Split(get, ","), name) {
			metrics = append(metrics, object{"id": name, "sum": json.Number(value + ".0")})
		}
	}
	return http.StatusOK, metrics
}
