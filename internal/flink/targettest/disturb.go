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

// FailJob ends the job as a restart strategy that gives up does: Flink runs it
// no more, and takes its high-availability record away.
func (m *Model) FailJob(app flink.Application) {
	m.disturb(app, func(a *application) {
		a.cluster.job.fail(m.played, flink.UserCode, "JobException: Recovery is suppressed by FixedDelayRestartBackoffTimeStrategy")
		a.cluster.job.state, a.cluster.job.TasksRunning, a.ha = "FAILED", 0, nil
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
