package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Cluster is what the other stacks are wired to.
type Cluster struct {
	awseksv2.ICluster
	NodeRole awsiam.IRole
	// Functions is the group of functions that call the API server from inside the VPC.
	Functions awsec2.ISecurityGroup
	// Mirror is where charts and images are taken from.
	Mirror charts.Mirror
	// Issuer is the URL of the cluster's OpenID Connect issuer, which IAM knows as a provider.
	Issuer *string

	turns turns
}

// New makes the cluster that the platform asks for. kubectl is the zip of the
// layer that holds kubectl and helm.
func New(scope constructs.Construct, p platform.Platform, in network.Network, kubectl string) Cluster {
	key := awskms.NewKey(scope, jsii.String("SecretsKey"), &awskms.KeyProps{
		Description:       jsii.String("Sluice: secrets of the cluster " + p.ClusterName()),
		EnableKeyRotation: jsii.Bool(true),
	})
	log := own.NewLogGroup(scope, "Log", jsii.String("/aws/eks/"+p.ClusterName()+"/cluster"), jsii.Number(p.Observability.LogDays))
	plane := controlPlane(in.Private)
	eks := awseksv2.NewCluster(scope, jsii.String("Cluster"), &awseksv2.ClusterProps{
		ClusterName:          jsii.String(p.ClusterName()),
		Version:              awseksv2.KubernetesVersion_Of(jsii.String(p.Cluster.Version)),
		Vpc:                  in.VPC,
		VpcSubnets:           &[]*awsec2.SubnetSelection{{Subnets: &plane}},
		EndpointAccess:       endpoint(p.Cluster),
		ServiceIpv4Cidr:      jsii.String(p.Cluster.ServiceCIDR),
		SecretsEncryptionKey: key,
		DefaultCapacity:      jsii.Number(0),
		DefaultCapacityType:  awseksv2.DefaultCapacityType_NODEGROUP,
		// What EKS installs by itself it does not keep up to date: the add-ons below are.
		BootstrapSelfManagedAddons: jsii.Bool(false),
		// Who deploys is no administrator by that: Admins are.
		BootstrapClusterCreatorAdminPermissions: jsii.Bool(false),
		OutputConfigCommand:                     jsii.Bool(false),
		ClusterLogging: &[]awseksv2.ClusterLoggingTypes{
			awseksv2.ClusterLoggingTypes_API, awseksv2.ClusterLoggingTypes_AUDIT, awseksv2.ClusterLoggingTypes_AUTHENTICATOR,
			awseksv2.ClusterLoggingTypes_CONTROLLER_MANAGER, awseksv2.ClusterLoggingTypes_SCHEDULER,
		},
		KubectlProviderOptions: provider(scope, in, kubectl),
	})
	protect(eks)
	// EKS makes the group when it finds none, keeps its logs forever, and leaves it behind.
	eks.Node().AddDependency(log)
	own.JustifyManaged(eks.Role(), "EKS keeps it for its control plane.")
	settleProvider(eks.KubectlProvider(), p)
	role := nodeRole(scope)
	before, dns := nodeAddOns(scope, eks), dnsAddOn(scope, eks)
	for _, group := range groups(p) {
		nodes := nodeGroup(scope, eks, role, group, in)
		for _, addOn := range before {
			nodes.AddResourceDependency(addOn, nil)
		}
		dns.AddResourceDependency(nodes, nil)
	}
	admit(scope, eks, p.Cluster.Admins)
	awsiam.NewCfnOIDCProvider(scope, jsii.String("Oidc"), &awsiam.CfnOIDCProviderProps{
		Url: eks.ClusterOpenIdConnectIssuerUrl(), ClientIdList: jsii.Strings("sts.amazonaws.com"),
	})
	return Cluster{ICluster: eks, NodeRole: role, Functions: letFunctionsIn(scope, eks, in), Issuer: eks.ClusterOpenIdConnectIssuerUrl(), turns: turns{}}
}

// controlPlane are the subnets that the control plane has interfaces in: those of the
// first two zones, as many as EKS wants. The zones of a cluster are never changed, so a
// third that is named later is for nodes alone, which reach the others
// (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
func controlPlane(private []awsec2.ISubnet) []awsec2.ISubnet { return private[:2] }

// protect sets what the CDK's class has no field for: nobody deletes the cluster by
// mistake (https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html),
// and a version that has left standard support is upgraded by EKS instead of paid for
// sixfold (https://docs.aws.amazon.com/eks/latest/userguide/extended-support-control.html).
func protect(eks awseksv2.Cluster) {
	made := eks.Node().DefaultChild().(awscdk.CfnResource)
	made.AddPropertyOverride(jsii.String("DeletionProtection"), jsii.Bool(true))
	made.AddPropertyOverride(jsii.String("UpgradePolicy.SupportType"), jsii.String("STANDARD"))
}

func endpoint(c platform.Cluster) awseksv2.EndpointAccess {
	if c.Endpoint == platform.Public {
		return awseksv2.EndpointAccess_PUBLIC_AND_PRIVATE().OnlyFrom(*jsii.Strings(c.PublicCIDRs...)...)
	}
	return awseksv2.EndpointAccess_PRIVATE()
}

// provider is what charts and manifests are applied by, inside the VPC.
func provider(scope constructs.Construct, in network.Network, kubectl string) *awseksv2.KubectlProviderOptions {
	return &awseksv2.KubectlProviderOptions{
		KubectlLayer: awslambda.NewLayerVersion(scope, jsii.String("KubectlLayer"), &awslambda.LayerVersionProps{
			Code:        awslambda.Code_FromAsset(jsii.String(kubectl), nil),
			Description: jsii.String("Sluice: kubectl and helm"),
		}),
		PrivateSubnets: &in.Private,
	}
}

// settleProvider says why it may do what it may, and has its logs kept like all others.
func settleProvider(provider constructs.IConstruct, p platform.Platform) {
	own.KeepProviderLogs(provider, p.Observability.LogDays)
	own.JustifyProvider(provider, "The CDK's provider of charts and manifests: it administers the cluster, which it has to, and holds what the CDK gives it.")
}
