package targettest

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

var _ flink.Rehearser = (*Model)(nil)

// rehearsalName tells rehearsals apart.
type rehearsalName struct {
	flink.Application
	id string
}

// rehearsal is a JobManager that is thrown away. What it will show is settled
// when it starts to answer.
type rehearsal struct {
	jobID    string
	jar      string
	snapshot string
	since    time.Time
	until    time.Time // the runtime ends it
}

// StartRehearsal implements flink.Rehearser.
func (m *Model) StartRehearsal(_ context.Context, r flink.Rehearsal) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("StartRehearsal", r.Application, Before); err != nil {
		return err
	}
	a := m.applications[r.Application]
	if a == nil || a.cluster == nil || a.cluster.deployed.revision != r.Revision.ID {
		return flink.Errorf(flink.NotFound, "rehearse a restore of "+r.Application.String(), "it does not run revision %s, and a restore is rehearsed as what runs", r.Revision.ID)
	}
	name := rehearsalName{r.Application, r.ID}
	if m.rehearsals[name] == nil {
		m.rehearsals[name] = &rehearsal{jobID: m.newID(), jar: r.Revision.Jar.SHA256, snapshot: r.Snapshot, since: m.played, until: m.played.Add(r.Within)}
	}
	return m.at("StartRehearsal", r.Application, After)
}

// LookAtRehearsal implements flink.Rehearser.
func (m *Model) LookAtRehearsal(_ context.Context, r flink.Rehearsal) (flink.RehearsalFacts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("LookAtRehearsal", r.Application, Before); err != nil {
		return flink.RehearsalFacts{}, err
	}
	facts := flink.RehearsalFacts{Job: flink.JobFacts{Unreachable: "there is no such rehearsal", Restarts: -1}}
	if seen := m.rehearsals[rehearsalName{r.Application, r.ID}]; seen != nil {
		facts = m.rehearsalFacts(seen)
	}
	return facts, m.at("LookAtRehearsal", r.Application, After)
}

func (m *Model) rehearsalFacts(r *rehearsal) flink.RehearsalFacts {
	facts := flink.RehearsalFacts{Exists: true, Since: r.since, Job: flink.JobFacts{Unreachable: "connection refused", Restarts: -1}}
	b := m.planted[r.jar]
	switch {
	case !m.played.Before(r.until):
		facts.Ended = "DeadlineExceeded"
		return facts
	case m.played.Before(r.since.Add(jobManagerStart)):
		return facts
	case b.CannotStart != "":
		facts.Trouble = "pod: " + b.CannotStart
		return facts
	case b.MainThrows:
		facts.Ended = "its JobManager ended with exit code 1: ProgramInvocationException: main() threw"
		return facts
	}
	facts.Job = flink.JobFacts{Reachable: true, ID: r.jobID, Name: "rehearsal", State: "RUNNING", Tasks: tasksOfAJob, Restarts: -1}
	switch {
	case !m.has(r.snapshot):
		refuse(&facts.Job, m.played, "FileNotFoundException: Cannot find checkpoint or savepoint file/directory '"+r.snapshot+"' on file system 's3'.")
	case b.Unmappable:
		refuse(&facts.Job, m.played, fmt.Sprintf("IllegalStateException: Failed to rollback to checkpoint/savepoint %s. Cannot map checkpoint/savepoint state for operator x to the new program, because the operator is not available in the new program.", r.snapshot))
	default:
		facts.Job.Checkpoints.Restored, facts.Job.Checkpoints.RestoredFrom = 1, r.snapshot
	}
	return facts
}

// EndRehearsal implements flink.Rehearser.
func (m *Model) EndRehearsal(_ context.Context, r flink.Rehearsal) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("EndRehearsal", r.Application, Before); err != nil {
		return err
	}
	delete(m.rehearsals, rehearsalName{r.Application, r.ID})
	return m.at("EndRehearsal", r.Application, After)
}

// Rehearsals implements flink.Rehearser.
func (m *Model) Rehearsals(_ context.Context, namespace string) ([]flink.LeftRehearsal, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.play()
	if err := m.at("Rehearsals", flink.Application{Namespace: namespace}, Before); err != nil {
		return nil, err
	}
	var left []flink.LeftRehearsal
	for name, r := range m.rehearsals {
		if name.Namespace == namespace {
			left = append(left, flink.LeftRehearsal{Application: name.Application, ID: name.id, Since: r.since})
		}
	}
	sort.Slice(left, func(i, j int) bool {
		if !left[i].Since.Equal(left[j].Since) {
			return left[i].Since.Before(left[j].Since)
		}
		return left[i].ID < left[j].ID
	})
	return left, m.at("Rehearsals", flink.Application{Namespace: namespace}, After)
}

// refuse ends a job as Flink does whose state it cannot restore.
func refuse(j *flink.JobFacts, at time.Time, why string) {
	j.State = "FAILED"
	j.Failures = []flink.Failure{{At: at, Cause: flink.UserCode, Message: why}}
}
