package rest

import (
	"context"
	"strings"
)

// alreadyGone is how Flink fails to remove what is not there. A directory that
// is there without its metadata fails with another message, and stays failed.
const alreadyGone = "Cannot find checkpoint or savepoint file/directory"

// DisposeSavepoint starts to remove a savepoint's files and returns the id to
// ask DisposalStatus with. Any JobManager that reaches the files can do it.
// Flink takes no id of ours here, so a repeat is a second removal, which finds
// nothing and which DisposalStatus therefore calls Completed as well.
func (c *Client) DisposeSavepoint(ctx context.Context, path string) (string, error) {
	op := "remove the savepoint " + clip(path, 200)
	if path == "" {
		return "", rejected(op, "no path was given")
	}
	return c.trigger(ctx, op, "/savepoint-disposal", struct {
		Path string `json:"savepoint-path"`
	}{path})
}

// DisposalStatus says what became of a removal; there is no Location. A
// savepoint that was not there is Completed, with the Cause that says so.
func (c *Client) DisposalStatus(ctx context.Context, triggerID string) (Snapshot, error) {
	op := "read the removal " + clip(triggerID, 80)
	if err := checkIDs(op, triggerID); err != nil {
		return Snapshot{}, err
	}
	s, err := c.poll(ctx, op, "/savepoint-disposal/"+triggerID)
	if s.Status == Failed && strings.HasPrefix(s.Cause, alreadyGone) {
		s.Status = Completed
	}
	return s, err
}
