package rest

import (
	"context"
	"encoding/json"
	"time"
)

// Failure is one entry of a job's exception history.
type Failure struct {
	Name        string   // qualified class of the exception
	Message     string   // its first line without the class, bounded
	Cause       string   // the line of its chain of causes that says what happened; Message when there is no better
	Chain       []string // classes from the exception to its innermost cause
	Stacktrace  string   // bounded to about 4 KiB
	Time        time.Time
	Task        string // name, subtask and attempt, "count (1/1) - execution #0"; "" when no single task failed
	TaskManager string // id; "" as above
	Labels      map[string]string
	Concurrent  []Failure // what other tasks threw at the same time; without further ones of their own
}

// Exceptions reads a job's exception history, newest first; Flink bounds its
// length (web.exception-history-size, 16). A job that gave up has an entry
// "Recovery is suppressed by …" on top whose Cause is what it gave up over.
func (c *Client) Exceptions(ctx context.Context, id string) ([]Failure, error) {
	op := "read the exceptions of job " + clip(id, 80)
	if err := checkIDs(op, id); err != nil {
		return nil, err
	}
	var answer exceptionsAnswer
	if err := c.get(ctx, op, "/jobs/"+id+"/exceptions", &answer); err != nil {
		return nil, err
	}
	if answer.History == nil && answer.Root == nil {
		return nil, malformed(op, "the answer has neither exceptionHistory nor root-exception")
	}
	return answer.failures(), nil
}

// exceptionsAnswer has what 2.x answers, and the root exception of 1.x, which
// alone is filled when the history lost what an ended job failed of.
type exceptionsAnswer struct {
	Root      json.RawMessage `json:"root-exception"` // a string or null
	Timestamp moment          `json:"timestamp"`
	History   *struct {
		Entries []failureAnswer `json:"entries"`
	} `json:"exceptionHistory"`
}

type failureAnswer struct {
	Name        string            `json:"exceptionName"`
	Stacktrace  string            `json:"stacktrace"`
	Time        moment            `json:"timestamp"`
	Task        string            `json:"taskName"`
	TaskManager string            `json:"taskManagerId"`
	Labels      map[string]string `json:"failureLabels"`
	Concurrent  []failureAnswer   `json:"concurrentExceptions"`
}

func (a exceptionsAnswer) failures() []Failure {
	var failures []Failure
	if a.History != nil {
		for _, entry := range a.History.Entries {
			failures = append(failures, entry.withConcurrent())
		}
	}
	var root string
	if len(failures) == 0 && json.Unmarshal(a.Root, &root) == nil && root != "" {
		failures = append(failures, failureAnswer{Stacktrace: root, Time: a.Timestamp}.failure())
	}
	return failures
}

func (a failureAnswer) withConcurrent() Failure {
	f := a.failure()
	for _, other := range a.Concurrent {
		f.Concurrent = append(f.Concurrent, other.failure())
	}
	return f
}

func (a failureAnswer) failure() Failure {
	f := Failure{
		Name: a.Name, Stacktrace: clip(a.Stacktrace, maxTrace), Time: a.Time.Time,
		Task: line(a.Task), TaskManager: a.TaskManager, Labels: a.Labels,
	}
	heads := headsOf(a.Stacktrace)
	for _, h := range heads {
		if h.class != "" {
			f.Chain = append(f.Chain, h.class)
		}
	}
	if len(heads) > 0 {
		f.Message, f.Cause = heads[0].text(), useful(heads)
	}
	if f.Name == "" && len(f.Chain) > 0 {
		f.Name = f.Chain[0]
	}
	return f
}
