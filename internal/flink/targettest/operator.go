package targettest

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// status is what the operator says, in its own words, and what it remembers.
type status struct {
	reconciled     spec  // lastReconciledSpec; the upgrade mode in it is the one that was used
	observed       int64 // generation of it
	deployAt       time.Time
	deployFrom     *state
	reconciliation string
	lifecycle      string
	jobManager     string
	jobState       string
	err            string
	savepoint      flink.Snapshot
	trigger        string // of the savepoint
}

// reconcile is one round of the operator.
func (m *Model) reconcile(a *application) {
	m.observeJob(a)
	switch {
	case !a.status.deployAt.IsZero():
		if !m.played.Before(a.status.deployAt) {
			m.finishUpgrade(a)
		}
	case a.status.observed == a.generation || !a.written.Before(m.played):
	case a.status.observed == 0:
		m.firstDeployment(a)
	case a.spec.same(a.status.reconciled):
		a.takeNote()
	case a.spec.nonce != a.status.reconciled.nonce:
		m.redeploy(a)
	case a.spec.run == flink.Suspended:
		m.suspend(a)
	case a.status.reconciled.run == flink.Suspended:
		m.resume(a)
	default:
		m.upgrade(a)
	}
}

// takeNote is what becomes of a new generation that asks for what is there: a
// stop that could not be and is taken back, for one.
func (a *application) takeNote() {
	a.status.reconciled.step, a.status.observed, a.status.err = a.spec.step, a.generation, ""
	if a.status.lifecycle == "STABLE" {
		a.status.lifecycle = "DEPLOYED" // until the job is next looked at
	}
}

func (m *Model) firstDeployment(a *application) {
	var from *state
	if a.spec.initial != "" {
		from = m.stored(a.spec.initial)
		a.status.savepoint, a.status.trigger = flink.Snapshot{Path: from.path, Taken: m.played}, "UNKNOWN" // what a job begins with counts as its last
	}
	m.beginUpgrade(a, from, "stateless")
	a.status.deployAt = m.played.Add(tick) // there is nothing to tear down
}

// redeploy follows a changed savepointRedeployNonce: the job is cancelled, its
// high-availability record deleted, and initialSavepointPath restored.
func (m *Model) redeploy(a *application) {
	m.beginUpgrade(a, m.stored(a.spec.initial), "savepoint")
}

// suspend stops the job with a savepoint and leaves the JobManager up. A job
// that does not run makes the operator wait.
func (m *Model) suspend(a *application) {
	if a.spec.upgrade == "last-state" {
		m.standStill(a)
		return
	}
	if !a.cluster.running() {
		return
	}
	if _, err := m.stopWithSavepoint(a); err != nil {
		a.status.err = err.Error()
		return
	}
	a.status.reconciled, a.status.observed = a.spec, a.generation
	a.status.reconciled.upgrade = "savepoint"
	a.status.lifecycle, a.status.err = "SUSPENDED", ""
}

// standStill takes the cluster away and leaves the high-availability record.
func (m *Model) standStill(a *application) {
	if a.ha == nil {
		return
	}
	a.status.reconciled, a.status.observed = a.spec, a.generation
	a.status.lifecycle, a.status.jobManager, a.status.err = "SUSPENDED", "MISSING", ""
	a.status.jobState = "FINISHED"
	a.cluster = nil
}

// resume restores by the mode that the job was suspended with, unless the new
// spec is stateless: then the savepoint is passed over and the state lost.
func (m *Model) resume(a *application) {
	if a.spec.upgrade == "stateless" {
		m.beginUpgrade(a, nil, "stateless")
		return
	}
	if a.status.reconciled.upgrade == "last-state" {
		if a.ha != nil {
			m.beginUpgrade(a, a.ha, "last-state")
		}
		return
	}
	m.beginUpgrade(a, m.stored(a.status.savepoint.Path), a.status.reconciled.upgrade)
}

