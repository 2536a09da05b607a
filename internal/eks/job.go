package eks

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// restPatience bounds all questions of one observation to Flink together.
const restPatience = 6 * time.Second

// keptFailures bounds what an observation carries of the exception history.
const keptFailures = 16

// observeJob asks Flink. What cannot be read makes the whole answer one that
// is not to be trusted: half of it could be of another JobManager.
func observeJob(ctx context.Context, c *rest.Client) flink.JobFacts {
	ctx, cancel := context.WithTimeout(ctx, restPatience)
	defer cancel()
	facts, err := jobFacts(ctx, c)
	if err != nil {
		return flink.JobFacts{Unreachable: unreachable(err), Restarts: -1}
	}
	return facts
}

func unreachable(err error) string {
	if rest.CodeOf(err) == rest.Denied {
		return firstLine("the Role of the namespace has to allow get and create on services/proxy: " + err.Error())
	}
	return firstLine(err.Error())
}

func jobFacts(ctx context.Context, c *rest.Client) (flink.JobFacts, error) {
	facts := flink.JobFacts{Reachable: true, Restarts: -1}
	jobs, err := c.Overview(ctx)
	if err != nil || len(jobs) == 0 {
		return facts, err
	}
	job := newest(jobs)
	facts.ID, facts.Name, facts.State, facts.Started = job.ID, job.Name, job.State, job.Start
	facts.Tasks, facts.TasksRunning, facts.TasksFinished = job.TotalTasks, job.Tasks["RUNNING"], job.Tasks["FINISHED"]
	failures, err := c.Exceptions(ctx, job.ID)
	if err != nil {
		return facts, err
	}
	facts.Failures = failureFacts(failures)
	if job.Name == rest.ApplicationDriver {
		return facts, nil // it has neither checkpoints nor metrics
	}
	checkpoints, err := c.Checkpoints(ctx, job.ID)
	if err != nil {
		return facts, err
	}
	facts.Checkpoints = checkpointFacts(checkpoints)
	if j, err := c.Job(ctx, job.ID); err == nil { // what is not told of it is not known, which is no fault
		facts.Vertices = vertexFacts(j.Vertices)
		facts.Lag = lagFacts(ctx, c, j)
	}
	if metrics, err := c.Metrics(ctx, job.ID, rest.NumRestarts); err == nil {
		if n, ok := metrics.Number(rest.NumRestarts); ok {
			facts.Restarts = int64(n)
		}
	}
	return facts, nil
}

// newest is the job that started last: an application may have ended jobs beside it.
func newest(jobs []rest.JobOverview) rest.JobOverview {
	last := jobs[0]
	for _, j := range jobs[1:] {
		if j.Start.After(last.Start) {
			last = j
		}
	}
	return last
}

func vertexFacts(list []rest.Vertex) []flink.Vertex {
	var facts []flink.Vertex
	for _, v := range list {
		facts = append(facts, flink.Vertex{ID: v.ID, Name: v.Name, Parallelism: v.Parallelism, MaxParallelism: v.MaxParallelism})
	}
	return facts
}

func checkpointFacts(c rest.Checkpoints) flink.Checkpoints {
	facts := flink.Checkpoints{Completed: c.Counts.Completed, Failed: c.Counts.Failed, Restored: c.Counts.Restored}
	if l := c.LatestCompleted; l != nil {
		facts.Latest, facts.LatestID, facts.LatestAt = l.ExternalPath, l.ID, l.LatestAck
	}
	if r := c.LatestRestored; r != nil {
		facts.RestoredFrom, facts.RestoredID = r.ExternalPath, r.ID
	}
	return facts
}

func failureFacts(list []rest.Failure) []flink.Failure {
	var facts []flink.Failure
	for _, f := range list {
		if len(facts) == keptFailures {
			break
		}
		facts = append(facts, flink.Failure{At: f.Time, Cause: causeOf(f), Message: firstLine(f.Cause)})
	}
	return facts
}
