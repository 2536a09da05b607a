package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/sluice-flink/sluice/test/bench/figures"
	"github.com/sluice-flink/sluice/test/bench/real"
)

// series is a row of measurements on one installation.
type series struct {
	options
	bench   *real.Bench
	turns   *real.Turns
	results *figures.Results
	part    string
	session *figures.Session
	fresh   bool // nothing of this part has been measured yet
	pair    int  // number of the newest one
}

// How many pairs there are of what is not the downtime.
const (
	rollbackPairs  = 5
	loopRepeats    = 3
	settingsRounds = 3
	quickly        = 2
	// loopPatience is how long the operator's rollback gets to see a restart loop:
	// three times its readiness timeout.
	loopPatience = 90 * time.Second
)

func (s *series) times(n int) int {
	if s.quick {
		return min(n, quickly)
	}
	return n
}

// downtime: upgrades by turns, with the operator's defaults.
func (s *series) downtime(ctx context.Context) error {
	if err := s.use(ctx, real.Defaults); err != nil {
		return err
	}
	for range s.times(s.pairs) {
		if err := s.both(ctx, s.bench.Upgrade); err != nil {
			return err
		}
	}
	return nil
}

// rollback: versions that fail, with the settings that are shipped.
func (s *series) rollback(ctx context.Context) error {
	if err := s.use(ctx, real.Shipped); err != nil {
		return err
	}
	if err := s.bench.Arm(ctx); err != nil {
		return err
	}
	for range s.times(rollbackPairs) {
		if err := s.both(ctx, s.bench.RollBack); err != nil {
			return err
		}
	}
	for range s.times(loopRepeats) {
		if err := s.measured(ctx, s.loop, figures.Sluice); err != nil {
			return err
		}
	}
	if err := s.measured(ctx, s.loop, figures.Kubectl); err != nil {
		return err
	}
	return s.bench.Renew(ctx)
}

// settings: a pair with each, round after round, so that what the machine does
// meanwhile falls on all of them.
func (s *series) settings(ctx context.Context) error {
	names := append([]string{real.Defaults}, append(real.Groups(), real.Shipped)...)
	for range s.times(settingsRounds) {
		for _, name := range names {
			if err := s.use(ctx, name); err != nil {
				return err
			}
			if err := s.both(ctx, s.bench.Upgrade); err != nil {
				return err
			}
			if err := s.measured(ctx, s.lastState, figures.Kubectl); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *series) loop(ctx context.Context, way figures.Way) (*real.Pending, error) {
	return s.bench.Loop(ctx, way, loopPatience)
}

func (s *series) lastState(ctx context.Context, _ figures.Way) (*real.Pending, error) {
	return s.bench.LastState(ctx)
}

func (s *series) use(ctx context.Context, settings string) error {
	if err := s.turns.Take(ctx); err != nil {
		return err
	}
	return s.bench.Use(ctx, settings)
}

// change is one that is measured.
type change func(ctx context.Context, way figures.Way) (*real.Pending, error)

// both measures a pair; who begins changes from pair to pair. The second begins
// when the first one's new version runs, and somebody still watches that; then
// it is the other way round.
func (s *series) both(ctx context.Context, change change) error {
	ways := []figures.Way{figures.Sluice, figures.Kubectl}
	if s.pair%2 == 1 {
		ways[0], ways[1] = ways[1], ways[0]
	}
	return s.measured(ctx, change, ways...)
}

// measured makes changes, each while the ones before it are still watched.
func (s *series) measured(ctx context.Context, change change, ways ...figures.Way) error {
	s.pair++
	if err := s.turns.Take(ctx); err != nil {
		return err
	}
	var all []*real.Pending
	for _, way := range ways {
		p, err := change(ctx, way)
		if err != nil {
			return fmt.Errorf("by %s: %w", way, err)
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := s.take(p.Finish(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// take keeps a measurement at once: a run that is cut off has not run in vain.
func (s *series) take(c figures.Change, err error) error {
	if err != nil {
		return err
	}
	if s.fresh { // not before: what was measured earlier stays until there is something new
		*s.session = figures.Session{Commit: s.commit, Began: c.Asked, CPUs: runtime.NumCPU()}
		s.fresh = false
	}
	c.Pair = s.pair
	s.session.Changes = append(s.session.Changes, c)
	_, _ = fmt.Fprintf(s.out, "%s  pair %d, %s, %s by %s: %s\n", time.Now().UTC().Format(time.TimeOnly), c.Pair, c.Settings, c.Kind, c.Way, told(c))
	return s.keep(s.results, s.part)
}

// told is a measurement in a line.
func told(c figures.Change) string {
	switch {
	case c.Running.IsZero():
		return c.Ended
	case c.Kind == figures.Upgrade:
		return fmt.Sprintf("down %.1f s (load %.1f)", c.Downtime().Seconds(), c.Load)
	}
	return fmt.Sprintf("%.1f s until it ran (load %.1f)", c.Recovery().Seconds(), c.Load)
}
