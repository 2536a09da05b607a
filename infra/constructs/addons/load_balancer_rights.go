package addons

import "github.com/sluice-flink/sluice/infra/platform"

// The controller marks with it what it makes, with the cluster's name
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/).
const balancerTag = "elbv2.k8s.aws/cluster"

// loadBalancerStatements are the rights of the controller at the version of the table,
// after the policy of its makers
// (https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json).
// Left out is what it is told not to do: network load balancers, gateways, WAF, Shield,
// Cognito, trust stores, finding certificates and subnets. Where theirs allow an action
// on everything, it is held here to the one load balancer, by its name, and to the
// group of the cluster's pods.
func loadBalancerStatements(p platform.Platform, in place, account string) []statement {
	all := []statement{
		// Without it an account's first load balancer cannot be made
		// (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html).
		{Sid: "MakeServiceLinkedRole", Actions: []string{"iam:CreateServiceLinkedRole"},
			Resources: []string{"arn:" + p.Partition + ":iam::" + account + ":role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"},
			Condition: map[string]any{"StringEquals": map[string]any{"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}}},
		{Sid: "Read", Resources: anything, Actions: []string{
			"ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
			"elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListenerCertificates", "elasticloadbalancing:DescribeListeners",
			"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules",
			"elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
			"elasticloadbalancing:DescribeTargetHealth",
			// What Elastic Load Balancing asks EC2 in the name of who makes a load balancer
			// (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html,
			// and for the last https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3917).
			"ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:GetSecurityGroupsForVpc",
		}, Condition: map[string]any{"StringEquals": map[string]any{"aws:RequestedRegion": p.Region}}},
	}
	all = append(all, groupStatements(p, in, account)...)
	return append(all, balancerStatements(p, account)...)
}

// marked holds a request to what will carry this cluster's mark, and made an action to
// what carries it.
func marked(p platform.Platform) map[string]any {
	return map[string]any{"aws:RequestTag/" + balancerTag: p.ClusterName()}
}

func made(p platform.Platform) map[string]any {
	return map[string]any{"StringEquals": map[string]any{"aws:ResourceTag/" + balancerTag: p.ClusterName()}}
}

// remarked is made, without the right to change the mark.
func remarked(p platform.Platform) map[string]any {
	condition := made(p)
	condition["Null"] = map[string]any{"aws:RequestTag/" + balancerTag: "true"}
	return condition
}

// groupStatements are for the load balancer's own groups, and for what lets them reach
// the pods, whose group is the cluster's.
func groupStatements(p platform.Platform, in place, account string) []statement {
	groups := ec2(p, account, "security-group")
	born := marked(p)
	born["ec2:CreateAction"] = "CreateSecurityGroup"
	return []statement{
		{Sid: "MakeGroups", Actions: []string{"ec2:CreateSecurityGroup"}, Resources: append(groups, arn(p, "ec2", account, "vpc/"+in.vpc))},
		{Sid: "MarkNewGroups", Actions: []string{"ec2:CreateTags"}, Resources: groups, Condition: map[string]any{"StringEquals": born}},
		{Sid: "MarkGroups", Actions: []string{"ec2:CreateTags", "ec2:DeleteTags"}, Resources: groups, Condition: remarked(p)},
		{Sid: "ChangeGroups", Actions: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup"}, Resources: groups, Condition: made(p)},
		{Sid: "LetThemReachPods", Actions: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"},
			Resources: []string{arn(p, "ec2", account, "security-group/"+in.group)}},
	}
}

// balancerStatements are for the load balancer, which has one name, and what belongs
// to it. Target groups have names of the controller's making.
func balancerStatements(p platform.Platform, account string) []statement {
	of := func(kind string) string {
		return arn(p, "elasticloadbalancing", account, kind+"/app/"+p.LoadBalancer()+"/*")
	}
	balancer, listeners, rules := of("loadbalancer"), of("listener"), of("listener-rule")
	targets := arn(p, "elasticloadbalancing", account, "targetgroup/k8s-*/*")
	born := marked(p)
	born["elasticloadbalancing:CreateAction"] = []string{"CreateTargetGroup", "CreateLoadBalancer"}
	return []statement{
		{Sid: "MakeLoadBalancer", Actions: []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"},
			Resources: []string{balancer, targets}, Condition: map[string]any{"StringEquals": marked(p)}},
		{Sid: "MarkNewLoadBalancer", Actions: []string{"elasticloadbalancing:AddTags"}, Resources: []string{balancer, targets}, Condition: map[string]any{"StringEquals": born}},
		{Sid: "MarkLoadBalancer", Actions: []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"}, Resources: []string{balancer, targets}, Condition: remarked(p)},
		{Sid: "MarkListeners", Actions: []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"}, Resources: []string{listeners, rules}},
		{Sid: "ChangeLoadBalancer", Resources: []string{balancer, targets}, Condition: made(p), Actions: []string{
			"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:SetIpAddressType",
			"elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
			"elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
		}},
		{Sid: "ChangeListeners", Resources: []string{balancer, listeners, rules}, Actions: []string{
			"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
			"elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyRule",
			"elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:SetRulePriorities",
		}},
		{Sid: "RegisterPods", Actions: []string{"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"}, Resources: []string{targets}},
	}
}
