package agree

import (
	"context"
	"fmt"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// lying is the model with one lie. A nil func tells the truth.
type lying struct {
	*onModel
	observes func(flink.Observation) flink.Observation
	applies  func(flink.Desired) flink.Desired
	asks     func(flink.SnapshotRequest) flink.SnapshotRequest
	looks    func(flink.SnapshotState) flink.SnapshotState
	fence    func(int64) int64
	plants   func(targettest.Behaviour) targettest.Behaviour
}

func (l *lying) Observe(ctx context.Context, a flink.Application) (flink.Observation, error) {
	o, err := l.onModel.Observe(ctx, a)
	return through(l.observes, o), err
}

func (l *lying) Apply(ctx context.Context, d flink.Desired) error {
	d.Fence = through(l.fence, d.Fence)
	return l.onModel.Apply(ctx, through(l.applies, d))
}

func (l *lying) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	r.Fence = through(l.fence, r.Fence)
	return l.onModel.StartSnapshot(ctx, through(l.asks, r))
}

func (l *lying) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	s, err := l.onModel.Snapshot(ctx, through(l.asks, r))
	return through(l.looks, s), err
}

func (l *lying) Remove(ctx context.Context, a flink.Application, fence int64) error {
	return l.onModel.Remove(ctx, a, through(l.fence, fence))
}

func (l *lying) Revision(name string) (flink.Revision, error) {
	r, err := l.onModel.Revision(name)
	if err == nil {
		l.Plant(r.Jar.SHA256, through(l.plants, versions[name].model))
	}
	return r, err
}

func through[T any](f func(T) T, v T) T {
	if f == nil {
		return v
	}
	return f(v)
}

// mutants are lies that a model could tell without anybody noticing, were it
// not held against real parts. Each is what one of Sluice's decisions leans on.
var mutants = map[string]func() *lying{
	"a lower fence is taken": func() *lying { return &lying{fence: func(int64) int64 { return 1 << 40 }} },
	"a restart loop is called FAILED": func() *lying {
		return &lying{observes: func(o flink.Observation) flink.Observation {
			if o.Job.Restarts > 1 {
				o.Status.Lifecycle = "FAILED"
			}
			return o
		}}
	},
	"a restart loop is told as an error": func() *lying {
		return &lying{observes: func(o flink.Observation) flink.Observation {
			if o.Job.Restarts > 1 && len(o.Job.Failures) > 0 && o.Job.Failures[0].Cause == flink.UserCode {
				o.Status.Error = o.Job.Failures[0].Message
			}
			return o
		}}
	},
	"what was restored is not shown": func() *lying {
		return &lying{observes: func(o flink.Observation) flink.Observation {
			o.Job.Checkpoints.RestoredFrom = ""
			return o
		}}
	},
	"state that does not fit leaves the job restarting": func() *lying {
		return &lying{plants: func(b targettest.Behaviour) targettest.Behaviour {
			b.FailOnRestore, b.Unmappable = b.FailOnRestore || b.Unmappable, false
			return b
		}}
	},
	"what is held is passed over":  restores(flink.RestoreHeld, flink.RestoreNothing),
	"last-state starts empty":      restores(flink.RestoreLatest, flink.RestoreNothing),
	"last-state takes a savepoint": restores(flink.RestoreLatest, flink.RestoreHeld),
	"the same step is written again": func() *lying {
		n := 0
		return &lying{applies: func(d flink.Desired) flink.Desired {
			n++
			d.Step += fmt.Sprint("-", n)
			return d
		}}
	},
	"a dry run is a real one": func() *lying {
		return &lying{applies: func(d flink.Desired) flink.Desired {
			d.DryRun = false
			return d
		}}
	},
	"a lost TaskManager is the job's fault": func() *lying {
		return &lying{observes: func(o flink.Observation) flink.Observation {
			for i := range o.Job.Failures {
				o.Job.Failures[i].Cause = flink.UserCode
			}
			return o
		}}
	},
	"a savepoint asked for twice is two": func() *lying {
		n := 0
		return &lying{asks: func(r flink.SnapshotRequest) flink.SnapshotRequest {
			n++
			r.ID += fmt.Sprint("-", n/2)
			return r
		}}
	},
	"a savepoint that fails is called completed": func() *lying {
		return &lying{looks: func(s flink.SnapshotState) flink.SnapshotState {
			if s.Phase == flink.SnapshotFailed {
				s.Phase = flink.SnapshotCompleted
			}
			return s
		}}
	},
	"a stop is told before it happened": func() *lying {
		return &lying{observes: func(o flink.Observation) flink.Observation {
			if o.Spec.Run == flink.Suspended {
				o.Status.Lifecycle, o.Status.ObservedGeneration = "SUSPENDED", o.Spec.Generation
			}
			return o
		}}
	},
}

func restores(asked, done flink.RestoreKind) func() *lying {
	return func() *lying {
		return &lying{applies: func(d flink.Desired) flink.Desired {
			if d.Restore.Kind == asked {
				d.Restore.Kind = done
			}
			return d
		}}
	}
}

// A model with a lie must not pass for a real one.
func TestEveryMutantIsCaught(t *testing.T) {
	all := scenarios(t)
	for lie, make := range mutants {
		t.Run(lie, func(t *testing.T) {
			var by []string
			for _, s := range all {
				mutant := make()
				mutant.onModel = newOnModel(targettest.Options{})
				if trace, err := Run(t.Context(), mutant, s); err != nil || trace != s.Trace {
					by = append(by, s.Name)
				}
			}
			if len(by) == 0 {
				t.Errorf("%d scenarios, and none shows the lie", len(all))
			}
			t.Logf("caught by %d: %v", len(by), by)
		})
	}
}
