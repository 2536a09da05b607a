package constructs

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/events"
)

// Schedule starts a machine at a rate.
type Schedule struct {
	ID, Description string
	Rate            string // rate(15 minutes)
	Machine         awsstepfunctions.IStateMachine
}

// tickAge is how long a tick is tried for, in seconds: then the next one does.
const tickAge = 900

// NewSchedule makes a schedule of EventBridge Scheduler. What cannot be delivered
// waits in the dead-letter queue. The role may start that machine and nothing
// else, for schedules of this account alone
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
func NewSchedule(scope constructs.Construct, s Schedule, undelivered awssqs.IQueue) {
	role := awsiam.NewRole(scope, jsii.String(s.ID+"Role"), &awsiam.RoleProps{
		Description: jsii.String("Sluice: the schedule " + s.ID),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
		}),
	})
	role.AddToPolicy(Allow("StartTick", []string{"states:StartExecution"}, s.Machine.StateMachineArn()))
	role.AddToPolicy(Allow("KeepUndelivered", []string{"sqs:SendMessage"}, undelivered.QueueArn()))
	awsscheduler.NewCfnSchedule(scope, jsii.String(s.ID), &awsscheduler.CfnScheduleProps{
		Description:        jsii.String(s.Description),
		ScheduleExpression: jsii.String(s.Rate),
		FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn: s.Machine.StateMachineArn(), RoleArn: role.RoleArn(), Input: jsii.String(tick()),
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
			RetryPolicy:      &awsscheduler.CfnSchedule_RetryPolicyProperty{MaximumEventAgeInSeconds: jsii.Number(tickAge), MaximumRetryAttempts: jsii.Number(20)},
		},
	})
}

// tick is the input of whatever a schedule starts.
func tick() string {
	b, _ := json.Marshal(map[string]string{"schedule": events.TickSchedule, "time": events.TickTime}) // strings: cannot fail
	return unescaped(b)
}
