package addons

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// New installs the add-ons that the platform asks for. private are the subnets
// that Karpenter's nodes and the load balancer of web pages stand in.
func New(scope constructs.Construct, p platform.Platform, on cluster.Cluster, private []awsec2.ISubnet) {
	core := cluster.CoreOf(p)
	if p.AddOns.MetricsServer {
		on.Install(scope, "MetricsServer", charts.MetricsServer, metricsServer(core))
	}
	var certificates constructs.IDependable
	if p.AddOns.CertManager {
		certificates = on.Install(scope, "CertManager", charts.CertManager, certManager(core))
	}
	if p.AddOns.BlockStorage {
		blockStorage(scope, p, on)
	}
	if p.AddOns.ClusterAutoscaler() {
		clusterAutoscaler(scope, p, on)
	}
	if p.AddOns.Karpenter() {
		karpenter(scope, p, on, private)
	}
	if p.AddOns.YuniKorn {
		on.Install(scope, "YuniKorn", charts.YuniKorn, yuniKorn(core, p.Teams))
	}
	if p.Ingress.On() {
		loadBalancer(scope, p, on, private, certificates)
	}
}

// apart spreads the pods that have a label over nodes, as far as there are some:
// the two replicas of what is needed all the time are not on one node.
func apart(label, value string) []any {
	return []any{map[string]any{
		"maxSkew":           1,
		"topologyKey":       "kubernetes.io/hostname",
		"whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector":     map[string]any{"matchLabels": map[string]any{label: value}},
	}}
}
