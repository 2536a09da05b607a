// Package api answers, on this machine's loopback, the calls that Sluice's
// functions make to Amazon EventBridge and AWS Step Functions with the AWS SDK:
// PutEvents; StartExecution, DescribeExecution, ListExecutions, StopExecution,
// SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.
// Every other operation is refused by name.
//
// It knows the AWS JSON protocol (the SDK speaks version 1.0 of it to Step
// Functions and 1.1 to EventBridge) and translates to packages bus and sfn. It
// does not check signatures, only that a request is signed with the plane's own
// access key: whoever can reach the loopback and knows it is the user.
//
// Start with Serve, then protocol.go.
package api
