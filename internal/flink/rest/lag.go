package rest

import (
	"context"
	"math"
	"net/url"
	"strings"
)

// Lag is what a job's sources have yet to read.
type Lag struct {
	Told    bool  // at least one source tells it, and all that do gave a number
	Records int64 // over all of them
}

// lagMetrics end the names of metrics that tell a source's lag, best first:
// FLIP-33's (every source since Flink 1.14 that reports it), and that of Kafka's
// own consumer, the highest of its partitions', for connectors that do not.
var lagMetrics = []string{".pendingRecords", ".records-lag-max"}

// Lag sums up what the job's sources have yet to read. The names of the metrics
// begin with the source's name, so they are listed first; a JobManager reads its
// tasks' metrics when it is asked for them, so the first answers list none.
func (c *Client) Lag(ctx context.Context, job Job) (Lag, error) {
	lag := Lag{Told: true}
	told := 0
	for _, v := range job.Vertices {
		if !v.Source {
			continue
		}
		names, err := c.subtaskMetrics(ctx, job.ID, v.ID)
		if err != nil {
			return Lag{}, err
		}
		names = lagNames(names)
		if len(names) == 0 {
			continue
		}
		sum, ok, err := c.sumOf(ctx, job.ID, v.ID, names)
		if err != nil {
			return Lag{}, err
		}
		told++
		lag.Records += sum
		lag.Told = lag.Told && ok
	}
	if !lag.Told || told == 0 {
		return Lag{}, nil
	}
	return lag, nil
}

// lagNames keeps the names of the best kind there is.
func lagNames(names []string) []string {
	for _, suffix := range lagMetrics {
		var kept []string
		for _, n := range names {
			if strings.HasSuffix(n, suffix) {
				kept = append(kept, n)
			}
		}
		if len(kept) > 0 {
			return kept
		}
	}
	return nil
}

// subtaskMetrics lists the names of the metrics of a vertex' subtasks.
func (c *Client) subtaskMetrics(ctx context.Context, job, vertex string) ([]string, error) {
	answer, err := c.aggregated(ctx, job, vertex, "")
	var names []string
	for _, m := range answer {
		names = append(names, m.ID)
	}
	return names, err
}

// sumOf adds metrics up over a vertex' subtasks; false when one gave no number.
func (c *Client) sumOf(ctx context.Context, job, vertex string, names []string) (sum int64, ok bool, err error) {
	answer, err := c.aggregated(ctx, job, vertex, "?agg=sum&get="+url.QueryEscape(strings.Join(names, ",")))
	if err != nil {
		return 0, false, err
	}
	for _, m := range answer {
		if m.Sum == nil || math.IsNaN(*m.Sum) || *m.Sum < 0 || *m.Sum > math.MaxInt64/2 {
			return 0, false, nil
		}
		sum += int64(*m.Sum)
	}
	return sum, len(answer) == len(names) && sum >= 0, nil
}

type aggregate struct {
	ID  string   `json:"id"`
	Sum *float64 `json:"sum"`
}

func (c *Client) aggregated(ctx context.Context, job, vertex, query string) ([]aggregate, error) {
	op := "read the sources' metrics of job " + clip(job, 80)
	if err := checkIDs(op, job, vertex); err != nil {
		return nil, err
	}
	var answer *[]aggregate
	if err := c.get(ctx, op, "/jobs/"+job+"/vertices/"+vertex+"/subtasks/metrics"+query, &answer); err != nil {
		return nil, err
	}
	if answer == nil {
		return nil, malformed(op, "the answer has no list of metrics")
	}
	return *answer, nil
}
