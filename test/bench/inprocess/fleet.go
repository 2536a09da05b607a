package inprocess

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

// fleet is many applications that are well, each of whose savepoints takes its
// own time. It is a stand-in for operator and Flink of which nothing but
// savepoints is asked; what it has no answer for it refuses.
type fleet struct {
	clock   *asl.VirtualClock
	files   *savepoint.Memory
	running map[flink.Application]string // revisions

	mu    sync.Mutex
	asked map[string]time.Time     // by directory
	wrote map[string]time.Duration // how long, of savepoints that ended well or not
	takes func(flink.Application) time.Duration
	fails func(flink.Application) string // "", or one of the ways below
}

// The ways in which an application of a fleet fails.
const (
	failsUnwell    = "unwell"    // Flink does not answer
	failsSavepoint = "savepoint" // the savepoint fails
	failsFunction  = "function"  // the function dies on it
)

// Observe implements flink.Target.
func (f *fleet) Observe(_ context.Context, app flink.Application) (flink.Observation, error) {
	o := flink.Observation{At: f.clock.Now(), Exists: true,
		Spec:   flink.SpecFacts{Release: "r1", Revision: f.running[app], Run: flink.Running, Generation: 1},
		Status: flink.StatusFacts{Lifecycle: "STABLE", ObservedGeneration: 1},
		Job:    flink.JobFacts{Reachable: true, ID: "job", State: "RUNNING", Tasks: 2, TasksRunning: 2}}
	if f.fails(app) == failsUnwell {
		o.Job = flink.JobFacts{Unreachable: "connection refused"}
	}
	return o, nil
}

// StartSnapshot implements flink.Target.
func (f *fleet) StartSnapshot(_ context.Context, r flink.SnapshotRequest) error {
	if f.fails(r.Application) == failsFunction {
		return flink.Errorf(flink.Internal, "ask for a savepoint", "planted")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[r.Directory] = f.clock.Now()
	return nil
}

// Snapshot implements flink.Target.
func (f *fleet) Snapshot(_ context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	began, known := f.asked[r.Directory]
	switch {
	case !known:
		return flink.SnapshotState{Phase: flink.SnapshotUnknown}, nil
	case f.clock.Now().Sub(began) < f.takes(r.Application):
		return flink.SnapshotState{Phase: flink.SnapshotPending}, nil
	}
	f.wrote[r.Directory] = f.takes(r.Application)
	if f.fails(r.Application) == failsSavepoint {
		return flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "disk full"}, nil
	}
	path := r.Directory + "/savepoint-000000-000000000001"
	_, err := savepointtest.Put(f.files, path, 1, f.clock.Now())
	return flink.SnapshotState{Phase: flink.SnapshotCompleted, Path: path}, err
}

// work is how long all savepoints took by themselves.
func (f *fleet) work() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all time.Duration
	for _, d := range f.wrote {
		all += d
	}
	return all
}

func notOfAFleet(what string) error {
	return flink.Errorf(flink.Internal, what, "a fleet has savepoints taken and nothing else")
}

// Apply implements flink.Target.
func (f *fleet) Apply(context.Context, flink.Desired) error { return notOfAFleet("apply") }

// RemoveSnapshot implements flink.Target.
func (f *fleet) RemoveSnapshot(context.Context, flink.Application, string) error {
	return notOfAFleet("remove a savepoint")
}

// Remove implements flink.Target.
func (f *fleet) Remove(context.Context, flink.Application, int64) error { return notOfAFleet("remove") }

// member is the name of the nth application.
func member(n int) flink.Application {
	return flink.Application{Namespace: fmt.Sprintf("team-%02d", n%50), Name: fmt.Sprintf("job-%d", n)}
}
