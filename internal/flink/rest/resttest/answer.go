package resttest

import (
	"net/http"
	"strings"
	"time"
)

func (jm *JobManager) getOverview(*http.Request) (int, any) {
	jobs := []object{}
	for _, j := range jm.jobs {
		tasks := object{"total": 1}
		for state, n := range j.tasks() {
			tasks[strings.ToLower(state)] = n
		}
		jobs = append(jobs, object{
			"jid": j.id, "name": j.name, "state": j.state, "start-time": j.started.UnixMilli(), "end-time": j.end(), "tasks": tasks,
		})
	}
	return http.StatusOK, object{"jobs": jobs}
}

func (jm *JobManager) getJob(r *http.Request) (int, any) {
	j, status, refusal := jm.about(r)
	if j == nil {
		return status, refusal
	}
	if j.isDriver() {
		return refuseDriver()
	}
	return http.StatusOK, object{
		"jid": j.id, "name": j.name, "isStoppable": false, "state": j.state, "job-type": "STREAMING", "maxParallelism": -1,
		"start-time": j.started.UnixMilli(), "end-time": j.end(), "timestamps": object{j.state: j.started.UnixMilli()},
		"vertices": []object{{
			"id": onlyVertex, "name": "work", "status": j.taskState(), "parallelism": 1, "maxParallelism": 128, "tasks": j.tasks(),
		}},
		"plan": object{"nodes": []object{{"id": onlyVertex, "description": "work"}}},
	}
}

const onlyVertex = "961b98d29c091a51a0d6134461427c1a"

// end is the time a job ended, -1 while it has not.
func (j *job) end() int64 {
	if j.ended == (time.Time{}) {
		return -1
	}
	return j.ended.UnixMilli()
}

// taskState is the state of the only subtask, as it follows from the job's.
func (j *job) taskState() string {
	switch j.state {
	case "RUNNING", "FINISHED", "FAILED", "CANCELED":
		return j.state
	case "RESTARTING", "FAILING":
		return "FAILED"
	}
	return "SCHEDULED"
}

func (j *job) tasks() map[string]int {
	tasks := map[string]int{"SCHEDULED": 0, "RUNNING": 0, "CANCELED": 0, "FAILED": 0, "FINISHED": 0}
	tasks[j.taskState()] = 1
	return tasks
}

func (jm *JobManager) getCheckpoints(r *http.Request) (int, any) {
	j, status, refusal := jm.about(r)
	if j == nil {
		return status, refusal
	}
	if j.isDriver() {
		return refuse(http.StatusNotFound, "org.apache.flink.runtime.rest.handler.RestHandlerException: Checkpointing has not been enabled.\n")
	}
	return http.StatusOK, object{"counts": j.counts, "latest": j.latest, "history": []object{}}
}

func (jm *JobManager) getExceptions(r *http.Request) (int, any) {
	j, status, refusal := jm.about(r)
	if j == nil {
		return status, refusal
	}
	answer := object{"exceptionHistory": object{"entries": append([]object{}, j.failures...), "truncated": false}}
	if strings.HasPrefix(jm.version, "1.") {
		answer["root-exception"], answer["timestamp"] = nil, nil
		answer["all-exceptions"], answer["truncated"] = []object{}, false
		if len(j.failures) > 0 {
			answer["root-exception"], answer["timestamp"] = j.failures[0]["stacktrace"], j.failures[0]["timestamp"]
		}
	}
	return http.StatusOK, answer
}
