package task_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// fleet is a target that shows every application the same, but for those that
// are out of reach.
type fleet struct {
	flink.Target
	seen  flink.Observation
	away  map[string]bool
	clock *turning
	each  time.Duration // a look takes so long
	mu    sync.Mutex
	asked []string
	most  int
	now   int
}

func (f *fleet) Observe(_ context.Context, app flink.Application) (flink.Observation, error) {
	f.mu.Lock()
	f.asked = append(f.asked, app.Name)
	f.now++
	f.most = max(f.most, f.now)
	f.mu.Unlock()
	f.clock.turn(f.each)
	defer func() { f.mu.Lock(); f.now--; f.mu.Unlock() }()
	if f.away[app.Name] {
		return flink.Observation{}, errors.New("no route to host")
	}
	return f.seen, nil
}

type turning struct {
	mu  sync.Mutex
	now time.Time
}

func (c *turning) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *turning) turn(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func (c *turning) Sleep(ctx context.Context, d time.Duration) error { c.turn(d); return ctx.Err() }

type heard struct {
	points []flink.DataPoint
	err    error
}

func (h *heard) Put(_ context.Context, _ time.Time, points []flink.DataPoint) error {
	h.points = append(h.points, points...)
	return h.err
}

// says lists what was sent, in order of the text.
func (h *heard) says() string {
	var all []string
	for _, p := range h.points {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s=%v", p.Application.Name, p.Metric, p.Value)))
	}
	slices.Sort(all)
	h.points = nil
	return strings.Join(all, ", ")
}

func probing(t *testing.T, change func(n int, d *ledger.Document), n int) (task.Tasks, *fleet, *heard) {
	t.Helper()
	clock := &turning{now: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}
	store := ledger.New(ledger.NewMemory())
	for i := range n {
		app := flink.Application{Namespace: "orders", Name: fmt.Sprintf("app-%03d", i)}
		if err := store.WriteRevision(t.Context(), app, flink.Revision{ID: "r1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Update(t.Context(), store, app, func(d *ledger.Document) error {
			d.Current = "r1"
			if change != nil {
				change(i, d)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	f := &fleet{clock: clock, seen: flink.Observation{
		Exists: true, Spec: flink.SpecFacts{Run: flink.Running}, Status: flink.StatusFacts{Lifecycle: "STABLE"},
		Job: flink.JobFacts{Reachable: true, ID: "j", State: "RUNNING", Tasks: 1, TasksRunning: 1},
	}}
	h := &heard{}
	return task.Tasks{Deps: task.Deps{Ledger: store, Artifacts: artifacts.NewMemory(), Target: f, Clock: clock, Metrics: h, Config: task.Config{ArtifactBucket: "artifacts"}}}, f, h
}

func TestOfApplicationsThatAreWellOnlyTheHeartbeatIsHeard(t *testing.T) {
	tasks, _, heard := probing(t, nil, 100)
	report, err := tasks.Probe(t.Context(), task.ProbeRequest{})
	if err != nil || report.Probed != 100 || heard.says() != "Probed=100" {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestWhatCannotBeLookedAtIsSaidAndHoldsNothingUp(t *testing.T) {
	tasks, fleet, heard := probing(t, nil, 3)
	fleet.away = map[string]bool{"app-001": true}
	if _, err := tasks.Probe(t.Context(), task.ProbeRequest{}); err != nil {
		t.Fatal(err)
	}
	if got := heard.says(); got != "Probed=3, app-001 Unobservable=1" {
		t.Errorf("heard %s", got)
	}
}

func TestWhatIsBeingChangedOrWasEndedOnPurposeIsNotLookedAt(t *testing.T) {
	tasks, fleet, heard := probing(t, func(n int, d *ledger.Document) {
		later := time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
		switch n {
		case 0:
			d.Lease = &ledger.Lease{Release: "r", Expires: later}
		case 1:
			d.Deleted = &ledger.Tombstone{}
		case 2:
			d.Suspended = &ledger.Down{}
		case 3:
			d.Current = ""
		case 4: // a rotation does not disturb the job
			d.Lease = &ledger.Lease{Release: "r", For: ledger.ForRotation, Expires: later}
		case 5: // its holder is dead
			d.Lease = &ledger.Lease{Release: "r", Expires: later.Add(-2 * time.Hour)}
		}
	}, 6)
	report, err := tasks.Probe(t.Context(), task.ProbeRequest{})
	slices.Sort(fleet.asked)
	if err != nil || report.Quiet != 4 || fmt.Sprint(fleet.asked) != "[app-004 app-005]" || heard.says() != "Probed=6" {
		t.Errorf("got %+v, %v, looked at %v", report, err, fleet.asked)
	}
}

func TestShardsShareTheApplications(t *testing.T) {
	tasks, fleet, _ := probing(t, nil, 50)
	for shard := range 4 {
		if _, err := tasks.Probe(t.Context(), task.ProbeRequest{Shard: shard, Of: 4}); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(fleet.asked)
	if len(fleet.asked) != 50 || len(slices.Compact(fleet.asked)) != 50 {
		t.Errorf("looked at %v", fleet.asked)
	}
}

func TestWhatTheTimeIsTooShortForIsCountedAndHasItsTurnLater(t *testing.T) {
	tasks, fleet, heard := probing(t, nil, 200)
	fleet.each = time.Second
	looked := map[string]bool{}
	began := fleet.clock.Now()
	for run := 0; len(looked) < 200 && run < 30; run++ { // one a minute; how many looks end within a run is chance
		fleet.clock.turn(began.Add(time.Duration(run) * time.Minute).Sub(fleet.clock.Now()))
		report, err := tasks.Probe(t.Context(), task.ProbeRequest{})
		if err != nil || report.Unprobed == 0 || report.Probed+report.Unprobed != 200 || !strings.Contains(heard.says(), "Unprobed=") {
			t.Fatalf("got %+v, %v", report, err)
		}
		if fleet.most > 32 {
			t.Fatalf("%d looks at once", fleet.most)
		}
		for _, name := range fleet.asked {
			looked[name] = true
		}
	}
	if len(looked) != 200 {
		t.Errorf("only %d of 200 applications had their turn", len(looked))
	}
}

func TestAProbeThatCannotTellFails(t *testing.T) {
	tasks, _, heard := probing(t, nil, 1)
	heard.err = flink.Errorf(flink.Unavailable, "send", "throttled")
	if _, err := tasks.Probe(t.Context(), task.ProbeRequest{}); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("got %v", err)
	}
}

const policied = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: app-000, namespace: orders}
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  flinkConfiguration: {state.savepoints.dir: s3://data/savepoints, state.checkpoints.dir: s3://data/checkpoints}
  jobManager: {resource: {memory: 1g, cpu: 1}}
  taskManager: {resource: {memory: 1g, cpu: 1}}
  job: {entryClass: a.B, parallelism: 1, upgradeMode: savepoint}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  snapshots: {every: 6h}
`

func TestAnOverdueSavepointIsToldOfOnceInAQuarterOfAnHour(t *testing.T) {
	tasks, fleet, heard := probing(t, func(_ int, d *ledger.Document) {
		d.History = []ledger.Deployed{{Revision: "r1", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	}, 1)
	bucket := artifacts.NewMemory()
	bucket.Put("artifacts", "orders/app-000/application.yaml", []byte(policied), fleet.clock.Now())
	tasks.Artifacts = bucket
	told := 0
	for range 15 {
		if _, err := tasks.Probe(t.Context(), task.ProbeRequest{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(heard.says(), "app-000 SnapshotAge=") {
			told++
		}
		fleet.clock.turn(time.Minute)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
