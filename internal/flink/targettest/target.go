package targettest

import (
	"cmp"
	"context"
	"errors"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Observe implements flink.Target.
func (m *Model) Observe(_ context.Context, app flink.Application) (flink.Observation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("Observe", app, Before); err != nil {
		return flink.Observation{}, err
	}
	o := flink.Observation{At: m.now(), Traits: m.options.Traits}
	if a := m.applications[app]; a != nil {
		o.Exists, o.Spec, o.Status, o.Job, o.Record = true, a.specFacts(), a.statusFacts(), m.jobFacts(a), m.recordFacts(a)
	} else {
		o.Job.Unreachable = "the application has no JobManager"
	}
	return o, m.at("Observe", app, After)
}

// Apply implements flink.Target as an adapter should: which spec is written,
// and whether the resource is deleted first, follows from what is to be restored.
func (m *Model) Apply(_ context.Context, d flink.Desired) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("Apply", d.Application, Before); err != nil {
		return err
	}
	if m.planted[d.Revision.Jar.SHA256].Refused {
		return flink.Errorf(flink.Refused, "apply "+d.Application.String(), "the API server refuses it: .spec.nonsense: field not declared in schema")
	}
	if d.DryRun {
		return errors.Join(m.dryRun(d), m.at("Apply", d.Application, After))
	}
	if err := m.raise(d.Application, d.Fence); err != nil {
		return err
	}
	if err := m.apply(d); err != nil {
		return err
	}
	return m.at("Apply", d.Application, After)
}

// dryRun finds out what would be refused.
func (m *Model) dryRun(d flink.Desired) error {
	op, a := "try to apply "+d.Application.String(), m.applications[d.Application]
	switch held := m.fences[d.Application]; {
	case d.Fence < held:
		return passed(op, d.Fence, held)
	case d.Adopt:
		return a.adopt(op, d)
	case a.unknown():
		return notOurs(op)
	case d.InPlace && a != nil:
		return m.rescale(a, op, d)
	}
	return nil
}

// unknown tells whether somebody else made it and nobody adopted it.
func (a *application) unknown() bool { return a != nil && a.spec.release == "" }

func notOurs(op string) error {
	return flink.Errorf(flink.Refused, op, "the resource was not made by Sluice: adopt it, or delete it first")
}

func (m *Model) apply(d flink.Desired) error {
	op, a := "apply "+d.Application.String(), m.applications[d.Application]
	if a.unknown() && !d.Adopt {
		return notOurs(op)
	}
	if a != nil && a.spec.release == d.Release && a.spec.step == d.Step {
		return nil
	}
	if d.Adopt {
		return a.adopt(op, d)
	}
	if a == nil && (d.Run == flink.Suspended || d.Restore.Kind == flink.RestoreHeld || d.Restore.Kind == flink.RestoreLatest) {
		return flink.Errorf(flink.NotFound, op, "the resource is gone, and with it the state it held")
	}
	if d.InPlace && a != nil {
		return m.rescale(a, op, d)
	}
	s := specOf(d)
	if a == nil && d.Restore.Kind == flink.RestoreNothing { // a new one starts empty anyway, and stateless would stay its mode
		s.upgrade = cmp.Or(string(d.Revision.UpgradeMode()), string(flink.ModeStateless)) // the CRD's default
	}
	if a != nil && s.initial != "" {
		if !m.options.Traits.RedeployNonce {
			delete(m.applications, d.Application)
			if err := m.at("Apply", d.Application, Between); err != nil {
				return err
			}
			a = nil
		} else {
			s.nonce = a.spec.nonce + 1
		}
	}
	if a != nil && a.foreign && a.spec.run != d.Run {
		return flink.Errorf(flink.Refused, op, ".spec.job.state is in the hands of another manager")
	}
	if a == nil {
		a = &application{Application: d.Application, uid: m.newID(), jobID: m.newID()}
		m.applications[d.Application] = a
	} else if s.nonce == 0 {
		s.nonce = a.spec.nonce
	}
	m.write(a, s)
	return nil
}

