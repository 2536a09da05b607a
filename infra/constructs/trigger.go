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
// may put events on the default bus can neither say that a release succeeded
// nor ask for a change. Who may put events on this one may ask for changes of
// every application.
func NewBus(scope constructs.Construct) awsevents.EventBus {
	return awsevents.NewEventBus(scope, jsii.String("Bus"), &awsevents.EventBusProps{
		EventBusName: awscdk.Aws_STACK_NAME(),
		Description:  jsii.String("What Sluice says, how releases ended, and is asked for: changes"),
	})
}

// Rule is events that start a machine.
type Rule struct {
	ID, Description string
	Pattern         events.Pattern
	Bus             awsevents.IEventBus // nil: the default bus
	Machine         awsstepfunctions.IStateMachine
}

// NewTrigger starts a rule's machine for every event that matches the rule. What
// cannot be delivered for a day, the most EventBridge offers, waits in the queue
// it returns for two weeks, under the name of rule and machine
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html),
// and an alarm says so. The alarm has no action of its own: its change of state
// is an event of the default bus.
func NewTrigger(scope constructs.Construct, rules ...Rule) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String("Undelivered"), &awssqs.QueueProps{
		// SQS's own key: EventBridge could use ours only under a key policy that
		// names the service, for messages that hold no more than names of objects.
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
	for _, rule := range rules {
		rule.starts(scope, queue)
	}
	queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Period:    awscdk.Duration_Minutes(jsii.Number(1)),
		Statistic: jsii.String("Maximum"),
	}).CreateAlarm(scope, jsii.String("UndeliveredAlarm"), &awscloudwatch.CreateAlarmOptions{
		AlarmDescription:   jsii.String("Events that started no execution wait in Sluice's dead-letter queue: find out why, then send them again."),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
	justifyDeadLetterQueue(queue)
	return queue
}

func (r Rule) starts(scope constructs.Construct, undelivered awssqs.IQueue) {
	pattern := &awsevents.EventPattern{Source: jsii.Strings(r.Pattern.Source...), DetailType: jsii.Strings(r.Pattern.DetailType...)}
	if len(r.Pattern.Detail) > 0 {
		pattern.Detail = &r.Pattern.Detail
	}
	awsevents.NewRule(scope, jsii.String(r.ID), &awsevents.RuleProps{
		Description:  jsii.String(r.Description),
		EventBus:     r.Bus,
		EventPattern: pattern,
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewSfnStateMachine(r.Machine, &awseventstargets.SfnStateMachineProps{
				DeadLetterQueue: undelivered,
				MaxEventAge:     awscdk.Duration_Hours(jsii.Number(24)),
				RetryAttempts:   jsii.Number(185),
			}),
		},
	})
}
