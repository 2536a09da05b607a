package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
)

// interrupting are the events that say a node is about to go
// (https://karpenter.sh/docs/concepts/disruption/#interruption). Their rules know
// no cluster: they match every instance of the account, and Karpenter ignores
// those that are not its own.
var interrupting = []struct{ id, source, detailType string }{
	{"ScheduledChange", "aws.health", "AWS Health Event"},
	{"SpotInterruption", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
	{"Rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
	{"InstanceStateChange", "aws.ec2", "EC2 Instance State-change Notification"},
	{"CapacityReservation", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"},
}

// lateMinutes is when a message about a node is worth nothing any more: Spot
// gives two minutes.
const lateMinutes = 5

// interruptions is the queue in which Karpenter hears of nodes that will go, so
// that their pods have time: a TaskManager takes a checkpoint before it is gone.
func interruptions(scope constructs.Construct) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String("Interruptions"), &awssqs.QueueProps{
		RetentionPeriod: awscdk.Duration_Minutes(jsii.Number(lateMinutes)),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
	})
	own.JustifyQueueWithoutDLQ(queue, "A message says that a node goes within minutes; five minutes later it is worth nothing, and there is nobody to tell.")
	for _, event := range interrupting {
		awsevents.NewRule(scope, jsii.String(event.id), &awsevents.RuleProps{
			Description:  jsii.String("Sluice: Karpenter hears of " + event.detailType),
			EventPattern: &awsevents.EventPattern{Source: jsii.Strings(event.source), DetailType: jsii.Strings(event.detailType)},
			Targets:      &[]awsevents.IRuleTarget{awseventstargets.NewSqsQueue(queue, nil)},
		})
	}
	return queue
}
