package targettest

import "github.com/sluice-flink/sluice/internal/flink"

// outside changes the resource as somebody with kubectl does.
func (m *Model) outside(app flink.Application, change func(a *application)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if a := m.applications[app]; a != nil {
		change(a)
	}
}

// ResumeOutside has a suspended job run again.
func (m *Model) ResumeOutside(app flink.Application) {
	m.outside(app, func(a *application) {
		if s := a.spec; s.run == flink.Suspended {
			s.run = flink.Running
			m.write(a, s)
		}
	})
}

// EditOutside changes a field of the spec, so that the operator restarts the
// job as its upgrade mode says. The annotations stay.
func (m *Model) EditOutside(app flink.Application) {
	m.outside(app, func(a *application) {
		s := a.spec
		s.edits++
		m.write(a, s)
	})
}

// RemakeOutside deletes the resource and makes it again from a file: the same
// jar, without annotations, and with empty state.
func (m *Model) RemakeOutside(app flink.Application) {
	m.outside(app, func(a *application) {
		s := spec{jar: a.spec.jar, run: flink.Running, upgrade: "savepoint"}
		made := &application{Application: app, uid: m.newID(), jobID: m.newID()}
		m.applications[app] = made
		m.write(made, s)
	})
}

// StripOutside takes the annotations off: whoever wrote the resource is not
// known any more. The operator sees no change.
func (m *Model) StripOutside(app flink.Application) {
	m.outside(app, func(a *application) {
		if r := &a.status.reconciled; r.revision == a.spec.revision {
			r.revision = ""
		}
		a.spec.release, a.spec.step, a.spec.revision = "", "", ""
	})
}
