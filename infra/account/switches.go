package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Gone is the state of what is not there.
const Gone = "gone"

// Types of resources that are asked about by themselves.
const (
	RuleType     = "AWS::Events::Rule"
	ScheduleType = "AWS::Scheduler::Schedule"
	MachineType  = "AWS::StepFunctions::StateMachine"
	QueueType    = "AWS::SQS::Queue"
	BucketType   = "AWS::S3::Bucket"
	ClusterType  = "AWS::EKS::Cluster"
	// KubernetesType is of objects that the CDK applies.
	KubernetesType = "Custom::AWSCDK-EKS-KubernetesResource"
)

// ruleAndBus takes apart what CloudFormation calls a rule: its name, or bus|name
// for one of another bus than the default
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html).
func ruleAndBus(id string) (rule string, bus *string) {
	if on, name, is := strings.Cut(id, "|"); is {
		return name, &on
	}
	return id, nil
}

// Rule is the state of a rule by what CloudFormation calls it: ENABLED, DISABLED, Gone.
func (a Account) Rule(ctx context.Context, id string) (string, error) {
	name, bus := ruleAndBus(id)
	out, err := a.rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &name, EventBusName: bus})
	if isCode(err, "ResourceNotFoundException") {
		return Gone, nil
	}
	if err != nil {
		return "", fmt.Errorf("look at the rule %s: %w", id, err)
	}
	return string(out.State), nil
}

// Schedule is the state of a schedule by its name.
func (a Account) Schedule(ctx context.Context, name string) (string, error) {
	out, err := a.schedules.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: &name})
	if isCode(err, "ResourceNotFoundException") {
		return Gone, nil
	}
	if err != nil {
		return "", fmt.Errorf("look at the schedule %s: %w", name, err)
	}
	return string(out.State), nil
}

// Machine is the state of a state machine by its ARN.
func (a Account) Machine(ctx context.Context, arn string) (string, error) {
	out, err := a.machines.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if isCode(err, "StateMachineDoesNotExist") {
		return Gone, nil
	}
	if err != nil {
		return "", fmt.Errorf("look at the state machine %s: %w", arn, err)
	}
	return string(out.Status), nil
}

// Waiting is how many messages are in a queue, by its URL. SQS counts
// approximately; a queue that nobody reads is exact after a minute.
func (a Account) Waiting(ctx context.Context, url string) (int, error) {
	const count = sqstypes.QueueAttributeNameApproximateNumberOfMessages
	out, err := a.queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{count}})
	if err != nil {
		return 0, fmt.Errorf("look at the queue %s: %w", url, err)
	}
	n, err := strconv.Atoi(out.Attributes[string(count)])
	if err != nil {
		return 0, fmt.Errorf("look at the queue %s: it has %q messages", url, out.Attributes[string(count)])
	}
	return n, nil
}

// Bucket tells whether a bucket keeps versions, and whether all public access to it is blocked.
func (a Account) Bucket(ctx context.Context, name string) (versioned, closed bool, err error) {
	versions, err := a.Objects.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &name})
	if err != nil {
		return false, false, fmt.Errorf("look at the bucket %s: %w", name, err)
	}
	access, err := a.Objects.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &name})
	if isCode(err, "NoSuchPublicAccessBlockConfiguration") {
		return versions.Status == s3types.BucketVersioningStatusEnabled, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("look at the bucket %s: %w", name, err)
	}
	b := access.PublicAccessBlockConfiguration
	closed = b != nil && aws.ToBool(b.BlockPublicAcls) && aws.ToBool(b.BlockPublicPolicy) && aws.ToBool(b.IgnorePublicAcls) && aws.ToBool(b.RestrictPublicBuckets)
	return versions.Status == s3types.BucketVersioningStatusEnabled, closed, nil
}
