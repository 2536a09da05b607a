package flink

// ChangeKind is what is asked for. Every change goes through the release machine.
type ChangeKind string

// The changes.
const (
	Upgrade  ChangeKind = "Upgrade"  // a jar or a manifest was uploaded
	Restart  ChangeKind = "Restart"  // the same revision again, with its state
	Rollback ChangeKind = "Rollback" // a revision that was good before, with the state there is
	Redeploy ChangeKind = "Redeploy" // a revision from a chosen snapshot
	Scale    ChangeKind = "Scale"    // another parallelism; in place where Flink can
	Suspend  ChangeKind = "Suspend"  // end the job with a savepoint and keep it so
	Resume   ChangeKind = "Resume"   // run a suspended job again, from the savepoint it was suspended with
	Delete   ChangeKind = "Delete"   // end the job with a final savepoint and remove it
	Adopt    ChangeKind = "Adopt"    // take over what runs already, without a restart
	Fork     ChangeKind = "Fork"     // a new application from another's snapshot
	Cancel   ChangeKind = "Cancel"   // call off a release in flight, or a change that waits
)

// ChangeKinds lists every change that can be asked for; Upgrade is asked for by an upload.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{Upgrade, Restart, Rollback, Redeploy, Scale, Suspend, Resume, Delete, Adopt, Fork, Cancel}
}

// Change is what is asked for, by whom and with what.
type Change struct {
	Kind         ChangeKind `json:"kind"`
	By           string     `json:"by,omitempty"`           // who says so: a person or a machine, as the event claims
	Why          string     `json:"why,omitempty"`          // in their words
	Automatic    bool       `json:"automatic,omitempty"`    // no person asked: held back by an open circuit
	Revision     string     `json:"revision,omitempty"`     // Rollback, Redeploy, Fork: which one; empty for the obvious one
	Source       string     `json:"source,omitempty"`       // Fork: namespace/name of the application that is forked
	Snapshot     string     `json:"snapshot,omitempty"`     // Redeploy, Fork: path of the state to start from; ids are resolved when it is planned
	Parallelism  int        `json:"parallelism,omitempty"`  // Scale
	AbandonState bool       `json:"abandonState,omitempty"` // Suspend, Delete: end the job even if no savepoint can be taken
	Release      string     `json:"release,omitempty"`      // Cancel: which release; empty for whichever is in flight
	DryRun       bool       `json:"dryRun,omitempty"`       // make the plan and change nothing
}

// Replaces tells whether the change decides by itself what runs afterwards, so
// that it may take the place of another that waits.
func (c Change) Replaces() bool {
	switch c.Kind {
	case Upgrade, Rollback, Redeploy, Suspend, Delete:
		return true
	}
	return false
}
