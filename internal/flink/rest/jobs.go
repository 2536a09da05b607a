package rest

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// ApplicationDriver is the name Flink 1.20 gives, in application mode, to the
// job that stands for a main() which threw before it submitted one. Overview
// lists it as FAILED, Exceptions says why, Job answers FlinkFault.
const ApplicationDriver = "(application driver)"

// JobOverview is one job in the list of all that a JobManager remembers,
// ended ones included.
type JobOverview struct {
	ID         string
	Name       string
	State      string // INITIALIZING CREATED RUNNING FAILING FAILED CANCELLING CANCELED FINISHED RESTARTING SUSPENDED RECONCILING
	TotalTasks int
	Tasks      map[string]int // subtasks by execution state, in capitals
	Start      time.Time
	End        time.Time // zero while it has not ended
}

// Overview lists the jobs. An empty list is an answer: so it is for ever after
// a job of an application died in a way that left nothing to recover.
func (c *Client) Overview(ctx context.Context) ([]JobOverview, error) {
	const op = "list the jobs"
	var answer struct {
		Jobs *[]overviewAnswer `json:"jobs"`
	}
	if err := c.get(ctx, op, "/jobs/overview", &answer); err != nil {
		return nil, err
	}
	if answer.Jobs == nil {
		return nil, malformed(op, "the answer has no list of jobs")
	}
	jobs := make([]JobOverview, 0, len(*answer.Jobs))
	for _, j := range *answer.Jobs {
		if !isID(j.ID) || j.State == "" {
			return nil, malformed(op, "the answer has a job without id or state")
		}
		jobs = append(jobs, j.overview())
	}
	return jobs, nil
}

type overviewAnswer struct {
	ID    string         `json:"jid"`
	Name  string         `json:"name"`
	State string         `json:"state"`
	Start moment         `json:"start-time"`
	End   moment         `json:"end-time"`
	Tasks map[string]int `json:"tasks"`
}

func (j overviewAnswer) overview() JobOverview {
	o := JobOverview{
		ID: j.ID, Name: j.Name, State: j.State, Start: j.Start.Time, End: j.End.Time,
		TotalTasks: j.Tasks["total"], Tasks: make(map[string]int, len(j.Tasks)),
	}
	for state, n := range j.Tasks {
		if state != "total" {
			o.Tasks[strings.ToUpper(state)] = n
		}
	}
	return o
}

// Job is one job with its vertices.
type Job struct {
	ID             string
	Name           string
	State          string // as in JobOverview
	Start          time.Time
	End            time.Time            // zero while it has not ended
	Since          map[string]time.Time // when it last entered a state; states never entered are not there
	MaxParallelism int                  // -1 when not set
	Vertices       []Vertex
}

// Vertex is a chain of operators that runs as one task.
type Vertex struct {
	ID             string
	Name           string
	Status         string // SCHEDULED DEPLOYING RUNNING CANCELING CREATED RECONCILING CANCELED FAILED FINISHED INITIALIZING
	Parallelism    int
	MaxParallelism int
	Tasks          map[string]int // subtasks by execution state, in capitals
	Source         bool           // no other vertex comes before it
}

// Job reads one job. Of an application driver it fails with FlinkFault.
func (c *Client) Job(ctx context.Context, id string) (Job, error) {
	op := "read job " + clip(id, 80)
	if err := checkIDs(op, id); err != nil {
		return Job{}, err
	}
	var answer jobAnswer
	if err := c.get(ctx, op, "/jobs/"+id, &answer); err != nil {
		return Job{}, err
	}
	if answer.ID != id || answer.State == "" {
		return Job{}, malformed(op, "the answer is not about this job")
	}
	return answer.job(), nil
}

type jobAnswer struct {
	ID             string            `json:"jid"`
	Name           string            `json:"name"`
	State          string            `json:"state"`
	Start          moment            `json:"start-time"`
	End            moment            `json:"end-time"`
	Timestamps     map[string]moment `json:"timestamps"`
	MaxParallelism int               `json:"maxParallelism"`
	Vertices       []vertexAnswer    `json:"vertices"`
	Plan           struct {
		Nodes []struct {
			ID     string            `json:"id"`
			Inputs []json.RawMessage `json:"inputs"`
		} `json:"nodes"`
	} `json:"plan"`
}

type vertexAnswer struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Status         string         `json:"status"`
	Parallelism    int            `json:"parallelism"`
	MaxParallelism int            `json:"maxParallelism"`
	Tasks          map[string]int `json:"tasks"`
}

func (a jobAnswer) job() Job {
	j := Job{
		ID: a.ID, Name: a.Name, State: a.State, Start: a.Start.Time, End: a.End.Time,
		MaxParallelism: a.MaxParallelism, Since: make(map[string]time.Time),
	}
	for state, at := range a.Timestamps {
		if !at.IsZero() {
			j.Since[state] = at.Time
		}
	}
	for _, v := range a.Vertices {
		j.Vertices = append(j.Vertices, Vertex{ID: v.ID, Name: v.Name, Status: v.Status, Parallelism: v.Parallelism,
			MaxParallelism: v.MaxParallelism, Tasks: v.Tasks, Source: a.isSource(v.ID)})
	}
	return j
}

func (a jobAnswer) isSource(vertex string) bool {
	for _, n := range a.Plan.Nodes {
		if n.ID == vertex {
			return len(n.Inputs) == 0
		}
	}
	return false
}
