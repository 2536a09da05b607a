// Package api answers, on this machine's loopback, the calls that Sluice's
// functions make to AWS services with the AWS SDK: of EventBridge PutEvents; of
// Step Functions StartExecution, DescribeExecution, ListExecutions,
// StopExecution, SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat; of SNS
// Publish; of SQS ReceiveMessage, DeleteMessage, SendMessage and
// GetQueueAttributes; of CloudWatch PutMetricData, PutMetricAlarm,
// DescribeAlarms, DescribeAlarmContributors, SetAlarmState, ListTagsForResource
// and TagResource. Every other operation is refused by name.
//
// It knows the protocols (the SDK speaks AWS JSON to Step Functions, EventBridge
// and SQS, AWS Query to SNS, RPC v2 with CBOR to CloudWatch) and translates to
// packages bus, sfn, topics, queues and metrics. It
// does not check signatures, only that a request is signed with the plane's own
// access key: whoever can reach the loopback and knows it is the user.
//
// Start with Serve, then protocol.go.
package api
