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
	"github.com/sluice-flink/sluice/internal/manifest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
)

var begin = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

const artifactBucket, ledgerBucket = "artifacts", "ledger"

// Parts are what every world has in common; making them is expensive.
type Parts struct {
	Machines map[functions.Machine]*asl.Machine
	JSONata  *jsonata.Engine
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
	mutant   Mutant
	line     *timeline
	tokens   *asl.Tokens // what executions sleep on
	model    *targettest.Model
	frozen   time.Time     // operator and Flink stand still at this time; zero: they do not
	lies     bool          // the operator's word for a stop's savepoint is no good
	skew     time.Duration // how far clocks are apart at most
	memory   *ledger.Memory
	store    ledger.Store // without faults, for the rules
	objects  *artifacts.Memory
	tasks    task.Tasks
	alarms   alarms
	states   states

	faults  map[string][]*Fault // at calls, by event
	calls   map[string]int      // by event and operation
	away    map[Kind]time.Time  // until when
	asked   map[string]*asked
	running map[string]*execution // every execution that was started, by its ARN
	journal journal
	broken  *Violation
	healed  bool // the end: nothing goes wrong any more
}

// asked is an event that happened, and what became of it.
type asked struct {
	Event
	event      []byte
	release    string
	at         time.Time
	delivered  int
	dead       string // the release that it is to undo
	executions []*execution
	ofTheDay   string // of an alarm: the name of its record where its application is not known
}

func newWorld(parts Parts, s Schedule, m Mutant, traced bool) *world {
	w := &world{parts: parts, tokens: asl.NewTokens(), schedule: s, line: newTimeline(begin, luck(s.Seed)), memory: ledger.NewMemory(), objects: artifacts.NewMemory(),
		faults: map[string][]*Fault{}, calls: map[string]int{}, away: map[Kind]time.Time{}, asked: map[string]*asked{}, running: map[string]*execution{}}
	w.journal.init(w, traced)
	w.alarms, w.states = newAlarms(w), newStates(w)
	w.model = targettest.NewModel(w.clusterTime, targettest.Options{})
	w.store = ledger.New(w.memory)
	for i := range s.Faults {
		switch f := &s.Faults[i]; {
		case f.Kind == Skew:
			w.skew = f.For
		case f.Nth > 0:
			w.faults[f.Of] = append(w.faults[f.Of], f)
		}
	}
	if policy := s.policy(); policy != "" {
		w.objects.Put(artifactBucket, manifest.PlatformKey(), []byte(policy), begin)
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
	w.tasks = task.Tasks{Deps: task.Deps{Ledger: ledger.New(objects), Artifacts: pins, Target: target, Sender: bus{w}, Clock: clock{w, 0}, Executions: watchedExecutions{w},
		Objects: objects, Snapshots: savepoint.Store{Objects: w.states, Lists: objects}, Signals: task.Signals{Alarms: w.alarms}, AlarmDetails: w.alarms,
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, LongPoll: functions.LongPoll, Poll: 2 * time.Second,
			LastWord: functions.LastWord, ReleaseMachine: account + "stateMachine:release"}}}
	w.mutant = m
}

// handlersWith are the functions in an environment of its own, whose clock is that one.
func (w *world) handlersWith(c clock) map[string]task.Handler {
	tasks := w.tasks
	tasks.Clock = c
	handlers := tasks.Handlers()
	if w.mutant.Handlers != nil {
		w.mutant.Handlers(tasks, handlers)
	}
	return handlers
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

// clock is the tasks' time: each function has one of its own, and they are
// apart by what the schedule says.
type clock struct {
	*world
	off time.Duration
}

// handler is the function of an invocation, with the clock that its environment has.
func (i *invocation) handler() task.Handler {
	c := clock{i.world, 0}
	if i.skew > 0 {
		draw := i.line.luck.of("clock of "+i.name, 0)
		c.off = time.Duration(draw%uint64(i.skew)) - i.skew/2
	}
	return i.handlersWith(c)[i.function.Name]
}

// Now implements task.Clock.
func (c clock) Now() time.Time { return c.line.now.Add(c.off) }

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
