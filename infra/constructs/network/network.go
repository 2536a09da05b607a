package network

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Tags by which others find subnets: load balancers
// (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html)
// and Karpenter (https://karpenter.sh/docs/concepts/nodeclasses/#specsubnetselectorterms).
const (
	internalBalancers = "kubernetes.io/role/internal-elb"
	publicBalancers   = "kubernetes.io/role/elb"
	// Discovery is the tag of what Karpenter may use; its value is the cluster's name.
	Discovery = "karpenter.sh/discovery"
)

// Network is where the rest of the platform stands.
type Network struct {
	VPC     awsec2.IVpc
	Private []awsec2.ISubnet
	CIDR    netip.Prefix
}

// New makes the VPC that the platform asks for.
func New(scope constructs.Construct, p platform.Platform) Network {
	vpc := awsec2.NewVpc(scope, jsii.String("Vpc"), vpcProps(p))
	made := Network{VPC: vpc, Private: *vpc.PrivateSubnets(), CIDR: netip.MustParsePrefix(p.Network.CIDR)}
	tag(made.Private, internalBalancers, "1")
	tag(made.Private, Discovery, p.ClusterName())
	tag(*vpc.PublicSubnets(), publicBalancers, "1")
	logFlows(scope, vpc, p)
	// Of the function that takes the rules out of the VPC's default security group.
	own.KeepProviderLogs(awscdk.Stack_Of(scope), p.Observability.LogDays)
	endpoints(scope, vpc, made, p)
	return made
}

// Zones that a VPC has addresses for. Those that are not used are kept free, so
// that a zone that is added later moves no subnet.
const roomForZones = 3

// vpcProps gives each zone a quarter of the addresses for pods, and a small
// subnet for what is public. The private ones come first, so that they are where
// a person looks for them.
func vpcProps(p platform.Platform) *awsec2.VpcProps {
	bits := netip.MustParsePrefix(p.Network.CIDR).Bits()
	zones, gateways := max(len(p.Network.Zones), 2), 1
	if p.Network.NAT == platform.OnePerZone {
		gateways = zones
	}
	props := &awsec2.VpcProps{
		IpAddresses:                  awsec2.IpAddresses_Cidr(jsii.String(p.Network.CIDR)),
		NatGateways:                  jsii.Number(gateways),
		RestrictDefaultSecurityGroup: jsii.Bool(true),
		ReservedAzs:                  jsii.Number(roomForZones - zones),
		GatewayEndpoints: &map[string]*awsec2.GatewayVpcEndpointOptions{
			"S3": {Service: awsec2.GatewayVpcEndpointAwsService_S3()},
		},
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Private"), SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS, CidrMask: jsii.Number(bits + 2)},
			{Name: jsii.String("Public"), SubnetType: awsec2.SubnetType_PUBLIC, CidrMask: jsii.Number(bits + 6), MapPublicIpOnLaunch: jsii.Bool(false)},
		},
	}
	if p.Network.Zones != nil {
		props.AvailabilityZones = jsii.Strings(p.Network.Zones...)
	} else {
		props.MaxAzs = jsii.Number(zones)
	}
	return props
}

// Existing names a VPC that is there.
func Existing(scope constructs.Construct, given platform.ExistingNetwork) Network {
	vpc := awsec2.Vpc_FromVpcAttributes(scope, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String(given.VPC),
		VpcCidrBlock:      jsii.String(given.CIDR),
		AvailabilityZones: jsii.Strings(given.Zones...),
		PrivateSubnetIds:  jsii.Strings(given.PrivateSubnets...),
	})
	return Network{VPC: vpc, Private: *vpc.PrivateSubnets(), CIDR: netip.MustParsePrefix(given.CIDR)}
}

func tag(subnets []awsec2.ISubnet, key, value string) {
	for _, subnet := range subnets {
		awscdk.Tags_Of(subnet).Add(jsii.String(key), jsii.String(value), nil)
	}
}
