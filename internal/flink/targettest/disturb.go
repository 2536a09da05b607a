package targettest

import "github.com/sluice-flink/sluice/internal/flink"

// DrainNode ends the TaskManager's pod as draining its node does: the job waits
// for a new one.
func (m *Model) DrainNode(app flink.Application) {
	m.disturb(app, func(a *application) {
		m.restart(a, flink.LostNode, "The TaskExecutor is shutting down.")
		a.cluster.job.tasksAt = m.played.Add(taskManagerStart)
	})
}

// Rescale gives the running job other resources in place, as the operator's
// autoscaler does: its tasks restart from the newest state, and nothing failed.
func (m *Model) Rescale(app flink.Application) {
	m.disturb(app, func(a *application) {
		m.restart(a, flink.Rescale, "")
		j := a.cluster.job
		j.Failures = j.Failures[1:]
	})
}

// disturb does something to a job that runs.
func (m *Model) disturb(app flink.Application, do func(*application)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if a := m.applications[app]; a != nil && a.cluster.running() {
		do(a)
	}
}
