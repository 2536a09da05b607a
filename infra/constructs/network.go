package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// Network is where functions stand that reach a cluster whose endpoint is
// private. Its subnets need a way to S3 (a gateway endpoint is enough) and to
// the cluster's endpoint; its security groups must be let in by the cluster's.
type Network struct {
	SubnetIDs        []*string
	SecurityGroupIDs []*string
}

func (n *Network) attach(function awslambda.Function, role awsiam.Role) {
	role.AddToPolicy(Allow("UseNetworkInterface", []string{
		"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
		"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
	}, jsii.String("*")))
	function.Node().DefaultChild().(awslambda.CfnFunction).SetVpcConfig(&awslambda.CfnFunction_VpcConfigProperty{
		SubnetIds:        &n.SubnetIDs,
		SecurityGroupIds: &n.SecurityGroupIDs,
	})
}
