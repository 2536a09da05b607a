package hostile_test

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
)

// loud is a target that says far too much. What it does is what the one below does.
type loud struct {
	flink.Target
	observe  func(*flink.Observation)
	snapshot func(*flink.SnapshotState)
	refuse   func(flink.Desired) error
	fail     func(method string) error
}

func (l loud) failing(method string) error {
	if l.fail == nil {
		return nil
	}
	return l.fail(method)
}

func (l loud) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	if err := l.failing("Observe"); err != nil {
		return flink.Observation{}, err
	}
	o, err := l.Target.Observe(ctx, app)
	if l.observe != nil {
		l.observe(&o)
	}
	return o, err
}

func (l loud) Apply(ctx context.Context, d flink.Desired) error {
	if err := l.failing("Apply"); err != nil {
		return err
	}
	if l.refuse != nil {
		if err := l.refuse(d); err != nil {
			return err
		}
	}
	return l.Target.Apply(ctx, d)
}

func (l loud) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	if err := l.failing("StartSnapshot"); err != nil {
		return err
	}
	return l.Target.StartSnapshot(ctx, r)
}

func (l loud) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	if err := l.failing("Snapshot"); err != nil {
		return flink.SnapshotState{}, err
	}
	s, err := l.Target.Snapshot(ctx, r)
	if l.snapshot != nil {
		l.snapshot(&s)
	}
	return s, err
}

// shout puts a text into every field that others write and that decides nothing.
func shout(text string) func(*flink.Observation) {
	return func(o *flink.Observation) {
		o.Job.Name, o.Spec.Owner = text, text
		if o.Status.Error != "" {
			o.Status.Error = text
		}
		if o.Status.PodTrouble != "" {
			o.Status.PodTrouble = text
		}
		if o.Job.Unreachable != "" {
			o.Job.Unreachable = text
		}
		for i := range o.Job.Failures {
			o.Job.Failures[i].Message = text
		}
		if len(o.Job.Failures) > 0 {
			for len(o.Job.Failures) < 500 {
				o.Job.Failures = append(o.Job.Failures, o.Job.Failures[0])
			}
		}
	}
}

// switched is quiet at first.
type switched struct {
	flink.Target
	loud  loud
	quiet *bool
}

func (s *switched) now() flink.Target {
	if *s.quiet {
		return s.Target
	}
	return s.loud
}

func (s *switched) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	return s.now().Observe(ctx, app)
}

func (s *switched) Apply(ctx context.Context, d flink.Desired) error { return s.now().Apply(ctx, d) }

func (s *switched) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	return s.now().StartSnapshot(ctx, r)
}

func (s *switched) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	return s.now().Snapshot(ctx, r)
}
