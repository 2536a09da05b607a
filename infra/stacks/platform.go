package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs/data"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/platform"
)

// NewPlatform makes every stack that the platform asks for.
func NewPlatform(app awscdk.App, p platform.Platform) {
	if p.Network.Existing == nil {
		newNetwork(app, p)
	}
	newData(app, p)
}

func newNetwork(app awscdk.App, p platform.Platform) network.Network {
	stack := newStack(app, p, "network", "the VPC, its subnets and endpoints")
	made := network.New(stack, p)
	output(stack, "VpcId", "Where the platform stands", made.VPC.VpcId())
	return made
}

func newData(app awscdk.App, p platform.Platform) data.Data {
	stack := newStack(app, p, "data", "the buckets of the jobs, and their key")
	made := data.New(stack, p)
	output(stack, "StateBucketName", "Checkpoints, savepoints, high availability; ${DATA_BUCKET} in a manifest", made.State.BucketName())
	output(stack, "LogsBucketName", "Logs of jobs", made.Logs.BucketName())
	output(stack, "JobsBucketName", "What jobs read and write", made.Jobs.BucketName())
	return made
}

func newStack(app awscdk.App, p platform.Platform, part, about string) awscdk.Stack {
	return awscdk.NewStack(app, jsii.String(p.StackName(part)), &awscdk.StackProps{
		StackName:   jsii.String(p.StackName(part)),
		Description: jsii.String("Sluice: " + about),
		Env:         &awscdk.Environment{Region: jsii.String(p.Region)},
		Synthesizer: awscdk.NewDefaultStackSynthesizer(&awscdk.DefaultStackSynthesizerProps{GenerateBootstrapVersionRule: jsii.Bool(false)}),
	})
}
