package addons

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/platform"
)

// statement allows actions. Names of clusters stand in the keys of conditions,
// which is why the statements are made from text and not from tokens.
type statement struct {
	Sid       string
	Actions   []string
	Resources []string
	Condition map[string]any
}

// anything is for actions that take no resource.
var anything = []string{"*"}

func grant(role awsiam.Role, statements []statement) {
	for _, s := range statements {
		props := &awsiam.PolicyStatementProps{
			Sid: jsii.String(s.Sid), Actions: jsii.Strings(s.Actions...), Resources: jsii.Strings(s.Resources...),
		}
		if s.Condition != nil {
			props.Conditions = &s.Condition
		}
		role.AddToPolicy(awsiam.NewPolicyStatement(props))
	}
}

// arn is an ARN of the platform's partition and region.
func arn(p platform.Platform, service, account, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", p.Partition, service, p.Region, account, resource)
}
