package targettest

import "github.com/sluice-flink/sluice/internal/flink"

// CreateOutside makes a resource as somebody with kubectl would: it runs this
// revision from nothing, and Sluice has no part in it.
func (m *Model) CreateOutside(app flink.Application, r flink.Revision) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	a := &application{Application: app, uid: m.newID(), jobID: m.newID(), theirs: r.Manifest}
	m.applications[app] = a
	m.write(a, spec{revision: r.ID, jar: r.Jar, run: flink.Running, upgrade: "savepoint"})
}

// Keep has another tool keep the application's resource; an empty one ends it.
func (m *Model) Keep(app flink.Application, owner string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if a := m.applications[app]; a != nil {
		a.owner = owner
	}
}

// adopt writes annotations on what somebody else made, and no spec.
func (a *application) adopt(op string, d flink.Desired) error {
	switch {
	case a == nil:
		return flink.Errorf(flink.NotFound, op, "there is nothing of this name to adopt")
	case a.theirs == nil && !a.unknown():
		return flink.Errorf(flink.Refused, op, "release %s wrote the resource: it needs no adoption", a.spec.release)
	case a.owner != "":
		return flink.Errorf(flink.Refused, op, "%s keeps the resource as it wants it", a.owner)
	case d.DryRun:
		return nil
	}
	a.spec.release, a.spec.step, a.spec.revision = d.Release, d.Step, d.Revision.ID
	a.status.reconciled.revision = d.Revision.ID // nothing for the operator to do
	return nil
}

// rescale gives the running job another parallelism without a new JobManager.
func (m *Model) rescale(a *application, op string, d flink.Desired) error {
	switch {
	case !m.options.Traits.ScaleInPlace:
		return flink.Errorf(flink.Refused, op, "NotSupported: the parallelism cannot be changed without a restart")
	case a.spec.run != flink.Running || !a.cluster.running():
		return flink.Errorf(flink.Refused, op, "NotSupported: the job does not run")
	case d.DryRun:
		return nil
	}
	a.spec.release, a.spec.step, a.spec.revision = d.Release, d.Step, d.Revision.ID
	a.generation++
	a.status.reconciled.revision, a.status.reconciled.step, a.status.observed = d.Revision.ID, d.Step, a.generation
	j := a.cluster.job
	m.recover(a)
	j.TasksRunning, j.tasksAt = 0, m.played.Add(restartDelay)
	return nil
}
