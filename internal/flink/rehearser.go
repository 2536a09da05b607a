package flink

import (
	"context"
	"time"
)

// Rehearser is what a Target can be besides: it proves that a snapshot can be
// restored, in a JobManager that is thrown away. That JobManager is given the
// revision's jar and configuration and no task slot: Flink maps the state onto
// the job's operators and then waits, so that no record is read or written. The
// application that runs is not touched. Adapters pass targettest.RunRehearser.
type Rehearser interface {
	// StartRehearsal starts one; the same one again is harmless. What cannot be
	// rehearsed here is Refused or Invalid, with the reason; NotFound is an
	// application that does not run the revision.
	StartRehearsal(ctx context.Context, r Rehearsal) error

	// LookAtRehearsal reads how far it is; JudgeRehearsal says what that means.
	LookAtRehearsal(ctx context.Context, r Rehearsal) (RehearsalFacts, error)

	// EndRehearsal removes it and waits until it is gone. One that is gone already is no error.
	EndRehearsal(ctx context.Context, r Rehearsal) error

	// Rehearsals lists those of a namespace that are there, oldest first: what
	// somebody left behind is ended like any other.
	Rehearsals(ctx context.Context, namespace string) ([]LeftRehearsal, error)
}

// Rehearsal names one. Looking at it and ending it need application and ID alone.
type Rehearsal struct {
	Application Application
	ID          string        // any string; the adapter derives its names from it
	Revision    Revision      // has to be what the application runs
	Snapshot    string        // path of what is to be restored
	Within      time.Duration // after that the runtime ends it by itself
}

// LeftRehearsal is one that is there.
type LeftRehearsal struct {
	Application Application
	ID          string
	Since       time.Time
}

// Rehearsal is what EndRehearsal takes.
func (l LeftRehearsal) Rehearsal() Rehearsal {
	return Rehearsal{Application: l.Application, ID: l.ID}
}

// RehearsalFacts is what is seen of a rehearsal.
type RehearsalFacts struct {
	Exists  bool
	Since   time.Time // when it was started
	Trouble string    // what keeps its JobManager from starting; empty when nothing does
	Ended   string    // how its JobManager ended, in words; empty while there is no sign of that
	Job     JobFacts  // what its Flink says
}
