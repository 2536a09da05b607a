package cloudwatch

import (
	"errors"

	"github.com/aws/smithy-go"

	"github.com/sluice-flink/sluice/internal/flink"
)

// described gives an error of reading its code.
func described(err error, action string) error {
	return coded("read CloudWatch alarms", action, err)
}

// coded gives an error its code. Only what a person has to change is Refused;
// whatever else is wrong may be better at the next look.
func coded(op, action string, err error) error {
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		return flink.Errorf(flink.Unavailable, op, "CloudWatch did not answer: %w", err)
	}
	switch answered.ErrorCode() {
	case "ResourceNotFound", "ResourceNotFoundException":
		return flink.Errorf(flink.NotFound, op, "%s", line(answered.ErrorMessage()))
	case "AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId":
		return flink.Errorf(flink.Refused, op, "the function's role has to allow %s: %s", action, line(answered.ErrorMessage()))
	}
	return flink.Errorf(flink.Unavailable, op, "%s: %s", answered.ErrorCode(), line(answered.ErrorMessage()))
}
