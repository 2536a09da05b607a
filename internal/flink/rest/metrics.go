package rest

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// NumRestarts counts the restarts of a job since its JobManager took it over.
// It is not there in a job's first ten seconds or so.
const NumRestarts = "numRestarts"

// Metrics are a job's metrics by name, as Flink writes them. One that Flink
// does not have, or not yet, is absent: not zero.
type Metrics map[string]string

// Number reads a metric as a finite number; false when it is absent or none.
func (m Metrics) Number(name string) (float64, bool) {
	n, err := strconv.ParseFloat(m[name], 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// Metrics reads the named metrics of a job. A JobManager forgets metrics after
// a while and answers an empty list for a job that ended long ago.
func (c *Client) Metrics(ctx context.Context, id string, names ...string) (Metrics, error) {
	op := "read the metrics of job " + clip(id, 80)
	if err := checkIDs(op, id); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, rejected(op, "name at least one metric: Flink gives no values without")
	}
	var answer *[]struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	}
	path := "/jobs/" + id + "/metrics?get=" + url.QueryEscape(strings.Join(names, ","))
	if err := c.get(ctx, op, path, &answer); err != nil {
		return nil, err
	}
	if answer == nil {
		return nil, malformed(op, "the answer has no list of metrics")
	}
	metrics := make(Metrics, len(*answer))
	for _, m := range *answer {
		metrics[m.ID] = m.Value
	}
	return metrics, nil
}
