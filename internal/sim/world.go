package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

var begin = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

const artifactBucket, ledgerBucket = "artifacts", "ledger"

// Parts are what every world has in common; making them is expensive.
type Parts struct {
	Machine *asl.Machine
	JSONata *jsonata.Engine
}

// Mutant plants a bug: each function, where there is one, wraps what the tasks
// use, inside of what the rules watch.
type Mutant struct {
	Objects  func(ledger.Objects) ledger.Objects
	Target   func(flink.Target) flink.Target
	Pins     func(task.Artifacts) task.Artifacts
	Handlers func(w task.Tasks, h map[string]task.Handler)
}

// world is one run of a schedule.
type world struct {
	parts    Parts
	schedule Schedule
	line     *timeline
	model    *targettest.Model
	frozen   time.Time // operator and Flink stand still at this time; zero: they do not
	lies     bool      // the operator's word for a stop's savepoint is no good
	memory   *ledger.Memory
	store    ledger.Store // without faults, for the rules
	objects  *artifacts.Memory
	tasks    task.Tasks
	handlers map[string]task.Handler

	faults  map[string][]*Fault // at calls, by upload
	calls   map[string]int      // by upload and operation
	away    map[Kind]time.Time  // until when
	uploads map[string]*uploaded
	running map[string]*execution
	ended   []*execution
	journal journal
	broken  *Violation
	excused []string // known gaps that let something pass
	healed  bool     // the end: nothing goes wrong any more
}

// uploaded is what became of an upload.
type uploaded struct {
	Upload
	event      []byte
	release    string
	at         time.Time
	delivered  int
	executions []*execution
}

func newWorld(parts Parts, s Schedule, m Mutant, traced bool) *world {
	w := &world{parts: parts, schedule: s, line: newTimeline(begin, luck(s.Seed)), memory: ledger.NewMemory(), objects: artifacts.NewMemory(),
		faults: map[string][]*Fault{}, calls: map[string]int{}, away: map[Kind]time.Time{}, uploads: map[string]*uploaded{}, running: map[string]*execution{}}
	w.journal.init(w, traced)
	w.model = targettest.NewModel(w.clusterTime, targettest.Options{})
	w.store = ledger.New(w.memory)
	for i := range s.Faults {
		if f := &s.Faults[i]; f.Nth > 0 {
			w.faults[f.Upload] = append(w.faults[f.Upload], f)
		}
	}
	w.wire(m)
	return w
}

// wire puts between the tasks and the world: the mutant, then what watches and
// what goes wrong.
func (w *world) wire(m Mutant) {
	var objects ledger.Objects = watchedObjects{w}
	if m.Objects != nil {
		objects = m.Objects(objects)
	}
	var target flink.Target = &watchedTarget{world: w}
	if m.Target != nil {
		target = m.Target(target)
	}
	var pins task.Artifacts = watchedArtifacts{w}
	if m.Pins != nil {
		pins = m.Pins(pins)
	}
	w.tasks = task.Tasks{Deps: task.Deps{Ledger: ledger.New(objects), Artifacts: pins, Target: target, Sender: bus{w}, Clock: clock{w},
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, LongPoll: functions.LongPoll, Poll: 2 * time.Second}}}
	w.handlers = w.tasks.Handlers()
	if m.Handlers != nil {
		m.Handlers(w.tasks, w.handlers)
	}
}

// clusterTime is the time up to which operator and Flink have come.
func (w *world) clusterTime() time.Time {
	if !w.frozen.IsZero() {
		return w.frozen
	}
	return w.line.now
}

// since is a time as the trace and the messages tell it.
func since(t time.Time) string { return t.Sub(begin).Round(time.Millisecond).String() }

// clock is the tasks' time.
type clock struct{ *world }

// Now implements task.Clock.
func (c clock) Now() time.Time { return c.line.now }

// Sleep implements task.Clock: others go on meanwhile.
func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	i := invocationOf(ctx)
	i.strand.sleep(d)
	i.dieIfKilled()
	return nil
}

// must ends the program: what the simulation itself reads cannot fail.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("the simulation is broken: %v", err))
	}
}
