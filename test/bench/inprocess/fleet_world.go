package inprocess

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// fleetWorld is what is around the rotate machine.
type fleetWorld struct {
	clock    *asl.VirtualClock
	machine  *asl.Machine
	engine   *jsonata.Engine
	objects  *counted
	ledger   ledger.Store
	fleet    *fleet
	handlers map[string]task.Handler
	requests requests
	counts   figures.Rotation
	limit    int // of concurrent executions
}

func newFleetWorld(ctx context.Context, engine string, applications int) (*fleetWorld, error) {
	loaded, err := load(engine)
	if err != nil {
		return nil, err
	}
	machine, err := asl.Parse(statemachines.Rotate)
	if err != nil {
		return nil, err
	}
	w := &fleetWorld{clock: asl.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), machine: machine, engine: loaded}
	w.counts.Applications = applications
	w.objects = &counted{Memory: ledger.NewMemory(), counts: &w.requests}
	w.ledger = ledger.New(w.objects)
	w.fleet = &fleet{clock: w.clock, files: savepoint.NewMemory(), running: map[flink.Application]string{},
		asked: map[string]time.Time{}, wrote: map[string]time.Duration{}, takes: someTime, fails: func(flink.Application) string { return "" }}
	uploaded := &countedArtifacts{Memory: artifacts.NewMemory(), counts: &w.requests}
	w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: uploaded, Target: w.fleet, Sender: silent{}, Clock: w.clock, Objects: w.objects,
		Snapshots: savepoint.Store{Objects: &countedStates{Memory: w.fleet.files, counts: &w.requests}, Lists: w.objects},
		Config:    task.Config{ArtifactBucket: artifactBucket, PinBucket: "ledger", LongPoll: functions.LongPoll, Poll: poll, FirstPoll: firstPoll}}}.Handlers()
	if w.limit, err = concurrency(); err != nil {
		return nil, err
	}
	return w, w.settle(ctx, uploaded.Memory)
}

// settle deploys the fleet. Each application keeps its savepoints in a directory
// of its own.
func (w *fleetWorld) settle(ctx context.Context, uploaded *artifacts.Memory) error {
	for n := range w.counts.Applications {
		app := member(n)
		text := strings.ReplaceAll(manifesttest.Deployment, "team-a/counter", app.String())
		uploaded.Put(artifactBucket, app.ManifestKey(), []byte(strings.Replace(text, "name: counter", "name: "+app.Name, 1)+rotated), w.clock.Now())
		resource := map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://data/" + app.String() + "/savepoints"}}}
		revision, err := flink.NewRevision(resource, flink.PinnedJar{})
		if err != nil {
			return err
		}
		if err := w.ledger.WriteRevision(ctx, app, revision); err != nil {
			return err
		}
		if err := w.ledger.Write(ctx, ledger.Document{Schema: ledger.Schema, Application: app, Fence: 1, Current: revision.ID, LastGood: revision.ID}, ""); err != nil {
			return err
		}
		w.fleet.running[app] = revision.ID
	}
	return nil
}

const rotated = `---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  snapshots: {every: 6h}
`

// someTime is how long an application's savepoints take: 10 to 70 seconds, by its name.
func someTime(a flink.Application) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(a.String())) // never fails
	return 10*time.Second + time.Duration(h.Sum32()%60)*time.Second
}

// concurrency is the limit that the machine sets.
func concurrency() (int, error) {
	var m struct {
		States struct {
			RotateEach struct{ MaxConcurrency int }
		}
	}
	err := json.Unmarshal(statemachines.Rotate, &m)
	return m.States.RotateEach.MaxConcurrency, err
}

type silent struct{}

// Send implements task.Sender.
func (silent) Send(context.Context, flink.Application, ledger.Message) error { return nil }
