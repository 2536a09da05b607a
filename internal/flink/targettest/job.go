package targettest

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// cluster is a JobManager with its job.
type cluster struct {
	deployed   spec
	from       *state
	up         time.Time // when REST answers
	jobless    bool      // the job ended before anybody asked: Flink answers and has no job, for ever
	stuck      string    // why its pod does not start; empty when it does
	job        *job      // nil before up, and where there is none
	operations map[string]*operation
}

type job struct {
	flink.JobFacts // Checkpoints, Failures, Restarts and Started are kept here
	state          string
	lastID         int64 // of a checkpoint or savepoint
	read           int64 // records since the job was submitted
	driver         bool  // stands for a main() that threw
	behaviour      Behaviour
	counter        int64
	tasksAt        time.Time // when the tasks run (again)
	told           bool      // its start has been recorded
	begun          bool      // its tasks were deployed and have not thrown yet
}

// operation is a savepoint that was asked for over REST.
type operation struct {
	jobID     string
	directory string
	due       time.Time
	state     flink.SnapshotState
}

// ended: Flink remembers that the job came to an end, and runs it no more.
func (c *cluster) ended() bool {
	return c.jobless || c.job != nil && (c.job.state == "FINISHED" || c.job.state == "FAILED")
}

func (c *cluster) running() bool {
	return c != nil && c.job != nil && c.job.state == "RUNNING" && c.job.TasksRunning == tasksOfAJob
}

// deploy starts a JobManager that restores from; a from without a path is
// Flink's record of a job that had no checkpoint yet.
func (m *Model) deploy(a *application, from *state, s spec) {
	a.cluster = &cluster{deployed: s, from: from, up: m.played.Add(jobManagerStart), operations: map[string]*operation{}}
	if !m.options.NoHighAvailability {
		a.ha = from
		if from == nil {
			a.ha = &state{}
		}
	}
}

// runFlink is a second of a cluster's life.
func (m *Model) runFlink(a *application) {
	c := a.cluster
	if c == nil || m.played.Before(c.up) {
		return
	}
	if c.job == nil && !c.jobless {
		m.submit(a)
		return
	}
	if c.job == nil || c.job.state != "RUNNING" && c.job.state != "RESTARTING" {
		m.endOperations(a)
		return
	}
	m.work(a)
	m.endOperations(a)
}

func (m *Model) submit(a *application) {
	c := a.cluster
	b := m.planted[c.deployed.jar.SHA256]
	if c.stuck = b.CannotStart; c.stuck != "" {
		return
	}
	restores := c.from != nil && c.from.path != ""
	if b.MainThrows {
		a.ha = nil // no job, no record
		c.job = &job{state: "FAILED", driver: true, JobFacts: flink.JobFacts{Name: "(application driver)", Started: m.played, Restarts: -1}}
		c.job.fail(m.played, flink.UserCode, "ProgramInvocationException: main() threw")
		return
	}
	if restores && (b.Unmappable || !m.has(c.from.path)) {
		c.jobless, a.ha = true, nil
		return
	}
	c.job = &job{state: "RUNNING", behaviour: b, tasksAt: m.played.Add(taskManagerStart)}
	c.job.JobFacts = flink.JobFacts{Name: a.Name, Started: m.played, Tasks: tasksOfAJob, Restarts: -1}
	if restores {
		c.job.restore(*c.from)
	}
}

func (j *job) restore(s state) {
	j.counter = s.counter
	if s.path != "" {
		j.Checkpoints.Restored++
		j.Checkpoints.RestoredFrom, j.Checkpoints.RestoredID = s.path, s.id
		j.lastID = max(j.lastID, s.id)
	}
}

func (j *job) fail(at time.Time, cause flink.FailureCause, message string) {
	const kept = 16 // web.exception-history-size
	j.Failures = append([]flink.Failure{{At: at, Cause: cause, Message: message}}, j.Failures...)
	j.Failures = j.Failures[:min(len(j.Failures), kept)]
}

