package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Existing names a cluster that is there, and makes what is needed to work with
// it: the provider of charts and manifests with its access entry, and the group
// of the functions.
func Existing(scope constructs.Construct, p platform.Platform, in network.Network, kubectl string) Cluster {
	given := p.Cluster.Existing
	attributes := &awseksv2.ClusterAttributes{
		ClusterName:                     jsii.String(given.Name),
		ClusterEndpoint:                 jsii.String(given.Endpoint),
		ClusterCertificateAuthorityData: jsii.String(given.CertificateAuthority),
		ClusterSecurityGroupId:          jsii.String(given.SecurityGroup),
		Vpc:                             in.VPC,
	}
	// The provider is made for a cluster, and a cluster is imported with its provider.
	options := provider(scope, in, kubectl)
	kubectls := awseksv2.NewKubectlProvider(scope, jsii.String("KubectlProvider"), &awseksv2.KubectlProviderProps{
		Cluster:        awseksv2.Cluster_FromClusterAttributes(scope, jsii.String("Bare"), attributes),
		KubectlLayer:   options.KubectlLayer,
		PrivateSubnets: options.PrivateSubnets,
	})
	attributes.KubectlProvider = kubectls
	eks := awseksv2.Cluster_FromClusterAttributes(scope, jsii.String("Cluster"), attributes)
	settleProvider(kubectls, p)
	administer(scope, "ProviderEntry", eks, kubectls.Role().RoleArn())
	role := awsiam.Role_FromRoleArn(scope, jsii.String("NodeRole"), jsii.String(given.NodeRole), nil)
	return Cluster{ICluster: eks, NodeRole: role, Functions: letFunctionsIn(scope, eks, in), Issuer: jsii.String(given.Issuer), turns: turns{}}
}
