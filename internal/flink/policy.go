package flink

import "time"

// Policy is a ReleasePolicy with its defaults filled in. The document is read
// by internal/manifest.
type Policy struct {
	Artifact         *ArtifactPin  `json:"artifact,omitempty"` // the only jar that may be released
	Strategy         Strategy      `json:"strategy"`
	ProgressDeadline time.Duration `json:"progressDeadline"` // from Apply to the first moment all checks hold
	BakeTime         time.Duration `json:"bakeTime"`         // how long they have to hold
	Analysis         Analysis      `json:"analysis"`
	Rollback         RollbackRule  `json:"rollback"`
	Approval         Approval      `json:"approval"`
	SyncWindows      []SyncWindow  `json:"syncWindows,omitempty"` // hold upgrades, never a repair
	Snapshots        Snapshots     `json:"snapshots"`
	Remediation      Remediation   `json:"remediation"`
}

// Strategy says how one version follows another.
type Strategy struct {
	Type StrategyType `json:"type"`
}

// StrategyType names a strategy.
type StrategyType string

// Recreate ends the old version before the new one starts.
const Recreate StrategyType = "Recreate"

// Approval says whether somebody has to agree before an upgrade starts.
type Approval struct {
	Required bool          `json:"required"`
	Expires  time.Duration `json:"expires"` // how long is waited for an answer
}

// SyncWindow is a time in which upgrades may start, or may not.
type SyncWindow struct {
	Kind     WindowKind    `json:"kind"`
	Schedule string        `json:"schedule"` // cron, five fields: when the window begins
	Duration time.Duration `json:"duration"`
	TimeZone string        `json:"timeZone"` // IANA name; UTC when none is given
}

// WindowKind is what a window does.
type WindowKind string

// The kinds of window.
const (
	Allow WindowKind = "allow" // upgrades start in it; outside of every allow window they wait
	Deny  WindowKind = "deny"  // upgrades wait for its end
)

// Snapshots says how savepoints are rotated.
type Snapshots struct {
	Every  time.Duration `json:"every"` // 0: never
	Keep   int64         `json:"keep"`
	MaxAge time.Duration `json:"maxAge"`
	Verify VerifyKind    `json:"verify"`
}

// VerifyKind says how a snapshot is proven.
type VerifyKind string

// The kinds of proof.
const (
	VerifyMetadata VerifyKind = "Metadata"
	VerifyRestore  VerifyKind = "Restore"
)

// RemediationSteps lists every step.
func RemediationSteps() []RemediationStep {
	return []RemediationStep{StepRestart, StepRollback, StepScale, StepSuspend, StepEscalate}
}

// Remediation says what is tried when an alarm goes off.
type Remediation struct {
	Alarms         []string          `json:"alarms,omitempty"` // name patterns, * for anything
	Steps          []RemediationStep `json:"steps,omitempty"`  // in the order in which they are tried
	RollbackWindow time.Duration     `json:"rollbackWindow"`   // how long after a release it may be what to undo
	Scale          ScaleRule         `json:"scale"`
	Cooldown       time.Duration     `json:"cooldown"`  // between two steps
	MaxPerDay      int64             `json:"maxPerDay"` // steps within 24 hours
}

// ScaleRule bounds the step Scale.
type ScaleRule struct {
	MaxParallelism int64 `json:"maxParallelism,omitempty"` // 0: never scaled
}

// RemediationStep is one thing to try.
type RemediationStep string

// The steps.
const (
	StepRestart  RemediationStep = "Restart"
	StepRollback RemediationStep = "Rollback"
	StepScale    RemediationStep = "Scale"
	StepSuspend  RemediationStep = "Suspend"
	StepEscalate RemediationStep = "Escalate"
)

// ArtifactPin names the one jar a manifest goes with.
type ArtifactPin struct {
	Key    string `json:"key,omitempty"`    // file name below the application's prefix
	SHA256 string `json:"sha256,omitempty"` // hex
}

// Analysis is what healthy means.
type Analysis struct {
	MinCompletedCheckpoints int64             `json:"minCompletedCheckpoints"`
	MaxFailureRestarts      int64             `json:"maxFailureRestarts"` // restarts for node loss or rescaling do not count
	LagRecovery             *LagRecovery      `json:"lagRecovery,omitempty"`
	CloudWatchAlarms        []string          `json:"cloudWatchAlarms,omitempty"` // names of alarms that have to be quiet
	Prometheus              []PrometheusQuery `json:"prometheus,omitempty"`
}

// LagRecovery is how soon a source's lag has to be back where it was.
type LagRecovery struct {
	Within   time.Duration `json:"within"`   // from the first moment all tasks run
	Baseline int64         `json:"baseline"` // per cent of the lag from before the upgrade
}

// PrometheusQuery is a question whose answer has to be good.
type PrometheusQuery struct {
	Query            string `json:"query"`
	SuccessCondition string `json:"successCondition"` // result OP number, as in result < 0.01
}

// RollbackRule says whether to roll back and to which state.
type RollbackRule struct {
	Mode        RollbackMode `json:"mode"`
	RestoreFrom RestoreFrom  `json:"restoreFrom"`
	Replay      Replay       `json:"replay"`
}

// Replay says whether a rollback may process records twice.
type Replay string

// The choices.
const (
	ReplayAllow  Replay = "Allow"
	ReplayRefuse Replay = "Refuse" // hold and call somebody instead
)

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
		Rollback:         RollbackRule{Mode: Automatic, RestoreFrom: Auto, Replay: ReplayAllow},
		Strategy:         Strategy{Type: Recreate},
		Approval:         Approval{Expires: 24 * time.Hour},
		Snapshots:        Snapshots{Keep: 7, MaxAge: 30 * 24 * time.Hour, Verify: VerifyMetadata},
		Remediation:      Remediation{RollbackWindow: 2 * time.Hour, Cooldown: 15 * time.Minute, MaxPerDay: 4},
	}
}
