package rest

import "context"

// TriggerSavepoint starts a savepoint of a running job below targetDir and
// returns the id to ask SavepointStatus with. An empty targetDir leaves the
// place to the cluster's configuration. While one JobManager lives, the same
// triggerID (see TriggerID) names the same savepoint however often it is sent;
// a JobManager that restarted has forgotten it and takes another.
//
// An accepted trigger says nothing of the outcome: a bad directory and a job
// that has ended are accepted too, and fail in SavepointStatus.
func (c *Client) TriggerSavepoint(ctx context.Context, job, targetDir, triggerID string) (string, error) {
	op := "trigger a savepoint of job " + clip(job, 80)
	if err := checkIDs(op, job, triggerID); err != nil {
		return "", err
	}
	return c.trigger(ctx, op, "/jobs/"+job+"/savepoints", struct {
		TargetDirectory string `json:"target-directory,omitempty"`
		CancelJob       bool   `json:"cancel-job"`
		TriggerID       string `json:"triggerId"`
	}{targetDir, false, triggerID})
}

// StopWithSavepoint ends a job with a savepoint below targetDir; drain also
// fires all timers and windows, so that the job must not be continued from it.
// The outcome is asked of SavepointStatus. If it fails there, the job may have
// gone on. triggerID must not be one that a savepoint of this job had.
func (c *Client) StopWithSavepoint(ctx context.Context, job, targetDir, triggerID string, drain bool) (string, error) {
	op := "stop job " + clip(job, 80) + " with a savepoint"
	if err := checkIDs(op, job, triggerID); err != nil {
		return "", err
	}
	return c.trigger(ctx, op, "/jobs/"+job+"/stop", struct {
		TargetDirectory string `json:"targetDirectory,omitempty"`
		Drain           bool   `json:"drain"`
		TriggerID       string `json:"triggerId"`
	}{targetDir, drain, triggerID})
}

// SavepointStatus says what became of a savepoint or a stop with one. NotFound
// means that this JobManager does not know the operation, most often because
// it has restarted since: the savepoint may or may not exist.
func (c *Client) SavepointStatus(ctx context.Context, job, triggerID string) (Snapshot, error) {
	op := "read the savepoint " + clip(triggerID, 80) + " of job " + clip(job, 80)
	if err := checkIDs(op, job, triggerID); err != nil {
		return Snapshot{}, err
	}
	s, err := c.poll(ctx, op, "/jobs/"+job+"/savepoints/"+triggerID)
	if err == nil && s.Status == Completed && s.Location == "" {
		return Snapshot{}, malformed(op, "the savepoint is completed and has no location")
	}
	return s, err
}
