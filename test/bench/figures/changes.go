package figures

import "time"

// Way is how a change was made.
type Way string

// The ways.
const (
	Sluice  Way = "sluice"  // a jar was uploaded
	Kubectl Way = "kubectl" // the FlinkDeployment was applied, and the operator alone did the rest
)

// Kind is what was changed.
type Kind string

// The kinds.
const (
	Upgrade      Kind = "upgrade"      // a good version, by savepoint
	LastState    Kind = "last-state"   // a good version, from the newest checkpoint
	Unrestorable Kind = "unrestorable" // a version that fails while it restores
	RestartLoop  Kind = "restart-loop" // a version that fails again and again after it has worked
)

// Change is one change of a running job, as it is seen from outside. Times are
// Flink's own where a comment says so, else this machine's; both are one clock.
type Change struct {
	Way      Way    `json:"way"`
	Kind     Kind   `json:"kind"`
	Settings string `json:"settings"` // of the operator: see Settings
	Pair     int    `json:"pair"`     // changes with one number followed each other
	Ended    string `json:"ended"`    // what Sluice's record or the operator says of it at the end

	Asked   time.Time `json:"asked"`            // the upload, or the apply
	Stopped time.Time `json:"stopped,omitzero"` // Flink: the previous job ended; zero where it was killed
	Started time.Time `json:"started"`          // Flink: what runs in the end was taken up by its JobManager
	Running time.Time `json:"running"`          // Flink: the last of its tasks began to run
	Ready   time.Time `json:"ready,omitzero"`   // the operator called it stable
	Settled time.Time `json:"settled,omitzero"` // Sluice had written its record

	Load  float64 `json:"load"`            // average of a minute, when it was asked
	Steps []Step  `json:"steps,omitempty"` // of Sluice's record
}

// Step is a moment of a record's timeline.
type Step struct {
	At    time.Time `json:"at"`
	State string    `json:"state"`
	Note  string    `json:"note"`
}

// Downtime is how long no version processed anything.
func (c Change) Downtime() time.Duration { return c.Running.Sub(c.Stopped) }

// Recovery is how long it took from asking until a version ran that stays.
func (c Change) Recovery() time.Duration { return c.Running.Sub(c.Asked) }

// Session is one run of the benchmark on real parts.
type Session struct {
	Commit  string    `json:"commit"`
	Began   time.Time `json:"began"`
	CPUs    int       `json:"cpus"`
	Changes []Change  `json:"changes"`
}
