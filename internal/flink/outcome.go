package flink

// Outcome is how a release ended.
type Outcome string

// The outcomes.
const (
	Succeeded   Outcome = "Succeeded"   // the new version runs with its state, or there was nothing to do
	FailedClean Outcome = "FailedClean" // the previous version runs, or nothing was touched
	FailedDirty Outcome = "FailedDirty" // somebody has to look
	Ignored     Outcome = "Ignored"     // the event started no release, and that is right
)

// Reason is why, in one word: a closed set, for metrics and for subscribers.
type Reason string

// The reasons.
const (
	Released       Reason = "Released"       // Succeeded: promoted
	AlreadyRunning Reason = "AlreadyRunning" // Succeeded: the same bytes run

	KeyOutsideLayout   Reason = "KeyOutsideLayout"   // FailedClean: the key names no application
	ManifestInvalid    Reason = "ManifestInvalid"    // FailedClean: missing, malformed, or reaches too far
	JarInvalid         Reason = "JarInvalid"         // FailedClean: no jar that Flink could load
	CircuitOpen        Reason = "CircuitOpen"        // FailedClean: an earlier release ended dirty, nobody resumed yet
	ResourceGone       Reason = "ResourceGone"       // FailedClean: the resource was deleted outside Sluice
	NotOurs            Reason = "NotOurs"            // FailedClean: the resource is somebody else's
	JobNotRunning      Reason = "JobNotRunning"      // FailedClean: no savepoint can be taken
	SavepointFailed    Reason = "SavepointFailed"    // FailedClean: the insurance savepoint failed, the job went on
	RolledBack         Reason = "RolledBack"         // FailedClean: the new version failed, the previous one runs, verified
	FirstVersionFailed Reason = "FirstVersionFailed" // FailedClean: it failed and was removed; there was none before
	Broken             Reason = "Broken"             // FailedClean: a step failed before anything was touched

	HeldForSomebody Reason = "HeldForSomebody" // FailedDirty: rollback is manual, or has nothing left to try
	Superseded      Reason = "Superseded"      // FailedDirty: it lost the lease to another release
	StepFailed      Reason = "StepFailed"      // FailedDirty: a step failed after the job was touched

	// Reasons of events that start no release.
	Duplicate   Reason = "Duplicate"   // the same object version was admitted before
	Stale       Reason = "Stale"       // a newer artifact was admitted already, or the object is gone
	NotPinned   Reason = "NotPinned"   // the manifest pins another jar
	NotForUs    Reason = "NotForUs"    // an event nobody here reads
	NoJarYet    Reason = "NoJarYet"    // a manifest without any jar beside it
	AfterOthers Reason = "AfterOthers" // another release is in flight: it waits for its end
	Overtaken   Reason = "Overtaken"   // a newer change took its place while it waited
)
