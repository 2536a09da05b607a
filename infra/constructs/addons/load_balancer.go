package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/webpage"
)

// loadBalancer installs the controller that makes a load balancer of Ingresses, and
// the one class that it serves. The policies that hold Ingresses to the class are there
// before it, and go after it. The load balancer itself is in no stack: it is there as
// long as an Ingress is.
func loadBalancer(scope constructs.Construct, p platform.Platform, on cluster.Cluster, private []awsec2.ISubnet, certificates constructs.IDependable) {
	role := cluster.PodRole(scope, "LoadBalancerRole", "the AWS Load Balancer Controller")
	grant(role, loadBalancerStatements(p, place{group: *on.ClusterSecurityGroupId(), vpc: *on.Vpc().VpcId()}, *awscdk.Aws_ACCOUNT_ID()))
	own.JustifyWildcards(role, "Describing takes no resource. What it makes has ids that nobody knows beforehand; the load balancer's name, and the cluster's tags, part what it may touch.",
		`/^Resource::(\*|arn:[a-z-]+:(ec2|elasticloadbalancing):.*)$/`)
	identity := on.Identify(scope, "LoadBalancerIdentity", charts.LoadBalancerController.Namespace, charts.LoadBalancerController.Account, role)
	objects, policies := kubernetes.WebPages(p, ids(private))
	before := on.Apply(scope, "WebPagePolicies", policies...)
	controller := on.Install(scope, "LoadBalancerController", charts.LoadBalancerController, loadBalancerValues(cluster.CoreOf(p), p, *on.Vpc().VpcId()))
	controller.Node().AddDependency(identity, role, before)
	if certificates != nil {
		controller.Node().AddDependency(certificates)
	}
	on.Apply(scope, "WebPageClass", objects...).Node().AddDependency(controller)
}

// loadBalancerValues are its values.
// It serves Ingresses of one class and nothing else: with what is switched off go the
// rights that it would take.
//
// Its webhook does not judge Ingresses. The API server's own policies do, which are
// there when it is not: the operator makes an Ingress in the middle of a release.
func loadBalancerValues(core cluster.Core, p platform.Platform, vpc string) map[string]any {
	off := false
	return map[string]any{
		"clusterName": p.ClusterName(),
		"region":      p.Region,
		"vpcId":       vpc, // a pod cannot ask its node for it
		"serviceAccount": map[string]any{
			"name": charts.LoadBalancerController.Account,
		},
		"ingressClass":                      webpage.Class,
		"createIngressClassResource":        off, // it is made below, once the kind of its parameters is there
		"ingressClassParams":                map[string]any{"create": off},
		"disableIngressClassAnnotation":     true,
		"disableIngressGroupNameAnnotation": true,
		"defaultTargetType":                 "ip",
		"defaultTags":                       map[string]any{VolumeTag: p.Name},
		"enableShield":                      off,
		"enableWaf":                         off,
		"enableWafv2":                       off,
		"enablePodReadinessGateInject":      off,
		"enableServiceMutatorWebhook":       off,
		"webhookConfig":                     map[string]any{"disableIngressValidation": true},
		"controllerConfig": map[string]any{"featureGates": map[string]any{
			"EnableServiceController": off, "NLBGatewayAPI": off, "ALBGatewayAPI": off, "GatewayListenerSet": off, "LBCapacityReservation": off,
			"SubnetDiscoveryByReachability": off,
		}},
		// Otherwise each deployment would make another certificate for its webhooks.
		"enableCertManager":         p.AddOns.CertManager,
		"keepTLSSecret":             true,
		"replicaCount":              2,
		"podDisruptionBudget":       map[string]any{"maxUnavailable": 1},
		"topologySpreadConstraints": apart("app.kubernetes.io/name", charts.LoadBalancerController.Name),
		"resources":                 cluster.Needs("100m", "256Mi"),
		"nodeSelector":              core.NodeSelector,
		"tolerations":               core.Tolerations,
	}
}
