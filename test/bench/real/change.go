package real

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// Pending is a change whose new version runs and which somebody still watches:
// Sluice until it has its record, the operator until it calls the job stable.
type Pending struct {
	figures.Change
	finish func(context.Context, *figures.Change) error // nil when there is nothing to wait for
}

// Finish waits for the end of it.
func (p *Pending) Finish(ctx context.Context) (figures.Change, error) {
	if p.finish == nil {
		return p.Change, nil
	}
	err := p.finish(ctx, &p.Change)
	return p.Change, err
}

// Upgrade measures one upgrade to the other good version, by savepoint. It
// returns as soon as that runs.
func (b *Bench) Upgrade(ctx context.Context, way figures.Way) (*Pending, error) {
	if way == figures.Kubectl {
		return b.byApply(ctx, figures.Upgrade, b.next(theirs), nil)
	}
	c := b.begin(figures.Sluice, figures.Upgrade)
	w := b.witness(ctx, ours)
	id, err := b.drop(ctx, b.next(ours))
	if err != nil {
		return nil, err
	}
	run, err := b.awaitRunning(ctx, ours, c.Asked)
	c.Stopped, c.Started, c.Running = w.end(), run.started, run.all
	if err == nil {
		err = plausible(c)
	}
	return &Pending{c, func(ctx context.Context, c *figures.Change) error { return b.recorded(ctx, id, flink.Succeeded, c) }}, err
}

// fail measures a release of a version that fails, from the upload to its record.
func (b *Bench) fail(ctx context.Context, kind figures.Kind, version string) (*Pending, error) {
	before := b.version[ours]
	c := b.begin(figures.Sluice, kind)
	w := b.witness(ctx, ours)
	id, err := b.drop(ctx, version)
	if err != nil {
		return nil, err
	}
	err = b.recorded(ctx, id, flink.FailedClean, &c)
	c.Stopped = w.end()
	if err != nil {
		return nil, err
	}
	b.version[ours] = before
	run, err := b.awaitRunning(ctx, ours, c.Asked)
	c.Started, c.Running = run.started, run.all
	return &Pending{Change: c}, err
}

// recorded waits for the record of an upload, and takes down what it says.
func (b *Bench) recorded(ctx context.Context, id string, want flink.Outcome, c *figures.Change) error {
	r, err := b.record(ctx, id)
	if err != nil {
		return err
	}
	c.Settled, c.Ended = r.Ended, string(r.Outcome)+", "+string(r.Reason)
	for _, m := range r.Timeline {
		c.Steps = append(c.Steps, figures.Step{At: m.At, State: m.State, Note: m.Note})
	}
	if r.Outcome != want {
		return fmt.Errorf("the release of %s ended %s, %s: %s", r.Jar, r.Outcome, r.Reason, r.Message)
	}
	return nil
}

// byApply measures one apply. It returns as soon as the new version runs.
func (b *Bench) byApply(ctx context.Context, kind figures.Kind, version string, conf map[string]string) (*Pending, error) {
	c := b.begin(figures.Kubectl, kind)
	w := b.witness(ctx, theirs)
	if err := b.apply(ctx, version, conf); err != nil {
		return nil, err
	}
	run, err := b.awaitRunning(ctx, theirs, c.Asked)
	c.Stopped, c.Started, c.Running = w.end(), run.started, run.all
	if err == nil {
		err = plausible(c)
	}
	return &Pending{c, func(ctx context.Context, c *figures.Change) (err error) {
		c.Ready, err = b.awaitStable(ctx, theirs)
		c.Ended = "STABLE"
		return err
	}}, err
}

func (b *Bench) begin(way figures.Way, kind figures.Kind) figures.Change {
	return figures.Change{Way: way, Kind: kind, Settings: b.active, Asked: time.Now().UTC(), Load: figures.LoadAverage()}
}

// plausible refuses a measurement whose moments are not in their order: it
// would have looked at the wrong job.
func plausible(c figures.Change) error {
	if c.Kind == figures.Upgrade && (c.Stopped.IsZero() || !c.Asked.Before(c.Stopped) || !c.Stopped.Before(c.Started) || !c.Started.Before(c.Running)) {
		return fmt.Errorf("the moments of the %s by %s are not in order: asked %s, stopped %s, started %s, running %s", c.Kind, c.Way, c.Asked, c.Stopped, c.Started, c.Running)
	}
	return nil
}
