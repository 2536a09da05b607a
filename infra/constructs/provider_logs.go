package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// KeepProviderLogs gives each function below a construct a log group of its stack's,
// kept for some days and gone with it. It is for functions that the CDK makes for
// itself: Lambda would make the group when such a function is first called, keep
// its lines for ever, and leave it behind
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html).
//
// The groups have no name of ours. What a function says last may reach CloudWatch
// after its group has gone, and AWS's own policies let it make the group again: one
// of a fixed name would then stand in the way of the next stack.
func KeepProviderLogs(below constructs.IConstruct, days int) {
	for _, c := range *below.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		function, is := c.(awscdk.CfnResource)
		if !is || *function.CfnResourceType() != "AWS::Lambda::Function" {
			continue
		}
		log := NewLogGroup(function.Node().Scope().(constructs.Construct), "Log", nil, jsii.Number(days))
		function.AddPropertyOverride(jsii.String("LoggingConfig.LogGroup"), log.LogGroupName())
	}
}
