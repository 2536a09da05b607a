package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// autoscalerAccount is the service account that the chart makes.
var autoscalerAccount = charts.ClusterAutoscaler.Account

func clusterAutoscaler(scope constructs.Construct, p platform.Platform, on cluster.Cluster) {
	role := cluster.PodRole(scope, "ClusterAutoscalerRole", "the Cluster Autoscaler")
	grant(role, autoscalerStatements(p, *awscdk.Aws_ACCOUNT_ID()))
	own.JustifyWildcards(role, "Describing groups and instance types takes no resource, and the groups' names are EKS's: their tags part who may change which.",
		`/^Resource::(\*|arn:[a-z-]+:(autoscaling|eks):.*)$/`)
	identity := on.Identify(scope, "ClusterAutoscalerIdentity", charts.ClusterAutoscaler.Namespace, autoscalerAccount, role)
	on.Install(scope, "ClusterAutoscaler", charts.ClusterAutoscaler, autoscalerValues(cluster.CoreOf(p), p)).Node().AddDependency(identity, role)
}

// autoscalerValues are its values.
// It finds the groups by the tags that EKS puts on those it manages. Karpenter's
// nodes are in no group, so it never touches one.
func autoscalerValues(core cluster.Core, p platform.Platform) map[string]any {
	return map[string]any{
		"cloudProvider": "aws",
		"awsRegion":     p.Region,
		"autoDiscovery": map[string]any{"clusterName": p.ClusterName()},
		"image":         map[string]any{"tag": charts.AutoscalerImages[p.Kubernetes()]},
		"rbac":          map[string]any{"serviceAccount": map[string]any{"name": autoscalerAccount}},
		"extraArgs": map[string]any{
			// Instance types stand in the image: the price list has no endpoint in a VPC.
			"aws-use-static-instance-list": true,
			"balance-similar-node-groups":  true,
			"expander":                     "least-waste",
			// A node is removed when nothing but daemons is left on it. With the usual
			// half, a TaskManager is moved to save a node, and a whole job restarts.
			"scale-down-utilization-threshold": "0.01",
			"ignore-daemonsets-utilization":    true,
		},
		"replicaCount":              2,
		"topologySpreadConstraints": apart("app.kubernetes.io/name", "aws-cluster-autoscaler"),
		"resources":                 cluster.Needs("100m", "600Mi"),
		"nodeSelector":              core.NodeSelector,
		"tolerations":               core.Tolerations,
	}
}

// autoscalerStatements are the rights that its makers name, held to the groups
// with this cluster's tags
// (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md).
func autoscalerStatements(p platform.Platform, account string) []statement {
	groups := arn(p, "autoscaling", account, "autoScalingGroup:*:autoScalingGroupName/*")
	return []statement{
		{Sid: "ReadGroups", Resources: anything, Actions: []string{
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
			"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities",
			"ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions",
			"ec2:GetInstanceTypesFromInstanceRequirements",
		}},
		{Sid: "ReadNodeGroups", Actions: []string{"eks:DescribeNodegroup"}, Resources: []string{
			arn(p, "eks", account, "nodegroup/"+p.ClusterName()+"/*/*"),
		}},
		{Sid: "ScaleGroups", Resources: []string{groups},
			Actions: []string{"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
			Condition: map[string]any{"StringEquals": map[string]any{
				"aws:ResourceTag/k8s.io/cluster-autoscaler/enabled":            "true",
				"aws:ResourceTag/k8s.io/cluster-autoscaler/" + p.ClusterName(): "owned",
			}}},
	}
}
