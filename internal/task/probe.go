package task

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Metrics takes data points. Errors are *flink.Error.
type Metrics interface {
	Put(ctx context.Context, at time.Time, points []flink.DataPoint) error
}

// ProbeRequest is the payload of the probe's schedule.
type ProbeRequest struct {
	Shard int `json:"shard,omitempty"` // which part of the applications, from 0
	Of    int `json:"of,omitempty"`    // how many parts there are; 0 is 1
}

// ProbeReport is what one run of the probe came to.
type ProbeReport struct {
	Probed   int `json:"probed"`   // applications that were looked at
	Quiet    int `json:"quiet"`    // of them, those of which there is nothing to say now: being changed, suspended, deleted
	Unprobed int `json:"unprobed"` // applications that the time was too short for
	Points   int `json:"points"`   // data points that were sent
}

// Bounds of one run. The schedule calls every minute.
const (
	probeBudget      = 45 * time.Second // no look begins later
	probeLook        = 8 * time.Second  // one look takes no longer
	probesAtOnce     = 32
	savepointsLooked = 15 // minutes between two looks at an application's policy; docs/metrics.md and the alarm's period say it, too
)

// Probe looks at the applications of its shard and sends what is wrong with
// them. It changes nothing, so that it may run twice, or die: what it did not
// say, the next run says. That it runs at all is said by its heartbeat.
func (t Tasks) Probe(ctx context.Context, in ProbeRequest) (ProbeReport, error) {
	all, err := t.Ledger.Applications(ctx)
	if err != nil {
		return ProbeReport{}, err
	}
	began := t.Clock.Now()
	mine := ofShard(all, in, began)
	looks := t.lookAt(ctx, mine, began)
	report, points := summed(looks)
	return report, t.Metrics.Put(ctx, began, points)
}

// ofShard picks the applications of a shard and has every run begin with another
// one: where the time is too short for all, each has its turn.
func ofShard(all []flink.Application, in ProbeRequest, now time.Time) []flink.Application {
	var mine []flink.Application
	for _, app := range all {
		if in.Of <= 1 || int(app.Spread()%uint64(in.Of)) == in.Shard {
			mine = append(mine, app)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	first := int(now.Unix()/60*int64(probesAtOnce)) % len(mine)
	return append(slices.Clone(mine[first:]), mine[:first]...)
}

// looked is what became of one application.
type looked struct {
	began, quiet bool
	points       []flink.DataPoint
}

// summed makes the report, and the points of all with the heartbeat.
func summed(all []looked) (ProbeReport, []flink.DataPoint) {
	var r ProbeReport
	var points []flink.DataPoint
	for _, l := range all {
		switch {
		case !l.began:
			r.Unprobed++
			continue
		case l.quiet:
			r.Quiet++
		}
		r.Probed++
		points = append(points, l.points...)
	}
	points = append(points, flink.DataPoint{Metric: flink.MetricProbed, Value: float64(r.Probed)})
	if r.Unprobed > 0 {
		points = append(points, flink.DataPoint{Metric: flink.MetricUnprobed, Value: float64(r.Unprobed)})
	}
	r.Points = len(points)
	return r, points
}

// lookAt looks at every application, so many at once, until the time is over.
func (t Tasks) lookAt(ctx context.Context, apps []flink.Application, began time.Time) []looked {
	out := make([]looked, len(apps))
	next := make(chan int)
	var working sync.WaitGroup
	for range min(probesAtOnce, len(apps)) {
		working.Go(func() {
			for i := range next {
				if t.Clock.Now().Sub(began) < probeBudget && ctx.Err() == nil {
					out[i] = t.lookOnce(ctx, apps[i])
				}
			}
		})
	}
	for i := range apps {
		next <- i
	}
	close(next)
	working.Wait()
	return out
}

func (t Tasks) lookOnce(ctx context.Context, app flink.Application) looked {
	ctx, cancel := context.WithTimeout(ctx, probeLook)
	defer cancel()
	l, quiet := t.gatherLook(ctx, app)
	if quiet {
		return looked{began: true, quiet: true}
	}
	return looked{began: true, points: flink.Probe(l)}
}

// gatherLook reads what is known of an application and what it looks like.
// quiet: there is nothing to say of it now.
func (t Tasks) gatherLook(ctx context.Context, app flink.Application) (l flink.Look, quiet bool) {
	l = flink.Look{Application: app, Now: t.Clock.Now()}
	unseen := func(what string, err error) (flink.Look, bool) {
		l.Unseen = what
		slog.Warn("an application could not be looked at", "application", app.String(), "what", what, "error", err)
		return l, false
	}
	d, _, err := t.Ledger.Document(ctx, app)
	if err != nil {
		return unseen("its document in the ledger cannot be read", err)
	}
	if quietNow(d, l.Now) {
		return l, true
	}
	if t.savepointsAsked(app, l.Now) {
		l.Savepoints = t.savepoints(ctx, d, l.Now)
	}
	if l.Running, err = t.Ledger.Revision(ctx, app, d.Current); err != nil {
		return unseen("the revision that runs cannot be read", err)
	}
	if l.Observation, err = t.Target.Observe(ctx, app); err != nil {
		return unseen("the cluster does not tell", err)
	}
	return l, false
}

// quietNow: a release judges what it changes itself; what was ended on purpose,
// or never begun, is not looked at.
func quietNow(d ledger.Document, now time.Time) bool {
	releasing := d.Held(now) && d.Lease.For != ledger.ForRotation
	return releasing || d.Deleted != nil || d.Suspended != nil || d.Current == ""
}

// savepointsAsked: policies lie in the artifact bucket, and savepoints get old slowly.
func (t Tasks) savepointsAsked(app flink.Application, now time.Time) bool {
	return (uint64(now.Unix()/60)+app.Spread())%savepointsLooked == 0
}

// savepoints tells how old the newest savepoint is, and may be. Where the policy
// cannot be read nothing is said: the rotation records that.
func (t Tasks) savepoints(ctx context.Context, d ledger.Document, now time.Time) flink.Timetable {
	m, err := t.readManifest(ctx, d.Application, "")
	if err != nil {
		slog.Warn("whether a savepoint is overdue is not known: the policy cannot be read", "application", d.Application.String(), "error", err)
		return flink.Timetable{}
	}
	return timetable(&d, m.Policy.Snapshots, now, false, nil)
}