// work is a second of a job: its tasks start, count, checkpoint and throw.
func (m *Model) work(a *application) {
	j := a.cluster.job
	if m.played.Before(j.tasksAt) {
		return
	}
	j.state, j.Restarts = "RUNNING", max(j.Restarts, 0)
	if j.behaviour.FailOnRestore && j.Checkpoints.Restored > 0 {
		if j.begun = !j.begun; j.begun { // tasks are on their way to running, and say nothing yet
			return
		}
		m.restart(a, flink.UserCode, "IllegalStateException: cannot restore")
		return
	}
	if j.TasksRunning < tasksOfAJob {
		j.TasksRunning = tasksOfAJob
		m.recordStart(a)
		return
	}
	j.counter += recordsPerTick
	j.read += recordsPerTick
	m.checkpoint(a)
	if j.behaviour.Ends && j.read >= boundedRecords {
		j.state, j.TasksRunning, a.ha = "FINISHED", 0, nil
	}
	if j.behaviour.RestartLoop && m.played.Sub(j.tasksAt) >= loopWork {
		m.restart(a, flink.UserCode, "IllegalStateException: poison record")
	}
}

func (m *Model) recordStart(a *application) {
	j := a.cluster.job
	if j.told {
		return
	}
	j.told = true
	m.starts = append(m.starts, Start{
		At: m.played, Application: a.Application, Revision: a.cluster.deployed.revision,
		From: j.Checkpoints.RestoredFrom, Counter: j.counter, Committed: m.committed[a.Application],
	})
}

func (m *Model) checkpoint(a *application) {
	j := a.cluster.job
	if j.behaviour.NeverCheckpoints {
		j.Checkpoints.Failed++
		return
	}
	j.Checkpoints.Completed++
	j.lastID++
	j.Checkpoints.LatestID = j.lastID
	j.Checkpoints.LatestAt = m.played
	if old := j.Checkpoints.Latest; old != "" {
		delete(m.storage, canonical(old)) // Flink retains one
	}
	j.Checkpoints.Latest = fmt.Sprintf("s3://model/%s/checkpoints/%s/chk-%d", a.Application, a.jobID, j.lastID)
	s := state{path: j.Checkpoints.Latest, id: j.lastID, counter: j.counter}
	m.storage[canonical(s.path)] = s
	m.commit(a, j.counter)
	if !m.options.NoHighAvailability {
		a.ha = &s
	}
}

func (m *Model) commit(a *application, counter int64) {
	m.committed[a.Application] = max(m.committed[a.Application], counter)
}

// restart is Flink's own: from the newest checkpoint, else what the job began with.
func (m *Model) restart(a *application, cause flink.FailureCause, message string) {
	j := a.cluster.job
	j.fail(m.played, cause, message)
	j.state, j.TasksRunning = "RESTARTING", 0
	j.Restarts = max(j.Restarts, 0) + 1
	j.tasksAt = m.played.Add(restartDelay)
	m.recover(a)
}

// recover takes the newest state there is.
func (m *Model) recover(a *application) {
	j := a.cluster.job
	switch newest, ok := m.storage[canonical(j.Checkpoints.Latest)]; {
	case ok:
		j.restore(newest)
	case a.cluster.from != nil:
		j.restore(*a.cluster.from)
	default:
		j.counter = 0
	}
}

// save writes a savepoint of the running job.
func (m *Model) save(a *application, directory string) *state {
	j := a.cluster.job
	j.lastID++
	s := state{path: fmt.Sprintf("%s/savepoint-%s-%012d", strings.TrimRight(directory, "/"), a.jobID[:6], m.next()), id: j.lastID, counter: j.counter}
	m.storage[canonical(s.path)] = s
	return &s
}

func (m *Model) endOperations(a *application) {
	for _, o := range a.cluster.operations {
		if o.state.Phase != flink.SnapshotPending || m.played.Before(o.due) {
			continue
		}
		switch cause := m.brokenSaves[a.Application]; {
		case o.jobID != a.jobID:
			o.state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "Could not find Flink job (" + o.jobID + ")"}
		case cause != "":
			o.state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: cause}
		case m.cannotWrite(o.directory):
			o.state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "IOException: the directory " + o.directory + " cannot be written"}
		case !a.cluster.running():
			o.state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "the job is not running"}
		default:
			o.state = flink.SnapshotState{Phase: flink.SnapshotCompleted, Path: m.save(a, o.directory).path}
		}
	}
}

func (m *Model) cannotWrite(directory string) bool {
	for _, prefix := range m.unwritable {
		if strings.HasPrefix(directory, prefix) {
			return true
		}
	}
	return false
}

func (m *Model) has(path string) bool {
	_, ok := m.storage[canonical(path)]
	return ok
}

// stored is the state at a path; of one that is gone only the path is known,
// and its restore will fail.
func (m *Model) stored(path string) *state {
	if s, ok := m.storage[canonical(path)]; ok {
		return &s
	}
	return &state{path: path}
}

func canonical(path string) string { return strings.TrimRight(path, "/") }
