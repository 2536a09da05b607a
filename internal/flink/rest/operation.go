package rest

import "context"

// Status says how far an operation is.
type Status string

// The statuses of an operation. Flink itself says COMPLETED of failed ones too.
const (
	InProgress Status = "InProgress"
	Completed  Status = "Completed"
	Failed     Status = "Failed"
)

// Snapshot is what became of a savepoint that was asked for.
type Snapshot struct {
	Status   Status
	Location string // where it lies, when Completed
	Cause    string // one line, when Failed
}

// triggered is the answer to whatever starts an operation.
type triggered struct {
	RequestID string `json:"request-id"`
}

func (c *Client) trigger(ctx context.Context, op, path string, in any) (string, error) {
	var answer triggered
	if err := c.post(ctx, op, path, in, &answer); err != nil {
		return "", err
	}
	if !isID(answer.RequestID) {
		return "", malformed(op, "the answer has no request-id")
	}
	return answer.RequestID, nil
}

// operationAnswer is Flink's AsynchronousOperationResult.
type operationAnswer struct {
	Status struct {
		ID string `json:"id"`
	} `json:"status"`
	Operation *struct {
		Location string `json:"location"`
		Failure  *struct {
			Class string `json:"class"`
			Trace string `json:"stack-trace"`
		} `json:"failure-cause"`
	} `json:"operation"`
}

// snapshot reads an answer; false when it is none of the three that Flink gives.
func (a operationAnswer) snapshot() (Snapshot, bool) {
	switch {
	case a.Status.ID == "IN_PROGRESS":
		return Snapshot{Status: InProgress}, true
	case a.Status.ID != "COMPLETED" || a.Operation == nil:
		return Snapshot{}, false
	case a.Operation.Failure == nil:
		return Snapshot{Status: Completed, Location: a.Operation.Location}, true
	}
	failure := a.Operation.Failure
	heads := headsOf(failure.Trace)
	if len(heads) == 0 {
		heads = []head{{class: failure.Class}}
	}
	return Snapshot{Status: Failed, Cause: useful(heads)}, true
}

func (c *Client) poll(ctx context.Context, op, path string) (Snapshot, error) {
	var answer operationAnswer
	if err := c.get(ctx, op, path, &answer); err != nil {
		return Snapshot{}, err
	}
	s, ok := answer.snapshot()
	if !ok {
		return Snapshot{}, malformed(op, "the operation is neither in progress nor completed: status %q", clip(answer.Status.ID, 80))
	}
	return s, nil
}
