package targettest

import (
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Model is a runtime in memory: an operator, its JobManagers, and the storage
// their savepoints lie in. It is safe for concurrent use.
type Model struct {
	mu      sync.Mutex
	now     func() time.Time
	played  time.Time // the world has been played up to here
	options Options

	applications map[flink.Application]*application
	fences       map[flink.Application]int64
	storage      map[string]state // savepoints and checkpoints by path
	planted      map[string]Behaviour
	interrupt    func(Call) error
	brokenSaves  map[flink.Application]string
	unwritable   []string // URIs that nothing can be written below
	unreachable  map[flink.Application]string
	rehearsals   map[rehearsalName]*rehearsal
	starts       []Start
	committed    map[flink.Application]int64
	serial       int // of everything that needs a new name
}

// Options are what a runtime can be found to be.
type Options struct {
	Traits             flink.Traits
	NoHighAvailability bool // no record of checkpoints outlives a JobManager
}

var _ flink.Target = (*Model)(nil)

// NewModel makes a runtime without applications that lives by the clock now.
func NewModel(now func() time.Time, o Options) *Model {
	if o.Traits.Delivery == "" {
		o.Traits.Delivery = flink.JarURI
	}
	return &Model{
		now: now, played: now(), options: o,
		applications: map[flink.Application]*application{},
		fences:       map[flink.Application]int64{},
		storage:      map[string]state{},
		planted:      map[string]Behaviour{},
		brokenSaves:  map[flink.Application]string{},
		unreachable:  map[flink.Application]string{},
		rehearsals:   map[rehearsalName]*rehearsal{},
		committed:    map[flink.Application]int64{},
	}
}

// How long things take, as they were measured on the operator 1.7.0 with Flink
// 1.20, in round seconds.
const (
	tick             = time.Second
	tearDown         = 2 * time.Second  // from the stop until the old cluster is gone
	jobManagerStart  = 10 * time.Second // from the deployment until REST answers
	taskManagerStart = 7 * time.Second  // from the job's submission until its tasks run
	loopWork         = 3 * time.Second  // what a job in a restart loop works before it throws
	restartDelay     = 2 * time.Second
	checkpointEvery  = time.Second
	recordsPerTick   = 50
	boundedRecords   = 500 // what a job that ends by itself reads
	tasksOfAJob      = 2
)

// state is what a savepoint or a checkpoint holds: how many records were counted.
// Flink numbers both in one row, which goes on over restores.
type state struct {
	path    string
	id      int64
	counter int64
}

// application is the resource, what the operator says of it, and the cluster.
type application struct {
	flink.Application
	uid        string
	generation int64
	written    time.Time // when the newest generation was
	spec       spec
	status     status
	cluster    *cluster // nil: no JobManager
	ha         *state   // the high-availability record; nil: there is none
	jobID      string
	foreign    bool           // somebody else wrote the run state, which is theirs now
	theirs     map[string]any // the manifest, while the spec is of somebody else's making
	owner      string         // another tool that keeps it
}

// spec is the part of a FlinkDeployment's spec that decides.
type spec struct {
	release, step, revision string
	jar                     flink.PinnedJar
	run                     flink.RunState
	upgrade                 string // savepoint, last-state, stateless
	fallback                bool   // last-state-fallback.enabled
	initial                 string // initialSavepointPath
	nonce                   int64  // savepointRedeployNonce
	restart                 string // restartNonce: release and step that ask for one; empty where none do
	edits                   int    // by hand, of a field that makes the operator upgrade the job
}

// same tells whether the operator sees no change that touches the job. A
// restartNonce that is taken away is none.
func (s spec) same(o spec) bool {
	return s.revision == o.revision && s.run == o.run && s.nonce == o.nonce && s.edits == o.edits && (s.restart == "" || s.restart == o.restart)
}

// play lets the world go on until now, second by second.
func (m *Model) play() {
	for now := m.now(); !m.played.Add(tick).After(now); {
		m.played = m.played.Add(tick)
		for _, a := range m.ordered() {
			m.runFlink(a)
			m.reconcile(a)
		}
	}
}

// ordered lists the applications by name, so that a run is the same each time.
func (m *Model) ordered() []*application {
	list := make([]*application, 0, len(m.applications))
	for _, a := range m.applications {
		list = append(list, a)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	return list
}

func (m *Model) next() int {
	m.serial++
	return m.serial
}

func (m *Model) newID() string { return fmt.Sprintf("%032x", m.next()) }
