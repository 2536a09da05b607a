package addons

import "github.com/sluice-flink/sluice/infra/platform"

// karpenterStatements are the rights of Karpenter's controller at the version of
// the table, statement by statement with the names its makers gave them
// (https://karpenter.sh/v1.14/reference/cloudformation/). Two kinds are left out:
// those that write instance profiles, since the profile of its nodes is made
// here, and that of zonal shifts, which are off. One is more: the role by which EC2
// gives an account Spot instances, which its makers have a person make. An account
// that has never had one has none, and no Spot
// (https://karpenter.sh/docs/troubleshooting/#missing-service-linked-role,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html).
func karpenterStatements(p platform.Platform, account, nodeRole, queue string) []statement {
	all := instanceStatements(p)
	all = append(all, taggingStatements(p)...)
	return append(all, readingStatements(p, account, nodeRole, queue)...)
}

// owned is the tag of everything that belongs to this cluster.
func owned(p platform.Platform) string { return "kubernetes.io/cluster/" + p.ClusterName() }

// asked holds a request to what carries this cluster's tags, and a pool's name.
func asked(p platform.Platform) (equals, like map[string]any) {
	return map[string]any{
		"aws:RequestTag/" + owned(p):          "owned",
		"aws:RequestTag/eks:eks-cluster-name": p.ClusterName(),
	}, map[string]any{"aws:RequestTag/karpenter.sh/nodepool": "*"}
}

// ours holds an action to what carries this cluster's tag, and a pool's name.
func ours(p platform.Platform) map[string]any {
	return map[string]any{
		"StringEquals": map[string]any{"aws:ResourceTag/" + owned(p): "owned"},
		"StringLike":   map[string]any{"aws:ResourceTag/karpenter.sh/nodepool": "*"},
	}
}

// madeByFleets is what a request for instances makes.
func madeByFleets(p platform.Platform) []string {
	return ec2(p, "*", "fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
}

func ec2(p platform.Platform, account string, kinds ...string) []string {
	var all []string
	for _, kind := range kinds {
		all = append(all, arn(p, "ec2", account, kind+"/*"))
	}
	return all
}

func instanceStatements(p platform.Platform) []statement {
	equals, like := asked(p)
	run := []string{"ec2:RunInstances", "ec2:CreateFleet"}
	return []statement{
		{Sid: "AllowScopedEC2InstanceAccessActions", Actions: run, Resources: append(
			ec2(p, "", "image", "snapshot"), ec2(p, "*", "security-group", "subnet", "capacity-reservation", "placement-group")...)},
		{Sid: "AllowScopedEC2LaunchTemplateAccessActions", Actions: run, Resources: ec2(p, "*", "launch-template"), Condition: ours(p)},
		{Sid: "AllowScopedEC2InstanceActionsWithTags", Resources: madeByFleets(p),
			Actions:   []string{"ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"},
			Condition: map[string]any{"StringEquals": equals, "StringLike": like}},
		{Sid: "AllowScopedDeletion", Actions: []string{"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"},
			Resources: ec2(p, "*", "instance", "launch-template"), Condition: ours(p)},
	}
}

func taggingStatements(p platform.Platform) []statement {
	equals, like := asked(p)
	equals["ec2:CreateAction"] = []string{"RunInstances", "CreateFleet", "CreateLaunchTemplate"}
	later := ours(p)
	later["StringEqualsIfExists"] = map[string]any{"aws:RequestTag/eks:eks-cluster-name": p.ClusterName()}
	later["ForAllValues:StringEquals"] = map[string]any{"aws:TagKeys": []string{"eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"}}
	return []statement{
		{Sid: "AllowScopedResourceCreationTagging", Actions: []string{"ec2:CreateTags"}, Resources: madeByFleets(p),
			Condition: map[string]any{"StringEquals": equals, "StringLike": like}},
		{Sid: "AllowScopedResourceTagging", Actions: []string{"ec2:CreateTags"}, Resources: ec2(p, "*", "instance"), Condition: later},
	}
}

func readingStatements(p platform.Platform, account, nodeRole, queue string) []statement {
	return []statement{
		{Sid: "AllowPassingInstanceRole", Actions: []string{"iam:PassRole"}, Resources: []string{nodeRole}, Condition: map[string]any{
			"StringEquals": map[string]any{"iam:PassedToService": []string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}},
		}},
		{Sid: "AllowSpotServiceLinkedRole", Actions: []string{"iam:CreateServiceLinkedRole"}, Resources: []string{
			"arn:" + p.Partition + ":iam::" + account + ":role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
		}, Condition: map[string]any{"StringEquals": map[string]any{"iam:AWSServiceName": "spot.amazonaws.com"}}},
		{Sid: "AllowAPIServerEndpointDiscovery", Actions: []string{"eks:DescribeCluster"}, Resources: []string{arn(p, "eks", account, "cluster/"+p.ClusterName())}},
		{Sid: "AllowInterruptionQueueActions", Actions: []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}, Resources: []string{queue}},
		{Sid: "AllowRegionalReadActions", Resources: anything, Actions: []string{
			"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus",
			"ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates",
			"ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
		}, Condition: map[string]any{"StringEquals": map[string]any{"aws:RequestedRegion": p.Region}}},
		{Sid: "AllowSSMReadActions", Actions: []string{"ssm:GetParameter"}, Resources: []string{arn(p, "ssm", "", "parameter/aws/service/*")}},
		{Sid: "AllowPricingReadActions", Actions: []string{"pricing:GetProducts"}, Resources: anything},
		{Sid: "AllowUnscopedInstanceProfileListAction", Actions: []string{"iam:ListInstanceProfiles"}, Resources: anything},
		{Sid: "AllowInstanceProfileReadActions", Actions: []string{"iam:GetInstanceProfile"}, Resources: []string{
			"arn:" + p.Partition + ":iam::" + account + ":instance-profile/*",
		}},
	}
}
