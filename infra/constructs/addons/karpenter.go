package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// karpenterAccount is the service account that the chart makes.
var karpenterAccount = charts.Karpenter.Account

// karpenter installs definitions, controller and pools, in this order. They are
// removed in the other: a node class is gone when its last node is, which only a
// controller that still runs can bring about; without it instances would run on,
// in no stack.
//
// Its nodes run under the role of the managed groups, which EKS has let into the
// cluster already (https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html).
func karpenter(scope constructs.Construct, p platform.Platform, on cluster.Cluster, private []awsec2.ISubnet) {
	queue := interruptions(scope)
	role := cluster.PodRole(scope, "KarpenterRole", "Karpenter")
	grant(role, karpenterStatements(p, *awscdk.Aws_ACCOUNT_ID(), *on.NodeRole.RoleArn(), *queue.QueueArn()))
	own.JustifyWildcards(role, "The statements that Karpenter's makers document: what it makes has no name beforehand, so tags of this cluster part what it may touch; describing takes no resource.",
		`/^Resource::(\*|arn:[a-z-]+:(ec2|iam|ssm):.*)$/`)
	identity := on.Identify(scope, "KarpenterIdentity", charts.Karpenter.Namespace, karpenterAccount, role)
	definitions := on.Install(scope, "KarpenterCrd", charts.KarpenterCRDs, nil)
	controller := on.Install(scope, "Karpenter", charts.Karpenter, karpenterValues(cluster.CoreOf(p), p, *on.ClusterEndpoint(), *queue.QueueName()))
	controller.Node().AddDependency(definitions, identity, role)
	profile := awsiam.NewCfnInstanceProfile(scope, jsii.String("KarpenterNodes"), &awsiam.CfnInstanceProfileProps{
		Roles: &[]any{on.NodeRole.RoleName()},
	})
	for _, pool := range p.AddOns.Pools {
		class := on.Apply(scope, "Class-"+pool.Name, nodeClass(pool, place{
			profile: *profile.Ref(), group: *on.ClusterSecurityGroupId(), subnets: ids(private),
		}))
		class.Node().AddDependency(controller)
		on.Apply(scope, "Pool-"+pool.Name, nodePool(pool)).Node().AddDependency(class)
	}
}

// karpenterValues are its values.
// The chart itself has two replicas, apart from each other and from nodes of Karpenter's.
func karpenterValues(core cluster.Core, p platform.Platform, endpoint, queue string) map[string]any {
	return map[string]any{
		"settings": map[string]any{
			"clusterName":       p.ClusterName(),
			"clusterEndpoint":   endpoint,
			"interruptionQueue": queue,
		},
		"serviceAccount": map[string]any{"name": karpenterAccount},
		"replicas":       2,
		"controller":     map[string]any{"resources": cluster.Needs("500m", "1Gi")},
		"nodeSelector":   core.NodeSelector,
		"tolerations":    core.Tolerations,
	}
}

func ids(subnets []awsec2.ISubnet) []string {
	var all []string
	for _, subnet := range subnets {
		all = append(all, *subnet.SubnetId())
	}
	return all
}
