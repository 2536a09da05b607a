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
	NothingToDo    Reason = "NothingToDo"    // Succeeded: what was asked for is so already
	Stopped        Reason = "Stopped"        // Succeeded: the job is suspended, with its savepoint
	Removed        Reason = "Removed"        // Succeeded: the application is deleted, its final savepoint stays
	Adopted        Reason = "Adopted"        // Succeeded: what runs was taken over without a restart
	CancelAsked    Reason = "CancelAsked"    // Succeeded: the release in flight was told, or the one that waited is gone
	Planned        Reason = "Planned"        // Succeeded: a dry run; nothing was changed

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
	RequestInvalid     Reason = "RequestInvalid"     // FailedClean: a change was asked for in a way that cannot be carried out
	NothingDeployed    Reason = "NothingDeployed"    // FailedClean: there is nothing that the change could be about
	WasDeleted         Reason = "WasDeleted"         // FailedClean: the application was deleted on purpose
	JobSuspended       Reason = "JobSuspended"       // FailedClean: the job was suspended on purpose
	Busy               Reason = "Busy"               // FailedClean: an upgrade waits already, which the change cannot join
	Cancelled          Reason = "Cancelled"          // FailedClean: somebody called it off
	Denied             Reason = "Denied"             // FailedClean: somebody was asked and said no
	ApprovalExpired    Reason = "ApprovalExpired"    // FailedClean: nobody answered in time
	ApprovalOutdated   Reason = "ApprovalOutdated"   // FailedClean: what would be released is not what was approved

	HeldForSomebody Reason = "HeldForSomebody" // FailedDirty: rollback is manual, or has nothing left to try
	Superseded      Reason = "Superseded"      // FailedDirty: it lost the lease to another release
	StepFailed      Reason = "StepFailed"      // FailedDirty: a step failed after the job was touched

	Died Reason = "Died" // FailedClean, FailedDirty: its execution ended before it did, and recovery wrote its record

	// Reasons of events that start no release.
	Duplicate   Reason = "Duplicate"   // the same object version was admitted before
	Stale       Reason = "Stale"       // a newer artifact was admitted already, or the object is gone
	NotPinned   Reason = "NotPinned"   // the manifest pins another jar
	NotForUs    Reason = "NotForUs"    // an event nobody here reads
	NoJarYet    Reason = "NoJarYet"    // a manifest without any jar beside it
	AfterOthers Reason = "AfterOthers" // another release is in flight: it waits for its end
	GoesAlong   Reason = "GoesAlong"   // what waits already will do what is asked for
	AwaitsYes   Reason = "AwaitsYes"   // somebody has to approve it
	AwaitsTime  Reason = "AwaitsTime"  // a window has to open
	Overtaken   Reason = "Overtaken"   // a newer change took its place while it waited
)
