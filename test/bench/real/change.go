package real

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// Upgrade measures one upgrade to the other good version, by savepoint.
func (b *Bench) Upgrade(ctx context.Context, way figures.Way) (figures.Change, error) {
	if way == figures.Sluice {
		return b.throughSluice(ctx, figures.Upgrade, b.next(ours), flink.Succeeded)
	}
	return b.byApply(ctx, figures.Upgrade, b.next(theirs), nil)
}

// throughSluice measures one release, from the upload to its record.
func (b *Bench) throughSluice(ctx context.Context, kind figures.Kind, version string, want flink.Outcome) (figures.Change, error) {
	before := b.version[ours]
	c := b.begin(figures.Sluice, kind)
	w := b.witness(ctx, ours)
	id, err := b.drop(ctx, version)
	if err != nil {
		return c, err
	}
	var r ledger.Record
	run, err := b.awaitEnd(ctx, w, func(ctx context.Context) (running, error) {
		if r, err = b.record(ctx, id); err != nil {
			return running{}, err
		}
		c.Settled = r.Ended
		return b.awaitRunning(ctx, ours, c.Asked)
	}, &c)
	if err != nil {
		return c, err
	}
	if r.Outcome != want {
		return c, fmt.Errorf("the release of %s ended %s, %s: %s", version, r.Outcome, r.Reason, r.Message)
	}
	if want != flink.Succeeded {
		b.version[ours] = before
	}
	c.Started, c.Running, c.Ended = run.started, run.all, string(r.Outcome)+", "+string(r.Reason)
	for _, m := range r.Timeline {
		c.Steps = append(c.Steps, figures.Step{At: m.At, State: m.State, Note: m.Note})
	}
	return c, b.plausible(c)
}

// byApply measures one apply, from the request until the operator calls it stable.
func (b *Bench) byApply(ctx context.Context, kind figures.Kind, version string, conf map[string]string) (figures.Change, error) {
	c := b.begin(figures.Kubectl, kind)
	w := b.witness(ctx, theirs)
	if err := b.apply(ctx, version, conf); err != nil {
		return c, err
	}
	run, err := b.awaitEnd(ctx, w, func(ctx context.Context) (running, error) {
		run, err := b.awaitRunning(ctx, theirs, c.Asked)
		if err == nil {
			c.Ready, err = b.awaitStable(ctx, theirs)
		}
		return run, err
	}, &c)
	if err != nil {
		return c, err
	}
	c.Started, c.Running, c.Ended = run.started, run.all, "STABLE"
	return c, b.plausible(c)
}

// awaitEnd runs the wait beside the witness and takes down what the witness saw.
func (b *Bench) awaitEnd(ctx context.Context, w *witness, wait func(context.Context) (running, error), c *figures.Change) (running, error) {
	run, err := wait(ctx)
	c.Stopped = w.end()
	return run, err
}

func (b *Bench) begin(way figures.Way, kind figures.Kind) figures.Change {
	return figures.Change{Way: way, Kind: kind, Settings: b.active, Asked: time.Now().UTC(), Load: load()}
}

// plausible refuses a measurement whose moments are not in their order: it
// would have looked at the wrong job.
func (b *Bench) plausible(c figures.Change) error {
	if c.Kind == figures.Upgrade && (c.Stopped.IsZero() || !c.Asked.Before(c.Stopped) || !c.Stopped.Before(c.Started) || !c.Started.Before(c.Running)) {
		return fmt.Errorf("the moments of the %s by %s are not in order: asked %s, stopped %s, started %s, running %s", c.Kind, c.Way, c.Asked, c.Stopped, c.Started, c.Running)
	}
	return nil
}

// load is the machine's load average of a minute; 0 where there is none to read.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	n, _ := strconv.ParseFloat(first, 64)
	return n
}
