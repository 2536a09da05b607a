package sfn

import (
	"errors"

	"github.com/sluice-flink/sluice/internal/asl"
)

// SendTaskSuccess ends the task that waits with the token. A refusal is an
// *Error: InvalidToken, InvalidOutput, TaskTimedOut for a task that has ended,
// and TaskDoesNotExist for one of an earlier process, whose executions are ABORTED.
func (s *Service) SendTaskSuccess(token string, output []byte) error {
	return refusal(s.tokens.SendTaskSuccess(token, output))
}

// SendTaskFailure fails it; refusals are those of SendTaskSuccess.
func (s *Service) SendTaskFailure(token, name, cause string) error {
	return refusal(s.tokens.SendTaskFailure(token, name, cause))
}

// SendTaskHeartbeat keeps it waiting; refusals are those of SendTaskSuccess.
func (s *Service) SendTaskHeartbeat(token string) error {
	return refusal(s.tokens.SendTaskHeartbeat(token))
}

func refusal(err error) error {
	var named *asl.Error
	if errors.As(err, &named) {
		return &Error{Code: named.Name, Message: named.Cause}
	}
	return err
}
