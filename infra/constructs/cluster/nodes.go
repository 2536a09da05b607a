package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Label of a node's group, and the taint that keeps jobs off the core group. The
// taint is the one that EKS's own add-ons tolerate.
const (
	GroupLabel  = platform.NodeGroupLabel
	SystemTaint = "CriticalAddonsOnly"
)

// group is a managed node group that is wanted.
type group struct {
	id, name string
	spot     bool
	taint    string // nothing of jobs comes here without tolerating it
	types    []string
	platform.NodeGroup
	architecture platform.Architecture
	version      string // of Kubernetes
}

// groupIDs begin the names of a group's resources.
var groupIDs = map[string]string{"core": "Core", "on-demand": "OnDemand", "spot": "Spot"}

// groups leaves out those that may have no node. A group begins with its minimum;
// what it grows to is its autoscaler's affair.
func groups(p platform.Platform) []group {
	c := p.Cluster
	var wanted []group
	for _, named := range c.Groups() {
		g := group{id: groupIDs[named.Name], name: named.Name, spot: named.Spot, NodeGroup: named.NodeGroup}
		if g.name == "core" {
			g.taint = SystemTaint
		}
		if g.taint == "" && p.AddOns.NodeScaling == platform.Both {
			// A pod that any node would do for had both autoscalers add one, each of them.
			// So it is Karpenter's, unless it says that it is for a managed group.
			g.taint = GroupLabel
		}
		g.types, g.architecture, g.version = c.Types(g.NodeGroup, g.spot), c.Architecture, c.Version
		wanted = append(wanted, g)
	}
	return wanted
}

func nodeGroup(scope constructs.Construct, eks awseksv2.ICluster, role awsiam.IRole, g group, in network.Network) awseks.CfnNodegroup {
	template := launchTemplate(scope, g)
	capacity, taints := "ON_DEMAND", []any{}
	if g.spot {
		capacity = "SPOT"
	}
	if g.taint != "" {
		taints = append(taints, &awseks.CfnNodegroup_TaintProperty{Key: jsii.String(g.taint), Value: jsii.String(taintValue(g)), Effect: jsii.String("NO_SCHEDULE")})
	}
	return awseks.NewCfnNodegroup(scope, jsii.String(g.id+"Nodes"), &awseks.CfnNodegroupProps{
		ClusterName: eks.ClusterName(),
		// No name: a group whose types change is replaced, and while the new one is
		// made the old one has the name.
		NodeRole: role.RoleArn(),
		// Said, so that nodes follow the cluster when its version is raised: a group that
		// says none keeps the one it began with
		// (https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html).
		Version:       jsii.String(g.version),
		Subnets:       subnetIDs(in.Private),
		AmiType:       jsii.String(image(g.architecture)),
		CapacityType:  jsii.String(capacity),
		InstanceTypes: jsii.Strings(g.types...),
		Labels:        map[string]string{GroupLabel: g.name},
		Taints:        taints,
		ScalingConfig: &awseks.CfnNodegroup_ScalingConfigProperty{MinSize: jsii.Number(g.Min), DesiredSize: jsii.Number(g.Min), MaxSize: jsii.Number(g.Max)},
		LaunchTemplate: &awseks.CfnNodegroup_LaunchTemplateSpecificationProperty{
			Id: template.LaunchTemplateId(), Version: template.LatestVersionNumber(),
		},
		// A job that cannot spare a pod now holds an update up instead of being broken by it.
		ForceUpdateEnabled: jsii.Bool(false),
		UpdateConfig:       &awseks.CfnNodegroup_UpdateConfigProperty{MaxUnavailable: jsii.Number(1)},
		// A node that is unwell is replaced by EKS (https://docs.aws.amazon.com/eks/latest/userguide/node-health.html).
		NodeRepairConfig: &awseks.CfnNodegroup_NodeRepairConfigProperty{Enabled: jsii.Bool(true)},
	})
}

// taintValue is the group's name where the taint is by group.
func taintValue(g group) string {
	if g.taint == GroupLabel {
		return g.name
	}
	return "true"
}

// launchTemplate encrypts the disk and keeps pods from the node's own role: one
// hop is the node, a pod is two.
func launchTemplate(scope constructs.Construct, g group) awsec2.LaunchTemplate {
	return awsec2.NewLaunchTemplate(scope, jsii.String(g.id+"Template"), &awsec2.LaunchTemplateProps{
		RequireImdsv2:           jsii.Bool(true),
		HttpPutResponseHopLimit: jsii.Number(1),
		BlockDevices: &[]*awsec2.BlockDevice{{
			DeviceName: jsii.String("/dev/xvda"),
			Volume: awsec2.BlockDeviceVolume_Ebs(jsii.Number(g.DiskGiB), &awsec2.EbsDeviceOptions{
				Encrypted: jsii.Bool(true), VolumeType: awsec2.EbsDeviceVolumeType_GP3, DeleteOnTermination: jsii.Bool(true),
			}),
		}},
	})
}

func image(architecture platform.Architecture) string {
	if architecture == platform.ARM {
		return "AL2023_ARM_64_STANDARD"
	}
	return "AL2023_x86_64_STANDARD"
}

// nodeRole is what a node itself may do: join, and fetch images. What its pods
// may do is their pod identities' (https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html).
func nodeRole(scope constructs.Construct) awsiam.IRole {
	role := awsiam.NewRole(scope, jsii.String("NodeRole"), &awsiam.RoleProps{
		Description: jsii.String("Sluice: nodes of " + *awscdk.Stack_Of(scope).StackName()),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil),
		ManagedPolicies: &[]awsiam.IManagedPolicy{
			managed("AmazonEKSWorkerNodePolicy"), managed("AmazonEC2ContainerRegistryPullOnly"), managed("AmazonSSMManagedInstanceCore"),
		},
	})
	own.JustifyManaged(role, "EKS keeps these for nodes and extends them with what new versions of its agents need.")
	return role
}

func managed(name string) awsiam.IManagedPolicy {
	return awsiam.ManagedPolicy_FromAwsManagedPolicyName(jsii.String(name))
}

func subnetIDs(subnets []awsec2.ISubnet) *[]any {
	var ids []any
	for _, subnet := range subnets {
		ids = append(ids, subnet.SubnetId())
	}
	return &ids
}
