package manifest

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	day = 24 * time.Hour

	// maxWait bounds each of a policy's two waits: a release and its rollback may
	// each take both, and all of it has to end within the timeout of the release
	// state machine (24 hours; a test holds it so).
	maxWait = 5 * time.Hour

	// maxApproval bounds how long an answer is waited for.
	maxApproval = 7 * day
)

// policyFields is the spec of a ReleasePolicy. The JSON schema is made from it
// and a test holds it against flink.Policy.
var policyFields = []policyField{
	{name: "artifact", own: true, about: "The only jar that may be released with this manifest.", fields: []policyField{
		{name: "key", own: true, about: "File name of the jar beside application.yaml.", leaf: patternLeaf(
			`^[^/]+\.jar$`, "the name of a jar beside application.yaml, as in fraud-2.1.jar",
			func(s *settings) *string { return &s.pin.Key })},
		{name: "sha256", own: true, about: "SHA-256 of the jar, in lower-case hex.", leaf: patternLeaf(
			`^[0-9a-f]{64}$`, "64 lower-case hex digits, as sha256sum prints them",
			func(s *settings) *string { return &s.pin.SHA256 })},
	}},
	{name: "strategy", about: "How one version follows another.", fields: []policyField{
		{name: "type", about: "Recreate ends the old version before the new one starts.", leaf: choiceLeaf(
			func(s *settings) *flink.StrategyType { return &s.policy.Strategy.Type }, []flink.StrategyType{"Handover"}, flink.Recreate)},
		{name: "rehearsal", about: "Restore the state once before the running version is touched; not supported by this version.",
			leaf: refusal{"a rehearsal is not supported by this version; remove it"}},
	}},
	{name: "progressDeadline", about: "How long a release may take from the new version's start to the first moment all checks hold.",
		leaf: durationLeaf(time.Second, maxWait, func(s *settings) *time.Duration { return &s.policy.ProgressDeadline })},
	{name: "bakeTime", about: "How long all checks have to hold before the release has succeeded.",
		leaf: durationLeaf(0, maxWait, func(s *settings) *time.Duration { return &s.policy.BakeTime })},
	{name: "analysis", about: "What healthy means.", fields: []policyField{
		{name: "minCompletedCheckpoints", about: "Checkpoints the new version has to complete.",
			leaf: countLeaf(0, func(s *settings) *int64 { return &s.policy.Analysis.MinCompletedCheckpoints })},
		{name: "maxFailureRestarts", about: "Restarts of the job that are still healthy. Restarts for node loss or rescaling do not count.",
			leaf: countLeaf(0, func(s *settings) *int64 { return &s.policy.Analysis.MaxFailureRestarts })},
		{name: "lagRecovery", about: "How soon the sources' lag has to be back where it was.", fields: []policyField{
			{name: "within", about: "Counted from the first moment all tasks run. 0s switches it off.",
				leaf: offOrAtLeast(time.Minute, maxWait, func(s *settings) *time.Duration { return &s.lag.Within })},
			{name: "baseline", about: "What counts as back, in per cent of the lag from before the upgrade.",
				leaf: percentLeaf(func(s *settings) *int64 { return &s.lag.Baseline })},
		}},
		{name: "cloudWatchAlarms", about: "Names of alarms that have to be quiet.",
			leaf: textsLeaf(maxAlarms, func(s *settings) *[]string { return &s.policy.Analysis.CloudWatchAlarms })},
		{name: "prometheus", about: "Queries whose answers have to be good.",
			leaf: queriesLeaf(func(s *settings) *[]flink.PrometheusQuery { return &s.policy.Analysis.Prometheus })},
	}},
	{name: "rollback", about: "What happens to a version that is not healthy.", fields: []policyField{
		{name: "mode", about: "Automatic rolls back; Manual leaves the failed version and calls somebody.", leaf: choiceLeaf(
			func(s *settings) *flink.RollbackMode { return &s.policy.Rollback.Mode }, nil, flink.Automatic, flink.Manual)},
		{name: "restoreFrom", about: "Which state a rollback restores.", leaf: choiceLeaf(
			func(s *settings) *flink.RestoreFrom { return &s.policy.Rollback.RestoreFrom }, nil, flink.Auto, flink.PreUpgrade, flink.Latest)},
		{name: "replay", about: "Whether a rollback may process records twice; Refuse holds and calls somebody instead.", leaf: choiceLeaf(
			func(s *settings) *flink.Replay { return &s.policy.Rollback.Replay }, nil, flink.ReplayAllow, flink.ReplayRefuse)},
	}},
	{name: "approval", about: "Whether somebody has to agree before an upgrade starts.", fields: []policyField{
		{name: "required", about: "true: every upgrade waits for sluice approve.",
			leaf: flagLeaf(func(s *settings) *bool { return &s.policy.Approval.Required })},
		{name: "expires", about: "How long is waited for an answer; none is a no.",
			leaf: durationLeaf(time.Minute, maxApproval, func(s *settings) *time.Duration { return &s.policy.Approval.Expires })},
	}},
	{name: "syncWindows", about: "When upgrades may start. They hold upgrades, never a repair.",
		leaf: windowsLeaf(func(s *settings) *[]flink.SyncWindow { return &s.policy.SyncWindows })},
	{name: "snapshots", about: "How savepoints are rotated.", fields: []policyField{
		{name: "every", about: "0s: never.",
			leaf: offOrAtLeast(5*time.Minute, 30*day, func(s *settings) *time.Duration { return &s.policy.Snapshots.Every })},
		{name: "keep", about: "The newest ones are kept, whatever their age.",
			leaf: countLeaf(1, func(s *settings) *int64 { return &s.policy.Snapshots.Keep })},
		{name: "maxAge", about: "Older ones are removed, unless something refers to them.",
			leaf: durationLeaf(time.Minute, 3650*day, func(s *settings) *time.Duration { return &s.policy.Snapshots.MaxAge })},
		{name: "verify", about: "Metadata reads a snapshot's metadata; Restore restores it in a cluster that is thrown away.", leaf: choiceLeaf(
			func(s *settings) *flink.VerifyKind { return &s.policy.Snapshots.Verify }, nil, flink.VerifyMetadata, flink.VerifyRestore)},
	}},
	{name: "remediation", about: "What is tried when an alarm goes off: docs/remediation.md.", fields: []policyField{
		{name: "alarms", about: "Patterns of alarm names, * for anything.",
			leaf: textsLeaf(maxAlarms, func(s *settings) *[]string { return &s.policy.Remediation.Alarms })},
		{name: "steps", about: "What is tried, in this order.",
			leaf: stepsLeaf(func(s *settings) *[]flink.RemediationStep { return &s.policy.Remediation.Steps })},
		{name: "rollbackWindow", about: "How long after a release the step Rollback may undo it.",
			leaf: durationLeaf(time.Minute, 30*day, func(s *settings) *time.Duration { return &s.policy.Remediation.RollbackWindow })},
		{name: "scale", about: "Bounds of the step Scale.", fields: []policyField{
			{name: "maxParallelism", about: "Scale goes no further. 0: it goes nowhere.",
				leaf: countLeaf(0, func(s *settings) *int64 { return &s.policy.Remediation.Scale.MaxParallelism })},
		}},
		{name: "cooldown", about: "Between two steps.",
			leaf: durationLeaf(0, day, func(s *settings) *time.Duration { return &s.policy.Remediation.Cooldown })},
		{name: "maxPerDay", about: "Steps within 24 hours.",
			leaf: countLeaf(1, func(s *settings) *int64 { return &s.policy.Remediation.MaxPerDay })},
	}},
}
