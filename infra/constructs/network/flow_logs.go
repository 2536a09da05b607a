package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
)

// logFlows records what the network refused: whoever looks for a policy or a
// group that is too narrow needs that, and all flows of jobs that read and write
// all day would cost more than the jobs' own logs.
func logFlows(scope constructs.Construct, vpc awsec2.Vpc, p platform.Platform) {
	group := own.NewLogGroup(scope, "FlowLog", nil, jsii.Number(p.Observability.LogDays))
	vpc.AddFlowLog(jsii.String("Flows"), &awsec2.FlowLogOptions{
		Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(group, nil),
		TrafficType: awsec2.FlowLogTrafficType_REJECT,
	})
}
