package resttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// operation is a savepoint, a stop or a removal that was asked for. It happens
// before the next request, whatever that is, and yet the first look at it finds
// it in progress, so that whoever polls has to poll twice.
type operation struct {
	looked bool
	finish func() object // makes it happen; nil once it has
	result object        // what Flink's "operation" field then holds
}

// finishOperations lets happen what was accepted before.
func (jm *JobManager) finishOperations() {
	for _, op := range jm.operations {
		if op.finish != nil {
			op.result, op.finish = op.finish(), nil
		}
	}
}

// FailSnapshots makes savepoints and stops triggered from now on fail with the
// cause; "" lets them succeed again. A job whose stop fails goes on.
func (jm *JobManager) FailSnapshots(cause string) {
	defer jm.lock()()
	jm.cause = cause
}

// Snapshots lists the savepoints that exist.
func (jm *JobManager) Snapshots() []string {
	defer jm.lock()()
	return slices.Clone(jm.snapshots)
}

// PutSnapshot makes a savepoint exist, so that it can be removed.
func (jm *JobManager) PutSnapshot(location string) {
	defer jm.lock()()
	jm.snapshots = append(jm.snapshots, location)
}

func (jm *JobManager) postSavepoint(r *http.Request) (int, any) {
	var body struct {
		Target  string `json:"target-directory"`
		Trigger string `json:"triggerId"`
	}
	return jm.start(r, &body, func() (string, string) { return body.Target, body.Trigger }, func(*job) {})
}

func (jm *JobManager) postStop(r *http.Request) (int, any) {
	var body struct {
		Target  string `json:"targetDirectory"`
		Trigger string `json:"triggerId"`
	}
	return jm.start(r, &body, func() (string, string) { return body.Target, body.Trigger },
		func(j *job) { j.become("FINISHED", jm.now()) })
}

// start begins a savepoint; a trigger id that the job has seen starts nothing,
// whichever of the two requests it came with.
func (jm *JobManager) start(r *http.Request, body any, fields func() (target, trigger string), then func(*job)) (int, any) {
	if err := json.NewDecoder(r.Body).Decode(body); err != nil {
		return refuse(http.StatusBadRequest, "Bad request received.")
	}
	target, trigger := fields()
	if target == "" {
		return refuse(http.StatusBadRequest, "Config key [state.savepoints.dir] is not set. Property [target-directory] must be provided.")
	}
	id := r.PathValue("job")
	key := id + "/" + trigger
	if jm.operations[key] == nil {
		jm.operations[key] = &operation{finish: jm.snapshot(id, target, trigger, jm.cause, then)}
	}
	return http.StatusAccepted, object{"request-id": trigger}
}

func (jm *JobManager) snapshot(id, target, trigger, cause string, then func(*job)) func() object {
	return func() object {
		j := jm.find(id)
		if cause == "" && (j == nil || j.state != "RUNNING") {
			cause = "Job " + id + " is not running"
		}
		if cause != "" {
			return failure("org.apache.flink.runtime.checkpoint.CheckpointException", cause)
		}
		location := fmt.Sprintf("%s/savepoint-%.6s-%.12s", strings.TrimSuffix(target, "/"), id, trigger)
		jm.snapshots = append(jm.snapshots, location)
		j.latest["savepoint"] = j.checkpoint(jm.now(), "completed", location, true)
		then(j)
		return object{"location": location}
	}
}

func failure(class, cause string) object {
	trace := "java.util.concurrent.CompletionException: " + class + ": " + cause + "\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n" +
		"Caused by: " + class + ": " + cause + "\n\t... 1 more\n"
	return object{"failure-cause": object{"class": "java.util.concurrent.CompletionException", "stack-trace": trace, "serialized-throwable": "rO0ABQ=="}}
}

func (jm *JobManager) getOperation(r *http.Request) (int, any) {
	id, trigger := r.PathValue("job"), r.PathValue("trigger")
	op := jm.operations[id+"/"+trigger]
	if op == nil {
		return refuse(http.StatusNotFound, "org.apache.flink.runtime.rest.handler.RestHandlerException: "+
			"There is no savepoint operation with triggerId="+trigger+" for job "+id+".\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n")
	}
	if !op.looked {
		op.looked = true
		return http.StatusOK, object{"status": object{"id": "IN_PROGRESS"}, "operation": nil}
	}
	return http.StatusOK, object{"status": object{"id": "COMPLETED"}, "operation": op.result}
}

func (jm *JobManager) postDisposal(r *http.Request) (int, any) {
	var body struct {
		Path string `json:"savepoint-path"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Path == "" {
		return refuse(http.StatusBadRequest, "Field savepoint-path must not be omitted or be null.")
	}
	trigger := fmt.Sprintf("%032x", len(jm.requests)) // Flink makes these ids up
	jm.operations["/"+trigger] = &operation{finish: func() object { return jm.dispose(body.Path) }}
	return http.StatusOK, object{"request-id": trigger}
}

func (jm *JobManager) dispose(location string) object {
	i := slices.Index(jm.snapshots, location)
	if i < 0 {
		return failure("java.io.FileNotFoundException", "Cannot find checkpoint or savepoint file/directory '"+location+"' on file system 'file'.")
	}
	jm.snapshots = slices.Delete(jm.snapshots, i, i+1)
	return object{}
}
