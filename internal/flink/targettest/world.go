package targettest

import (
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Behaviour is how a jar does. The zero one is a good jar. Several at once are
// possible: a restart loop that never checkpoints, for one.
type Behaviour struct {
	FailOnRestore    bool // tasks throw when they restore state, and are restarted for ever; without state the job runs
	Unmappable       bool // the state does not fit the job: it ends, and with it the high-availability record
	RestartLoop      bool // works three seconds, checkpoints, throws, again
	MainThrows       bool // main() throws before it submits a job
	NeverCheckpoints bool // runs, and every checkpoint fails
	Refused          bool // the API server refuses the resource that runs it
	Unsavable        bool // its own savepoint directory cannot be written
	Ends             bool // reads ten seconds' worth of records and is FINISHED
	// CannotStart is why its pods wait and never start: CrashLoopBackOff, ErrImagePull.
	CannotStart string
}

// Behaviours are what scenarios and schedules can have a jar do, by a word.
func Behaviours() map[string]Behaviour {
	return map[string]Behaviour{
		"good":              {},
		"fails-on-restore":  {FailOnRestore: true},
		"unmappable":        {Unmappable: true},
		"restart-loop":      {RestartLoop: true},
		"main-throws":       {MainThrows: true},
		"never-checkpoints": {NeverCheckpoints: true},
		"refused":           {Refused: true},
		"ends":              {Ends: true},
		"no-image":          {CannotStart: "ErrImagePull"},
	}
}

// Plant says how the jar of this SHA-256 behaves from its next start on.
func (m *Model) Plant(jarSHA256 string, b Behaviour) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.planted[jarSHA256] = b
}

// Start is one time that tasks of a newly deployed version began to run.
type Start struct {
	At          time.Time
	Application flink.Application
	Revision    string
	From        string // path of the state; empty when there was none
	Counter     int64  // records that state had counted
	Committed   int64  // records whose results were in the sink then: more than Counter are processed twice, fewer are lost
}

// Exact tells whether nothing was lost and nothing is processed twice.
func (s Start) Exact() bool { return s.Counter == s.Committed }

// Starts lists every start, oldest first.
func (m *Model) Starts() []Start {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	return append([]Start(nil), m.starts...)
}

// Committed is how many of the application's records have results in the sink.
func (m *Model) Committed(app flink.Application) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	return m.committed[app]
}

// Stored tells whether a savepoint or checkpoint still exists.
func (m *Model) Stored(path string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	_, ok := m.storage[canonical(path)]
	return ok
}

// Savepoints lists the paths of the savepoints that exist, ascending.
func (m *Model) Savepoints() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	var paths []string
	for _, s := range m.storage {
		if strings.Contains(s.path, "/savepoint-") {
			paths = append(paths, s.path)
		}
	}
	slices.Sort(paths)
	return paths
}

// BreakSavepoints makes every savepoint of the application fail with this
// cause; an empty one mends it.
func (m *Model) BreakSavepoints(app flink.Application, cause string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	m.brokenSaves[app] = cause
}

// CutOff makes Flink's REST API unreachable for this reason; an empty one mends it.
func (m *Model) CutOff(app flink.Application, why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	m.unreachable[app] = why
}

// KillTaskManager loses the node that the job's tasks run on.
func (m *Model) KillTaskManager(app flink.Application) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if a := m.applications[app]; a != nil && a.cluster.running() {
		m.restart(a, flink.LostNode, "TaskManager "+app.Name+"-taskmanager-1-1 is no longer reachable")
	}
}

// RestartJobManager kills the JobManager: it forgets the operations that were
// asked of it and recovers the job by its high-availability record.
func (m *Model) RestartJobManager(app flink.Application) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	a := m.applications[app]
	if a == nil || a.cluster == nil {
		return
	}
	before, from := a.cluster, a.ha
	if from == nil {
		from = before.from // what the deployment names
	}
	m.deploy(a, from, before.deployed)
	if before.ended() && !m.options.NoHighAvailability {
		a.cluster.jobless, a.ha = true, nil
	}
}

// DeleteOutside deletes the resource as somebody with kubectl would.
func (m *Model) DeleteOutside(app flink.Application) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	delete(m.applications, app)
}

// SuspendOutside sets the resource to suspended as somebody with kubectl would.
func (m *Model) SuspendOutside(app flink.Application) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if a := m.applications[app]; a != nil && a.spec.run != flink.Suspended {
		s := a.spec
		s.run = flink.Suspended
		m.write(a, s)
		a.foreign = true
	}
}

// Unwritable makes every savepoint below this URI fail.
func (m *Model) Unwritable(prefix string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unwritable = append(m.unwritable, prefix)
}

// Lose deletes the files of a savepoint or checkpoint behind everybody's back.
func (m *Model) Lose(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	delete(m.storage, canonical(path))
}
