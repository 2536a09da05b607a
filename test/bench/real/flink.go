package real

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

func (b *Bench) flinkURL(app flink.Application) string {
	return b.server + "/api/v1/namespaces/" + app.Namespace + "/services/" + app.Name + "-rest:8081/proxy"
}

func (b *Bench) jobs(ctx context.Context, app flink.Application) []rest.JobOverview {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	jobs, err := rest.New(b.flinkURL(app), b.hc).Overview(ctx)
	if err != nil {
		return nil // between two JobManagers nobody answers
	}
	return jobs
}

// running are the moments of a job that runs, by Flink's clock.
type running struct{ started, all time.Time }

// awaitRunning waits until a job runs that started after a moment, all its tasks.
func (b *Bench) awaitRunning(ctx context.Context, app flink.Application, after time.Time) (running, error) {
	var found running
	err := await(ctx, calm, "all tasks of "+app.Name+" run", func(ctx context.Context) (bool, error) {
		for _, j := range b.jobs(ctx, app) {
			if !j.Start.After(after) || j.State != "RUNNING" || j.TotalTasks == 0 || j.Tasks["RUNNING"] < j.TotalTasks {
				continue
			}
			since, err := b.runningSince(ctx, app, j.ID)
			if err != nil {
				return false, nil // it ended in between, or is about to be known
			}
			found = running{started: j.Start, all: since}
			return true, nil
		}
		return false, nil
	})
	return found, err
}

// runningSince is the moment at which the last task of a job began to run. Flink
// tells how long each has been running and what time it is, both in the answer
// about a vertex (status-duration, now), so when it is asked makes no difference.
func (b *Bench) runningSince(ctx context.Context, app flink.Application, job string) (last time.Time, err error) {
	var vertices struct{ Vertices []struct{ ID string } }
	if err := b.get(ctx, app, "/jobs/"+job, &vertices); err != nil {
		return last, err
	}
	for _, v := range vertices.Vertices {
		var detail struct {
			Now      int64 // milliseconds since 1970
			Subtasks []struct {
				Status   string
				Duration map[string]int64 `json:"status-duration"` // milliseconds
			}
		}
		if err := b.get(ctx, app, "/jobs/"+job+"/vertices/"+v.ID, &detail); err != nil {
			return last, err
		}
		for _, s := range detail.Subtasks {
			if s.Status != "RUNNING" {
				return last, fmt.Errorf("a task is %s", s.Status)
			}
			if at := time.UnixMilli(detail.Now - s.Duration["RUNNING"]).UTC(); at.After(last) {
				last = at
			}
		}
	}
	if last.IsZero() {
		return last, fmt.Errorf("the job %s has no tasks", job)
	}
	return last, nil
}

func (b *Bench) get(ctx context.Context, app flink.Application, path string, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.flinkURL(app)+path, nil)
	if err != nil {
		return err
	}
	response, err := b.hc.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// witness watches for the end of the job that runs: Flink tells when it ended
// for as long as its JobManager is there, which after a stop is a second or so.
type witness struct {
	cancel context.CancelFunc
	seen   chan time.Time
}

func (b *Bench) witness(ctx context.Context, app flink.Application) *witness {
	began := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	w := &witness{cancel: cancel, seen: make(chan time.Time, 1)}
	go func() {
		var end time.Time
		defer func() { w.seen <- end }()
		_ = await(ctx, often, "the end of the job", func(ctx context.Context) (bool, error) {
			for _, j := range b.jobs(ctx, app) {
				if j.End.After(began) {
					end = j.End
				}
			}
			return !end.IsZero(), ctx.Err()
		})
	}()
	return w
}

// end is when the job ended, by Flink; zero when nobody saw it.
func (w *witness) end() time.Time {
	w.cancel()
	return <-w.seen
}