func specOf(d flink.Desired) spec {
	s := spec{release: d.Release, step: d.Step, revision: d.Revision.ID, jar: d.Revision.Jar, run: d.Run, upgrade: "savepoint"}
	switch {
	case d.Run == flink.Suspended && d.Restore.Kind == flink.RestoreLatest:
		s.upgrade, s.fallback = "last-state", true
	case d.Run == flink.Suspended:
	case d.Restore.Kind == flink.RestoreNothing:
		s.upgrade, s.restart = "stateless", d.Release+"/"+d.Step
	case d.Restore.Kind == flink.RestoreLatest:
		s.upgrade, s.fallback, s.restart = "last-state", true, d.Release+"/"+d.Step
	case d.Restore.Kind == flink.RestoreSnapshot:
		s.initial = d.Restore.Path
	}
	return s
}

// write is what the API server does: a new generation.
func (m *Model) write(a *application, s spec) {
	if s.release != "" {
		a.theirs = nil
	}
	a.spec = s
	a.generation++
	a.written = m.played
}

// StartSnapshot implements flink.Target.
func (m *Model) StartSnapshot(_ context.Context, r flink.SnapshotRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("StartSnapshot", r.Application, Before); err != nil {
		return err
	}
	if err := m.raise(r.Application, r.Fence); err != nil {
		return err
	}
	c, err := m.answering(r.Application, "ask for a savepoint")
	if err != nil {
		return err
	}
	if key := r.JobID + "/" + r.ID; c.operations[key] == nil { // accepted whatever the job: the outcome is told by Snapshot
		c.operations[key] = &operation{jobID: r.JobID, directory: r.Directory, due: m.played.Add(tick), state: flink.SnapshotState{Phase: flink.SnapshotPending}}
	}
	return m.at("StartSnapshot", r.Application, After)
}

// Snapshot implements flink.Target.
func (m *Model) Snapshot(_ context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("Snapshot", r.Application, Before); err != nil {
		return flink.SnapshotState{}, err
	}
	c, err := m.answering(r.Application, "look at a savepoint")
	if err != nil {
		return flink.SnapshotState{}, err
	}
	state := flink.SnapshotState{Phase: flink.SnapshotUnknown}
	if o := c.operations[r.JobID+"/"+r.ID]; o != nil {
		state = o.state
	}
	return state, m.at("Snapshot", r.Application, After)
}

// RemoveSnapshot implements flink.Target: any JobManager that answers can do it.
func (m *Model) RemoveSnapshot(_ context.Context, app flink.Application, path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("RemoveSnapshot", app, Before); err != nil {
		return err
	}
	if _, err := m.answering(app, "remove a savepoint"); err != nil {
		return err
	}
	delete(m.storage, canonical(path))
	return m.at("RemoveSnapshot", app, After)
}

// Remove implements flink.Target.
func (m *Model) Remove(_ context.Context, app flink.Application, fence int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("Remove", app, Before); err != nil {
		return err
	}
	if err := m.raise(app, fence); err != nil {
		return err
	}
	if m.applications[app].unknown() {
		return notOurs("remove " + app.String())
	}
	delete(m.applications, app)
	return m.at("Remove", app, After)
}

// raise is the fence: it only grows, and who comes with a lower one has lost the lease.
func (m *Model) raise(app flink.Application, fence int64) error {
	if held := m.fences[app]; fence < held {
		return passed("write "+app.String(), fence, held)
	}
	m.fences[app] = fence
	return nil
}

// answering is the JobManager, if its REST API answers.
func (m *Model) answering(app flink.Application, op string) (*cluster, error) {
	a := m.applications[app]
	if a == nil {
		return nil, flink.Errorf(flink.Unavailable, op, "the application has no JobManager")
	}
	if why := m.silence(a); why != "" {
		return nil, flink.Errorf(flink.Unavailable, op, "Flink does not answer: %s", why)
	}
	return a.cluster, nil
}

func passed(op string, fence, held int64) error {
	return flink.Errorf(flink.LeaseLost, op, "fence %d has been passed: another release holds %d", fence, held)
}
