package flink

import (
	"context"
	"time"
)

// Target is where applications run: the port that every runtime implements.
// All methods may be repeated with the same arguments without further effect,
// and fail with *Error. Adapters pass targettest.Run.
type Target interface {
	// Observe reads everything about the application at one moment. A part that
	// cannot be read is marked so in the observation; only when nothing can be
	// read is it an error (Unavailable).
	Observe(ctx context.Context, app Application) (Observation, error)

	// Apply brings the application to the desired state and returns when that
	// is written, not when it is reached: Observe shows how far it is.
	Apply(ctx context.Context, d Desired) error

	// StartSnapshot asks the running job for a savepoint. The same request again is harmless.
	StartSnapshot(ctx context.Context, r SnapshotRequest) error

	// Snapshot looks at a savepoint that was asked for.
	Snapshot(ctx context.Context, r SnapshotRequest) (SnapshotState, error)

	// RemoveSnapshot deletes a savepoint's files. One that is gone already is no error.
	RemoveSnapshot(ctx context.Context, app Application, path string) error

	// Remove deletes the application and waits until it is gone. Its savepoints stay.
	Remove(ctx context.Context, app Application, fence int64) error
}

// RunState is whether the job is meant to run.
type RunState string

// The run states.
const (
	Running   RunState = "running"
	Suspended RunState = "suspended"
)

// RestoreKind says where a job's first state comes from.
type RestoreKind string

// The kinds of restore.
const (
	RestoreNothing  RestoreKind = "Nothing"  // first deployment or stateless: the job starts empty
	RestoreSnapshot RestoreKind = "Snapshot" // exactly the state at Path, whatever the runtime thinks it has
	RestoreHeld     RestoreKind = "Held"     // what the runtime itself holds: the suspended job's savepoint
	RestoreLatest   RestoreKind = "Latest"   // the job's newest durable checkpoint, by the runtime's own high-availability record; with Suspended: end the job without a savepoint and keep that record
)

// Restore is the state a job starts from. The path of Held and Latest is what
// is expected there, when known.
type Restore struct {
	Kind RestoreKind `json:"kind"`
	Path string      `json:"path,omitempty"`
	// AtLeast is the id of a checkpoint that Latest must not be older than; 0 asks for none.
	AtLeast int64 `json:"atLeast,omitempty"`
}

// Desired is what Apply brings about.
type Desired struct {
	Application Application
	Revision    Revision
	Run         RunState
	Restore     Restore
	Delivery    Delivery // how the jar reaches Flink, as planned from Traits
	Fence       int64    // only grows, from step to step and from release to release; a write with a lower one is refused
	Release     string   // id of the release, written on the object
	Step        string   // names this apply within the release; the same release and step again is a no-op
	DryRun      bool     // only ask whether it would be accepted: nothing is written, the fence neither
	Adopt       bool     // take over a resource that somebody else made: annotations and labels are written, the spec is not
	InPlace     bool     // only the parallelism differs and the job goes on: no restart where the runtime can rescale
}

// Delivery is how a jar in S3 reaches Flink.
type Delivery string

// The deliveries.
const (
	JarURI         Delivery = "job.jarURI"        // EMR's operator fetches s3:// itself
	PipelineJars   Delivery = "pipeline.jars"     // the JobManager fetches it: jarURI is a placeholder, the entry point's arguments name the jar
	StandaloneJars Delivery = "standalone --jars" // the same in standalone mode, through the job's arguments
)

// Traits are what the runtime can do, found out by looking at it.
type Traits struct {
	Delivery      Delivery `json:"delivery"`      // how a jar reaches Flink here
	RedeployNonce bool     `json:"redeployNonce"` // the CRD has savepointRedeployNonce; without it a chosen state needs delete and create
	ScaleInPlace  bool     `json:"scaleInPlace"`  // the running job can be given another parallelism without a restart
}

// SnapshotRequest names a savepoint that is asked for.
type SnapshotRequest struct {
	Application Application
	JobID       string // Flink's id of the job that is to be saved
	ID          string // any string; the adapter derives Flink's trigger id from it
	Directory   string // URI the savepoint is written below
	Fence       int64
}

// SnapshotPhase is how far a savepoint is.
type SnapshotPhase string

// The phases of a snapshot.
const (
	SnapshotPending   SnapshotPhase = "Pending"
	SnapshotCompleted SnapshotPhase = "Completed"
	SnapshotFailed    SnapshotPhase = "Failed"
	SnapshotUnknown   SnapshotPhase = "Unknown" // the runtime forgot it (JobManager restarted): ask again
)

// SnapshotState is what is known of a savepoint that was asked for.
type SnapshotState struct {
	Phase SnapshotPhase
	Path  string // when completed
	Cause string // when failed: Flink's own words, first line
}

// Snapshot is a savepoint or retained checkpoint that the ledger knows.
type Snapshot struct {
	Path     string    `json:"path"`
	Revision string    `json:"revision"` // revision that wrote it
	Taken    time.Time `json:"taken"`
	Kind     string    `json:"kind"` // Insurance (job went on), Stop (job ended with it: exact), Checkpoint (the newest when it was brought to a standstill), Rotation, or Adopted

	ID        string        `json:"id,omitempty"` // short and stable, for people and keys: follows from the path
	JobID     string        `json:"jobId,omitempty"`
	Size      int64         `json:"size,omitempty"` // bytes of all its files; 0 while it was not looked at
	Files     int           `json:"files,omitempty"`
	Checksums string        `json:"checksums,omitempty"` // key of the list of its files in the ledger bucket
	Verified  *Verification `json:"verified,omitempty"`  // the newest proof
	Retiring  time.Time     `json:"retiring,omitzero"`   // since when its files are being removed: nothing may refer to it any more
}

// MaxSnapshots is how many snapshots of an application may be known before no
// more are taken by timer: each takes some 400 bytes of a document that is read
// and written at every step.
const MaxSnapshots = 1000

// Verification is what came of proving a snapshot.
type Verification struct {
	Kind    VerifyKind `json:"kind"`
	At      time.Time  `json:"at"`
	Sound   bool       `json:"sound"`
	Message string     `json:"message,omitempty"` // what is wrong, or what was seen
}

// The kinds of snapshot.
const (
	InsuranceSnapshot  = "Insurance"
	StopSnapshot       = "Stop"
	CheckpointSnapshot = "Checkpoint"
	RotationSnapshot   = "Rotation" // taken on schedule, the job went on
	AdoptedSnapshot    = "Adopted"  // found below the savepoint directory, and somebody said that it is to be kept
)
