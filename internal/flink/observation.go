package flink

import "time"

// Observation is everything read about an application at one moment.
type Observation struct {
	At     time.Time `json:"at"`
	Exists bool      `json:"exists"`
	Traits Traits    `json:"traits"`

	Spec    SpecFacts   `json:"spec"`    // what is asked for
	Status  StatusFacts `json:"status"`  // what the operator says
	Record  RecordFacts `json:"record"`  // what the high-availability record holds
	Job     JobFacts    `json:"job"`     // what Flink itself says
	Signals Signals     `json:"signals"` // what alarms and queries say; read by the task that judges, not by a target
}

// RecordFacts is what the runtime's high-availability record says of a job's
// newest completed checkpoint: what RestoreLatest would restore.
type RecordFacts struct {
	Known    bool   `json:"known"`              // it could be read, and holds a checkpoint
	LatestID int64  `json:"latestId,omitempty"` // id of the newest
	Path     string `json:"path,omitempty"`     // external path, where it can be told
}

// SpecFacts is what the resource asks for now.
type SpecFacts struct {
	UID        string   `json:"uid,omitempty"`
	Generation int64    `json:"generation,omitempty"`
	Run        RunState `json:"run,omitempty"`
	JarURI     string   `json:"jarURI,omitempty"`   // the s3:// address in effect, however it is delivered
	Release    string   `json:"release,omitempty"`  // id of the release that wrote it last; empty when Sluice did not
	Step       string   `json:"step,omitempty"`     // step of that release
	Revision   string   `json:"revision,omitempty"` // revision that release wrote
	Deleting   bool     `json:"deleting,omitempty"`

	InitialSavepoint string `json:"initialSavepoint,omitempty"` // initialSavepointPath

	Owner    string         `json:"owner,omitempty"`    // another tool that keeps the resource as it wants it: Argo CD, Flux
	Manifest map[string]any `json:"manifest,omitempty"` // the resource without status and server fields, when Sluice did not make it
}

// StatusFacts is what the operator says. Names and values are the operator's.
type StatusFacts struct {
	ObservedGeneration int64    `json:"observedGeneration,omitempty"` // from status, or from lastReconciledSpec where the CRD has no such field
	Reconciliation     string   `json:"reconciliation,omitempty"`     // DEPLOYED UPGRADING ROLLING_BACK ROLLED_BACK
	Lifecycle          string   `json:"lifecycle,omitempty"`          // CREATED SUSPENDED UPGRADING DEPLOYED STABLE ROLLING_BACK ROLLED_BACK FAILED DELETING DELETED
	JobManager         string   `json:"jobManager,omitempty"`         // READY DEPLOYED_NOT_READY DEPLOYING MISSING ERROR
	JobState           string   `json:"jobState,omitempty"`           // Flink's, as the operator last saw it
	Error              string   `json:"error,omitempty"`              // one line; may be of an older generation and stay
	Savepoint          Snapshot `json:"savepoint"`                    // lastSavepoint; Path empty when there is none
	SavepointTrigger   string   `json:"savepointTrigger,omitempty"`   // MANUAL PERIODIC UPGRADE UNKNOWN
	PodTrouble         string   `json:"podTrouble,omitempty"`         // a pod's waiting reason worth telling: CrashLoopBackOff, ErrImagePull, Unschedulable; with its name
}

// JobFacts is what Flink's REST API says. Nothing of it is trusted when
// Reachable is false.
type JobFacts struct {
	Reachable     bool        `json:"reachable"`
	Unreachable   string      `json:"unreachable,omitempty"` // why not, one line
	ID            string      `json:"id,omitempty"`          // empty: Flink answers, and has no job
	Name          string      `json:"name,omitempty"`
	State         string      `json:"state,omitempty"` // CREATED RUNNING FAILING FAILED RESTARTING FINISHED ...
	Started       time.Time   `json:"started,omitzero"`
	Tasks         int         `json:"tasks,omitempty"`         // subtasks that there should be
	TasksRunning  int         `json:"tasksRunning,omitempty"`  // subtasks in RUNNING
	TasksFinished int         `json:"tasksFinished,omitempty"` // subtasks in FINISHED: they have done all there was
	Checkpoints   Checkpoints `json:"checkpoints"`
	Restarts      int64       `json:"restarts"`           // numRestarts; -1 while the metric is not there yet
	Failures      []Failure   `json:"failures,omitempty"` // newest first, bounded
	Lag           Lag         `json:"lag"`
	Vertices      []Vertex    `json:"vertices,omitempty"` // of the job that runs, in its own order
}

// Vertex is a chain of operators that runs as one task, in so many subtasks.
type Vertex struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Parallelism    int    `json:"parallelism"`
	MaxParallelism int    `json:"maxParallelism"` // no state can be spread over more subtasks
}

// Ended tells whether the job came to an end from which Flink does not restart
// it: then its high-availability record is gone, too.
func (j JobFacts) Ended() bool {
	switch j.State {
	case "FAILED", "CANCELED", "FINISHED":
		return true
	}
	return false
}

// Checkpoints is what Flink says of a job's checkpoints.
type Checkpoints struct {
	Completed    int64     `json:"completed"`
	Failed       int64     `json:"failed"`
	Restored     int64     `json:"restored"`         // how often state was restored, the first restore included
	Latest       string    `json:"latest,omitempty"` // external path of the newest completed one
	LatestID     int64     `json:"latestId,omitempty"`
	LatestAt     time.Time `json:"latestAt,omitzero"`
	RestoredFrom string    `json:"restoredFrom,omitempty"` // external path of the newest restore
	RestoredID   int64     `json:"restoredId,omitempty"`
}

// missedIn tells whether what is seen of a version shows a checkpoint that it had
// completed unseen: another JobManager has taken it over from one that is newer than
// any that was known. It is as durable as those.
func (c Checkpoints) missedIn(seen Checkpoints) bool {
	known := max(c.LatestID, c.RestoredID)
	return known > 0 && seen.RestoredID > max(known, seen.LatestID)
}

// With is what is known of a version's checkpoints, c, once more of it is seen.
// Counts begin anew with each JobManager; what was durable stays so.
func (c Checkpoints) With(seen Checkpoints) Checkpoints {
	switch {
	case c.missedIn(seen):
		c.Completed, c.Latest, c.LatestID, c.LatestAt = max(1, c.Completed, seen.Completed), seen.RestoredFrom, seen.RestoredID, time.Time{}
	case seen.LatestID > c.LatestID, seen.Completed > c.Completed:
		seen.Completed = max(c.Completed, seen.Completed)
		return seen
	}
	return c
}

// FailureCause sorts failures by whose fault they are.
type FailureCause string

// The causes of a failure.
const (
	UserCode FailureCause = "UserCode" // the job threw
	LostNode FailureCause = "LostNode" // a TaskManager or its node went away
	Rescale  FailureCause = "Rescale"  // the autoscaler changed resources
)

// Failure is one entry of Flink's exception history.
type Failure struct {
	At      time.Time    `json:"at"`
	Cause   FailureCause `json:"cause"`
	Message string       `json:"message"` // the innermost cause's line, bounded
}
