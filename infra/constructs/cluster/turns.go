package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// turns has what a stack installs and applies come one after the other, in the order
// in which it is written down, and go in the other. All at once would be two functions
// of the CDK's that run for each, and an account may have ten at a time when it is new
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html); the
// provider does not wait for its turn, it fails.
//
// What something depends on is therefore written down before it.
type turns map[string]constructs.IConstruct // what came last, by stack

func (t turns) next(scope constructs.Construct, made constructs.IConstruct) {
	stack := *awscdk.Stack_Of(scope).StackName()
	if before, any := t[stack]; any {
		made.Node().AddDependency(before)
	}
	t[stack] = made
}
