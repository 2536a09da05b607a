package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/test/bench/bootstraps"
	"github.com/sluice-flink/sluice/test/bench/figures"
	"github.com/sluice-flink/sluice/test/bench/inprocess"
	"github.com/sluice-flink/sluice/test/bench/real"
)

// part is something that is measured on its own.
type part struct {
	name    string
	measure func(ctx context.Context, o options, r *figures.Results) error // nil: on real parts, see realParts
}

var parts = []part{
	{"release", release},
	{"functions", deployed},
	{"rotations", rotations},
	{"alarm", alarm},
	{"downtime", nil},
	{"rollback", nil},
	{"settings", nil},
}

func partNames() []string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
	}
	return names
}

func (o options) wants(name string) bool { return len(o.only) == 0 || slices.Contains(o.only, name) }

// measure measures what is wanted, what needs no cluster first.
func (o options) measure(ctx context.Context, r *figures.Results) error {
	var onRealParts bool
	for _, p := range parts {
		if !o.wants(p.name) {
			continue
		}
		if p.measure == nil {
			onRealParts = true
			continue
		}
		if err := p.measure(ctx, o, r); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := o.keep(r, p.name); err != nil {
			return err
		}
	}
	if !onRealParts {
		return nil
	}
	return o.realParts(ctx, r)
}

// keep writes a part's file, unless this is only a try.
func (o options) keep(r *figures.Results, name string) error {
	if o.quick {
		return nil
	}
	return r.Save(o.results(), name)
}

// How often what takes milliseconds is repeated.
const (
	releases = 200
	alarms   = 200
	starts   = 15
)

// fleets are how many applications are rotated at a time.
var fleets = []int{100, 1000, 10000}

func rotations(ctx context.Context, o options, r *figures.Results) error {
	r.Rotations = figures.Rotations{Occasion: figures.NewOccasion(o.commit)}
	for _, n := range fleets {
		if o.quick && n > fleets[0] {
			break
		}
		one, err := inprocess.MeasureRotation(ctx, "", n)
		if err != nil {
			return fmt.Errorf("%d applications: %w", n, err)
		}
		r.Rotations.List = append(r.Rotations.List, one)
	}
	return nil
}

func release(ctx context.Context, o options, r *figures.Results) (err error) {
	at := figures.NewOccasion(o.commit)
	r.Release, err = inprocess.Measure(ctx, "", releases)
	r.Release.Occasion = at
	return err
}

func alarm(ctx context.Context, o options, r *figures.Results) (err error) {
	at := figures.NewOccasion(o.commit)
	r.Alarm, err = inprocess.MeasureAlarm(ctx, "", alarms)
	r.Alarm.Occasion = at
	return err
}

func deployed(ctx context.Context, o options, r *figures.Results) (err error) {
	r.Functions = figures.Functions{Occasion: figures.NewOccasion(o.commit)}
	r.Functions.List, err = bootstraps.Measure(ctx, o.module, starts, o.out)
	return err
}

// realParts starts one installation and measures on it.
func (o options) realParts(ctx context.Context, r *figures.Results) (err error) {
	turns := &real.Turns{File: o.lock}
	defer turns.Give()
	if err := turns.Take(ctx); err != nil {
		return err
	}
	b, err := real.Start(ctx, o.dir, o.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	s := series{options: o, bench: b, turns: turns, results: r}
	for _, next := range []struct {
		name    string
		session *figures.Session
		measure func(context.Context) error
	}{{"downtime", &r.Downtime, s.downtime}, {"rollback", &r.Rollback, s.rollback}, {"settings", &r.Settings, s.settings}} {
		if !o.wants(next.name) {
			continue
		}
		s.part, s.session, s.fresh = next.name, next.session, true
		if err := next.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.name, err)
		}
	}
	return nil
}
