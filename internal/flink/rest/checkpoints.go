package rest

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Checkpoints is what Flink says of a job's checkpoints. It counts since the
// JobManager that answers took the job over, not since the job first ran.
type Checkpoints struct {
	Enabled bool // false: the job takes none, and everything else is empty
	Counts  Counts

	LatestCompleted *Checkpoint // nil while there is none
	LatestSavepoint *Checkpoint
	LatestFailed    *Checkpoint
	LatestRestored  *Restore
}

// Counts numbers checkpoints, savepoints among them.
type Counts struct {
	Restored   int64 `json:"restored"` // how often state was restored: once at the start, then at every restart
	Total      int64 `json:"total"`
	InProgress int64 `json:"in_progress"`
	Completed  int64 `json:"completed"`
	Failed     int64 `json:"failed"` // a healthy job may show a few of its first seconds
}

// Checkpoint is one checkpoint or savepoint.
type Checkpoint struct {
	ID           int64
	ExternalPath string // where it lies; "" when it failed
	IsSavepoint  bool
	Discarded    bool // Flink has removed it since
	Size         int64
	Triggered    time.Time
	LatestAck    time.Time // when the last subtask so far acknowledged it
	Failed       time.Time // zero unless it failed
	Failure      string    // one line; "" unless it failed
}

// Restore is a state that the job started from.
type Restore struct {
	ID           int64
	ExternalPath string // equals the path asked for, up to file:/ and file:///
	IsSavepoint  bool
	At           time.Time
}

// notEnabled is the reason Flink gives, with 404, for a job that takes no
// checkpoints: CheckpointingStatisticsHandler.
const notEnabled = "Checkpointing has not been enabled"

// Checkpoints reads a job's checkpoints.
func (c *Client) Checkpoints(ctx context.Context, id string) (Checkpoints, error) {
	op := "read the checkpoints of job " + clip(id, 80)
	if err := checkIDs(op, id); err != nil {
		return Checkpoints{}, err
	}
	var answer checkpointsAnswer
	err := c.get(ctx, op, "/jobs/"+id+"/checkpoints", &answer)
	if isNotEnabled(err) {
		return Checkpoints{}, nil
	}
	if err != nil {
		return Checkpoints{}, err
	}
	if answer.Counts == nil {
		return Checkpoints{}, malformed(op, "the answer has no counts")
	}
	return answer.checkpoints(), nil
}

func isNotEnabled(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == NotFound && strings.HasPrefix(e.Message, notEnabled)
}

type checkpointsAnswer struct {
	Counts *Counts `json:"counts"`
	Latest struct {
		Completed *checkpointAnswer `json:"completed"`
		Savepoint *checkpointAnswer `json:"savepoint"`
		Failed    *checkpointAnswer `json:"failed"`
		Restored  *restoreAnswer    `json:"restored"`
	} `json:"latest"`
}

type checkpointAnswer struct {
	ID           int64  `json:"id"`
	ExternalPath string `json:"external_path"`
	IsSavepoint  bool   `json:"is_savepoint"`
	Discarded    bool   `json:"discarded"`
	Size         int64  `json:"state_size"`
	Triggered    moment `json:"trigger_timestamp"`
	LatestAck    moment `json:"latest_ack_timestamp"`
	Failed       moment `json:"failure_timestamp"`
	Failure      string `json:"failure_message"`
}

type restoreAnswer struct {
	ID           int64  `json:"id"`
	ExternalPath string `json:"external_path"`
	IsSavepoint  bool   `json:"is_savepoint"`
	At           moment `json:"restore_timestamp"`
}

func (a checkpointsAnswer) checkpoints() Checkpoints {
	c := Checkpoints{
		Enabled: true, Counts: *a.Counts,
		LatestCompleted: a.Latest.Completed.checkpoint(),
		LatestSavepoint: a.Latest.Savepoint.checkpoint(),
		LatestFailed:    a.Latest.Failed.checkpoint(),
	}
	if r := a.Latest.Restored; r != nil {
		c.LatestRestored = &Restore{ID: r.ID, ExternalPath: r.ExternalPath, IsSavepoint: r.IsSavepoint, At: r.At.Time}
	}
	return c
}

func (a *checkpointAnswer) checkpoint() *Checkpoint {
	if a == nil {
		return nil
	}
	return &Checkpoint{
		ID: a.ID, ExternalPath: a.ExternalPath, IsSavepoint: a.IsSavepoint, Discarded: a.Discarded, Size: a.Size,
		Triggered: a.Triggered.Time, LatestAck: a.LatestAck.Time, Failed: a.Failed.Time, Failure: line(a.Failure),
	}
}
