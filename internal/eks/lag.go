package eks

import (
	"context"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// askedSources bounds how many sources are asked for their lag at each look.
const askedSources = 8

// lagFacts asks the sources of a running job. That it is not known is never an
// error: most jobs' policies do not ask.
func lagFacts(ctx context.Context, c *rest.Client, job rest.Job) flink.Lag {
	if job.State != "RUNNING" {
		return flink.Lag{Unknown: "the job is " + job.State}
	}
	sources := 0
	for _, v := range job.Vertices {
		if v.Source {
			sources++
		}
	}
	if sources > askedSources {
		return flink.Lag{Unknown: fmt.Sprintf("the job has %d sources, and Sluice asks %d at most", sources, askedSources)}
	}
	lag, err := c.Lag(ctx, job)
	switch {
	case err != nil:
		return flink.Lag{Unknown: firstLine(err.Error())}
	case !lag.Told:
		return flink.Lag{Unknown: "no source has the metric pendingRecords"}
	}
	return flink.Lag{Known: true, Records: lag.Records}
}
