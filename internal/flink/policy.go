package flink

import "time"

// Policy is the part of a ReleasePolicy that this version acts on, with its
// defaults filled in. The document is read by internal/manifest.
type Policy struct {
	Artifact         *ArtifactPin  `json:"artifact,omitempty"` // the only jar that may be released
	ProgressDeadline time.Duration `json:"progressDeadline"`   // from Apply to the first moment all checks hold
	BakeTime         time.Duration `json:"bakeTime"`           // how long they have to hold
	Analysis         Analysis      `json:"analysis"`
	Rollback         RollbackRule  `json:"rollback"`
}

// ArtifactPin names the one jar a manifest goes with.
type ArtifactPin struct {
	Key    string `json:"key,omitempty"`    // file name below the application's prefix
	SHA256 string `json:"sha256,omitempty"` // hex
}

// Analysis is what healthy means.
type Analysis struct {
	MinCompletedCheckpoints int64 `json:"minCompletedCheckpoints"`
	MaxFailureRestarts      int64 `json:"maxFailureRestarts"` // restarts for node loss or rescaling do not count
}

// RollbackRule says whether to roll back and to which state.
type RollbackRule struct {
	Mode        RollbackMode `json:"mode"`
	RestoreFrom RestoreFrom  `json:"restoreFrom"`
}

// RollbackMode says who rolls back.
type RollbackMode string

// The rollback modes.
const (
	Automatic RollbackMode = "Automatic"
	Manual    RollbackMode = "Manual" // the failed version stays, and somebody is called
)

// RestoreFrom says which state a rollback restores.
type RestoreFrom string

// The choices of state.
const (
	Auto       RestoreFrom = "Auto"       // the failed version's newest checkpoint if it made one, else the state before the upgrade
	PreUpgrade RestoreFrom = "PreUpgrade" // always the savepoint the upgrade stopped with
	Latest     RestoreFrom = "Latest"     // always the failed version's newest checkpoint; fails if there is none
)

// DefaultPolicy is what applies where a policy is silent.
func DefaultPolicy() Policy {
	return Policy{
		ProgressDeadline: 15 * time.Minute,
		BakeTime:         10 * time.Minute,
		Analysis:         Analysis{MinCompletedCheckpoints: 2},
		Rollback:         RollbackRule{Mode: Automatic, RestoreFrom: Auto},
	}
}
