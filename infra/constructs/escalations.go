package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewEscalations makes the topic that somebody is called by. It has no
// subscription: who is called, and how, is the operator's to say. It is encrypted
// with SNS' own key of the account: ours would have to let publishers and
// every subscriber's service use it, for texts that name applications and no data
// (https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html).
func NewEscalations(scope constructs.Construct) awssns.Topic {
	return awssns.NewTopic(scope, jsii.String("Escalations"), &awssns.TopicProps{
		TopicName:  named("", "-escalations"),
		MasterKey:  awskms.Alias_FromAliasName(scope, jsii.String("TopicKey"), jsii.String("alias/aws/sns")),
		EnforceSSL: jsii.Bool(true),
	})
}

// AlarmsArn is the ARN of every alarm of the account and region.
func AlarmsArn(scope constructs.Construct) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("cloudwatch"), Resource: jsii.String("alarm"), ResourceName: jsii.String("*"), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}
