package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/platform"
)

// endpoints lets what is called all the time stay inside: the gateway of S3 is
// free, the others cost by zone and hour. One security group lets the VPC in.
func endpoints(scope constructs.Construct, vpc awsec2.Vpc, made Network, p platform.Platform) {
	group := awsec2.NewSecurityGroup(scope, jsii.String("EndpointsGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      jsii.String("Sluice: endpoints of AWS services, for the VPC alone"),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.AddIngressRule(awsec2.Peer_Ipv4(jsii.String(made.CIDR.String())), awsec2.Port_Tcp(jsii.Number(443)), jsii.String("from the VPC"), nil)
	for _, service := range append(append([]string{}, platform.AlwaysEndpoints...), p.Network.Endpoints...) {
		vpc.AddInterfaceEndpoint(jsii.String(endpointID(service)), &awsec2.InterfaceVpcEndpointOptions{
			Service:        awsec2.NewInterfaceVpcEndpointAwsService(jsii.String(service), nil, nil, nil),
			SecurityGroups: &[]awsec2.ISecurityGroup{group},
			Subnets:        &awsec2.SubnetSelection{Subnets: &made.Private},
			Open:           jsii.Bool(false), // the group says who is let in
		})
	}
}

// endpointID is the service's name in letters: ecr.api is EcrApi.
func endpointID(service string) string {
	var id []rune
	upper := true
	for _, r := range service {
		switch {
		case r == '.' || r == '-':
			upper = true
			continue
		case upper && r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		upper = false
		id = append(id, r)
	}
	return string(id) + "Endpoint"
}