// upgrade replaces a job that is meant to run. Without a state it can use, the
// operator waits, and says so nowhere but in its log.
func (m *Model) upgrade(a *application) {
	mode := a.spec.upgrade
	recorded := a.ha != nil
	switch {
	case mode == "stateless": // initialSavepointPath is read at the first deployment only
		m.beginUpgrade(a, nil, mode)
	case a.cluster.running() && (mode == "savepoint" || !recorded):
		saved, err := m.stopWithSavepoint(a)
		if err != nil {
			a.status.err = err.Error()
			return
		}
		m.beginUpgrade(a, saved, "savepoint")
	case a.status.jobState == "FAILED" && !recorded: // the job ended for good: back to the savepoint it last heard of, or to nothing
		var from *state
		if path := a.status.savepoint.Path; path != "" {
			from = m.stored(path)
		}
		m.beginUpgrade(a, from, "savepoint")
	case recorded && (a.cluster.running() || a.spec.fallback):
		m.beginUpgrade(a, a.ha, "last-state")
	}
}

func (m *Model) stopWithSavepoint(a *application) (*state, error) {
	j := a.cluster.job
	cause := m.brokenSaves[a.Application]
	if cause == "" && j.behaviour.Unsavable {
		cause = "the savepoint directory cannot be written"
	}
	if cause != "" {
		return nil, fmt.Errorf("ReconciliationException: stop with savepoint failed: %s", cause)
	}
	saved := m.save(a, fmt.Sprintf("s3://model/%s/savepoints", a.Application))
	m.commit(a, j.counter)
	j.state, a.ha = "FINISHED", nil
	a.status.jobState = "FINISHED"
	a.status.savepoint, a.status.trigger = flink.Snapshot{Path: saved.path, Taken: m.played}, "UPGRADE"
	return saved, nil
}

func (m *Model) beginUpgrade(a *application, from *state, mode string) {
	a.status.reconciled, a.status.observed = a.spec, a.generation
	a.status.reconciled.upgrade = mode
	a.status.reconciliation, a.status.lifecycle = "UPGRADING", "UPGRADING"
	a.status.jobManager, a.status.err = "MISSING", ""
	a.status.deployAt, a.status.deployFrom = m.played.Add(tearDown), from
	a.cluster, a.ha = nil, nil
	if mode == "stateless" {
		a.jobID = m.newID()
	}
}

func (m *Model) finishUpgrade(a *application) {
	m.deploy(a, a.status.deployFrom, a.status.reconciled)
	a.status.deployAt, a.status.deployFrom = time.Time{}, nil
	a.status.reconciliation, a.status.lifecycle = "DEPLOYED", "DEPLOYED"
	a.status.jobManager, a.status.jobState = "DEPLOYING", "RECONCILING"
}

// takeNewest: of a job that ended by itself the operator takes the newest
// checkpoint for the last savepoint.
func (a *application) takeNewest(j *job) {
	if c := j.Checkpoints; j.state == "FINISHED" && c.Latest != "" {
		a.status.savepoint, a.status.trigger = flink.Snapshot{Path: c.Latest, Taken: c.LatestAt}, "UNKNOWN"
	}
}

// observeJob is how the operator looks at Flink: by the state of the job alone.
func (m *Model) observeJob(a *application) {
	c := a.cluster
	if c == nil || a.status.reconciled.run == flink.Suspended {
		return
	}
	switch {
	case m.played.Before(c.up):
		a.status.jobManager = "DEPLOYING"
	case c.stuck != "":
		a.status.err = "DeploymentFailedException: " + c.stuck
		if c.stuck == "ErrImagePull" {
			a.status.jobManager = "ERROR"
		}
	case c.jobless:
		a.status.jobManager = "READY"
		a.status.err = "DeploymentFailedException: CrashLoopBackOff"
	case c.job == nil:
		a.status.jobManager = "DEPLOYED_NOT_READY"
	case c.job.driver:
		a.status.lifecycle, a.status.jobManager, a.status.jobState = "FAILED", "READY", "FAILED"
		a.status.err = "JobFailedException: " + c.job.Failures[0].Message
	default:
		a.status.jobManager, a.status.jobState = "READY", c.job.state
		a.takeNewest(c.job)
		if c.running() && a.status.lifecycle == "DEPLOYED" {
			a.status.lifecycle = "STABLE" // and so it stays, whatever the job does
		}
		if c.job.state == "RUNNING" && !c.running() {
			a.status.jobState = "CREATED"
		}
	}
}
