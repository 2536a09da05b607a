package constructs

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// LetMapItems lets a machine run the items of a distributed Map, each in an
// execution of its own, from lists in the ledger's bucket
// (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).
func LetMapItems(machine awsstepfunctions.StateMachine, name functions.Machine, s Subjects) {
	stack := awscdk.Stack_Of(machine)
	executions := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("states"), Resource: jsii.String("execution"), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		ResourceName: named("", "-"+string(name)+":*"),
	})
	use := Allow("DecryptItems", []string{"kms:Decrypt"}, s.Key.KeyArn())
	use.AddConditions(OnlyThroughS3())
	machine.AddToRolePolicy(Allow("StartItems", []string{"states:StartExecution"}, MachineArn(stack, name)))
	machine.AddToRolePolicy(Allow("FollowItems", []string{"states:DescribeExecution", "states:StopExecution"}, executions))
	machine.AddToRolePolicy(Allow("ReadItems", []string{"s3:GetObject"}, below(s.Ledger, ledger.ListPrefix)...))
	machine.AddToRolePolicy(use)
	justify(machine.Role(), wildcards, "The executions of items, and the lists of what was due, are not known beforehand.",
		&cdknag.RegexAppliesTo{Regex: jsii.String(`/^Resource::(arn:<AWS::Partition>:states:.*:execution:<AWS::StackName>-[a-z]+:\*|<Ledger[0-9A-F]{8}\.Arn>\/rotations\/_lists\/\*)$/`)})
}

// unescaped is JSON as people write it: < and > are no danger in a template.
func unescaped(b []byte) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(b))
}
