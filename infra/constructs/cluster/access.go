package cluster

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs/network"
)

// admit makes the platform's people administrators of the cluster.
func admit(scope constructs.Construct, eks awseksv2.ICluster, admins []string) {
	for i, admin := range admins {
		administer(scope, "Admin"+strconv.Itoa(i), eks, jsii.String(admin))
	}
}

func administer(scope constructs.Construct, id string, eks awseksv2.ICluster, role *string) {
	awseks.NewCfnAccessEntry(scope, jsii.String(id), &awseks.CfnAccessEntryProps{
		ClusterName:  eks.ClusterName(),
		PrincipalArn: role,
		Type:         jsii.String("STANDARD"),
		AccessPolicies: []any{&awseks.CfnAccessEntry_AccessPolicyProperty{
			PolicyArn:   awscdk.Fn_Sub(jsii.String("arn:${AWS::Partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"), nil),
			AccessScope: &awseks.CfnAccessEntry_AccessScopeProperty{Type: jsii.String("cluster")},
		}},
	})
}

// letFunctionsIn makes the group that Sluice's functions stand in, and opens the
// API server to it. They call nothing but the API server, S3 and what has an
// endpoint in the VPC, all of it over TLS.
func letFunctionsIn(scope constructs.Construct, eks awseksv2.ICluster, in network.Network) awsec2.ISecurityGroup {
	group := awsec2.NewSecurityGroup(scope, jsii.String("FunctionsGroup"), &awsec2.SecurityGroupProps{
		Vpc:              in.VPC,
		Description:      jsii.String("Sluice: functions that use the cluster"),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.AddEgressRule(awsec2.Peer_AnyIpv4(), awsec2.Port_Tcp(jsii.Number(443)), jsii.String("the API server, and AWS"), nil)
	awsec2.NewCfnSecurityGroupIngress(scope, jsii.String("FunctionsReachTheCluster"), &awsec2.CfnSecurityGroupIngressProps{
		GroupId:               eks.ClusterSecurityGroupId(),
		SourceSecurityGroupId: group.SecurityGroupId(),
		IpProtocol:            jsii.String("tcp"),
		FromPort:              jsii.Number(443),
		ToPort:                jsii.Number(443),
		Description:           jsii.String("from the functions of Sluice"), // EC2 takes no apostrophe
	})
	return group
}
