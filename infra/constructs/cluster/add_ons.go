package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
)

// The add-ons are those that EKS keeps. Each begins with the version that EKS names
// the default of the cluster's; EKS moves it no further by itself, also when the
// cluster's is raised: docs/platform.md says how it is
// (https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html).

// nodeAddOns are what a node needs to become ready, so nodes wait for them. The
// network plugin has its rights by the agent of pod identities, which comes first.
func nodeAddOns(scope constructs.Construct, eks awseksv2.ICluster) []awscdk.CfnResource {
	agent := addOn(scope, eks, "PodIdentity", "eks-pod-identity-agent", "", nil)
	// Without the switch NetworkPolicies are accepted and do nothing
	// (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html).
	plugin := addOn(scope, eks, "VpcCni", "vpc-cni", `{"enableNetworkPolicy":"true"}`, &awseks.CfnAddon_PodIdentityAssociationProperty{
		ServiceAccount: jsii.String("aws-node"),
		RoleArn:        cniRole(scope).RoleArn(),
	})
	plugin.AddResourceDependency(agent, nil)
	return []awscdk.CfnResource{agent, addOn(scope, eks, "KubeProxy", "kube-proxy", "", nil), plugin}
}

// dnsAddOn needs nodes to become ready, so it waits for them.
func dnsAddOn(scope constructs.Construct, eks awseksv2.ICluster) awscdk.CfnResource {
	return addOn(scope, eks, "CoreDns", "coredns", "", nil)
}

func addOn(scope constructs.Construct, eks awseksv2.ICluster, id, name, values string, identity *awseks.CfnAddon_PodIdentityAssociationProperty) awscdk.CfnResource {
	props := &awseks.CfnAddonProps{
		ClusterName:      eks.ClusterName(),
		AddonName:        jsii.String(name),
		ResolveConflicts: jsii.String("OVERWRITE"),
	}
	if values != "" {
		props.ConfigurationValues = jsii.String(values)
	}
	if identity != nil {
		props.PodIdentityAssociations = []any{identity}
	}
	return awseks.NewCfnAddon(scope, jsii.String(id+"AddOn"), props)
}

// cniRole lets the network plugin, and not every pod of a node, make interfaces.
func cniRole(scope constructs.Construct) awsiam.IRole {
	role := PodRole(scope, "CniRole", "the cluster's network plugin", managed("AmazonEKS_CNI_Policy"))
	own.JustifyManaged(role, "EKS keeps it for its network plugin; the interfaces of pods are not known beforehand.")
	return role
}

// PodRole is a role that pods get by an association of their service account.
func PodRole(scope constructs.Construct, id, who string, policies ...awsiam.IManagedPolicy) awsiam.Role {
	pods := awsiam.NewServicePrincipal(jsii.String("pods.eks.amazonaws.com"), nil)
	role := awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		Description: jsii.String("Sluice: " + who + " of " + *awscdk.Stack_Of(scope).StackName()),
		AssumedBy:   pods,
	})
	for _, policy := range policies {
		role.AddManagedPolicy(policy)
	}
	// The session's tags say cluster, namespace and service account
	// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html).
	role.AssumeRolePolicy().AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings("sts:TagSession"), Principals: &[]awsiam.IPrincipal{pods},
	}))
	return role
}
