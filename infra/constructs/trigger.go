package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/events"
)

// NewBus makes the bus of Sluice's own events. AWS's events can only be had on
// the default bus; ours go to one where nobody else writes, so that whoever
// may put events on the default bus cannot say that a release succeeded.
func NewBus(scope constructs.Construct) awsevents.EventBus {
	return awsevents.NewEventBus(scope, jsii.String("Bus"), &awsevents.EventBusProps{
		EventBusName: awscdk.Aws_STACK_NAME(),
		Description:  jsii.String("What Sluice says: how releases ended"),
	})
}

// NewTrigger starts the machine for every event of the default bus that
// matches. What cannot be delivered for a day, the most EventBridge offers,
// waits in the queue it returns for two weeks, and an alarm says so. The alarm
// has no action of its own: its change of state is an event of the default bus.
func NewTrigger(scope constructs.Construct, pattern events.Pattern, machine awsstepfunctions.IStateMachine) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String("Undelivered"), &awssqs.QueueProps{
		// SQS's own key: EventBridge could use ours only under a key policy that
		// names the service, for messages that hold no more than names of objects.
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
	awsevents.NewRule(scope, jsii.String("Rule"), &awsevents.RuleProps{
		Description: jsii.String("Sluice: a new jar or manifest starts a release"),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings(pattern.Source...),
			DetailType: jsii.Strings(pattern.DetailType...),
			Detail:     &pattern.Detail,
		},
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewSfnStateMachine(machine, &awseventstargets.SfnStateMachineProps{
				DeadLetterQueue: queue,
				MaxEventAge:     awscdk.Duration_Hours(jsii.Number(24)),
				RetryAttempts:   jsii.Number(185),
			}),
		},
	})
	queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Period:    awscdk.Duration_Minutes(jsii.Number(1)),
		Statistic: jsii.String("Maximum"),
	}).CreateAlarm(scope, jsii.String("UndeliveredAlarm"), &awscloudwatch.CreateAlarmOptions{
		AlarmDescription:   jsii.String("Events that started no release wait in Sluice's dead-letter queue: find out why, then send them again."),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
	justifyDeadLetterQueue(queue)
	return queue
}
