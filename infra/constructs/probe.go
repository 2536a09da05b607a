package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/internal/cloudwatch"
	"github.com/sluice-flink/sluice/internal/flink"
)

// MetricNamespace is where the probe's metrics go: each stack has one of its
// own, so that two stacks of an account, of two clusters, do not speak of each
// other's applications.
func MetricNamespace() *string {
	return awscdk.Fn_Join(jsii.String("/"), &[]*string{jsii.String("Sluice"), awscdk.Aws_STACK_NAME()})
}

// NewProbe calls the function every minute, once a shard, and makes the alarms
// on what it says. A run that fails is not repeated: the next one comes within a
// minute, and an alarm tells when none does.
func NewProbe(scope constructs.Construct, function awslambda.Function, shards int, namespace *string) {
	role := awsiam.NewRole(scope, jsii.String("ProbeScheduleRole"), &awsiam.RoleProps{
		Description: jsii.String("Sluice: the schedule of the function probe"),
		// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
		}),
	})
	role.AddToPolicy(Allow("InvokeProbe", []string{"lambda:InvokeFunction"}, function.FunctionArn()))
	awslambda.NewEventInvokeConfig(scope, jsii.String("ProbeInvokeConfig"), &awslambda.EventInvokeConfigProps{
		Function: function, RetryAttempts: jsii.Number(0), MaxEventAge: awscdk.Duration_Minutes(jsii.Number(1)),
	})
	shards = max(shards, 1)
	for shard := range shards {
		id := "ProbeSchedule"
		if shard > 0 {
			id = fmt.Sprintf("ProbeSchedule%d", shard)
		}
		schedule := awsscheduler.NewCfnSchedule(scope, jsii.String(id), &awsscheduler.CfnScheduleProps{
			Description:        jsii.String(fmt.Sprintf("Sluice: looks at the applications every minute (part %d of %d)", shard+1, shards)),
			ScheduleExpression: jsii.String("rate(1 minute)"),
			FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
			Target: &awsscheduler.CfnSchedule_TargetProperty{
				Arn: function.FunctionArn(), RoleArn: role.RoleArn(),
				Input:       jsii.String(fmt.Sprintf(`{"shard":%d,"of":%d}`, shard, shards)),
				RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{MaximumRetryAttempts: jsii.Number(0), MaximumEventAgeInSeconds: jsii.Number(60)},
			},
		})
		schedule.Node().AddDependency(role)
	}
	for _, a := range applicationAlarms() {
		a.make(scope, namespace)
	}
	heartbeat(scope, namespace)
}

// applicationAlarm is one alarm for all applications: each of them that a metric
// is sent of is a contributor with a state, and events, of its own.
type applicationAlarm struct {
	id, name, description string
	metric                flink.Metric
	threshold             float64
	period, datapoints    int // seconds; of as many periods
	periods               int
}

func applicationAlarms() []applicationAlarm {
	return []applicationAlarm{
		{"FailureRestartsAlarm", "failure-restarts", "A job fails again and again: three failures of its own code within five minutes.", flink.MetricFailureRestarts, 3, 60, 2, 3},
		{"UnhealthyAlarm", "unhealthy", "A job has not run as it should for five minutes.", flink.MetricUnhealthy, 1, 60, 5, 5},
		{"CheckpointAgeAlarm", "checkpoint-age", "The newest checkpoint of a job is older than half an hour.", flink.MetricCheckpointAge, 1800, 60, 3, 3},
		{"SnapshotAgeAlarm", "snapshot-age", "The newest savepoint of an application is more than a round older than its policy wants.", flink.MetricSnapshotAge, 1, 900, 1, 1},
		{"UnobservableAlarm", "unobservable", "An application could not be looked at for five minutes.", flink.MetricUnobservable, 1, 60, 5, 5},
	}
}

// make makes the plain resource: the typed one knows no query without a metric,
// and warns that the account of a namespace is not known.
func (a applicationAlarm) make(scope constructs.Construct, namespace *string) {
	dimensions := cloudwatch.DimensionNamespace + ", " + cloudwatch.DimensionApplication
	query := awscdk.Fn_Join(jsii.String(""), &[]*string{
		jsii.String(fmt.Sprintf(`SELECT MAX(%s) FROM SCHEMA("`, a.metric)), namespace,
		jsii.String(fmt.Sprintf(`", %s) GROUP BY %s ORDER BY MAX() DESC`, dimensions, dimensions)),
	})
	awscloudwatch.NewCfnAlarm(scope, jsii.String(a.id), &awscloudwatch.CfnAlarmProps{
		AlarmName:        named("", "-"+a.name),
		AlarmDescription: jsii.String("Sluice: " + a.description),
		Metrics: &[]any{&awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			Id: jsii.String("applications"), Expression: query, Period: jsii.Number(a.period), ReturnData: jsii.Bool(true),
		}},
		EvaluationPeriods: jsii.Number(a.periods), DatapointsToAlarm: jsii.Number(a.datapoints),
		Threshold: jsii.Number(a.threshold), ComparisonOperator: jsii.String("GreaterThanOrEqualToThreshold"), TreatMissingData: jsii.String("notBreaching"),
	})
}

// heartbeat makes the alarms on the probe itself: that it runs, and comes round.
func heartbeat(scope constructs.Construct, namespace *string) {
	for _, a := range []struct {
		id, name, description string
		metric                flink.Metric
		statistic, comparison string
		periods               int
		treatMissing          string
	}{
		{"ProbeSilentAlarm", "probe-silent", "The function probe has told nothing for five minutes: no application's trouble would be seen.", flink.MetricProbed, "SampleCount", "LessThanThreshold", 5, "breaching"},
		{"ProbeIncompleteAlarm", "probe-incomplete", "The function probe does not come round to all applications within its minute: give it more shards (-c probeShards=...).", flink.MetricUnprobed, "Sum", "GreaterThanOrEqualToThreshold", 5, "notBreaching"},
	} {
		awscloudwatch.NewCfnAlarm(scope, jsii.String(a.id), &awscloudwatch.CfnAlarmProps{
			AlarmName: named("", "-"+a.name), AlarmDescription: jsii.String("Sluice: " + a.description),
			Namespace: namespace, MetricName: jsii.String(string(a.metric)), Statistic: jsii.String(a.statistic), Period: jsii.Number(60),
			EvaluationPeriods: jsii.Number(a.periods), DatapointsToAlarm: jsii.Number(a.periods),
			Threshold: jsii.Number(1), ComparisonOperator: jsii.String(a.comparison), TreatMissingData: jsii.String(a.treatMissing),
		})
	}
}
