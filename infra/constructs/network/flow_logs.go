package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/platform"
)

// logFlows records what the network refused: whoever looks for a policy or a
// group that is too narrow needs that, and all flows of jobs that read and write
// all day would cost more than the jobs' own logs.
func logFlows(scope constructs.Construct, vpc awsec2.Vpc, p platform.Platform) {
	group := awslogs.NewLogGroup(scope, jsii.String("FlowLog"), &awslogs.LogGroupProps{RemovalPolicy: awscdk.RemovalPolicy_DESTROY})
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(p.Observability.LogDays))
	vpc.AddFlowLog(jsii.String("Flows"), &awsec2.FlowLogOptions{
		Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(group, nil),
		TrafficType: awsec2.FlowLogTrafficType_REJECT,
	})
}
