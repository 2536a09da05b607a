package observability

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/dashboards"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Service accounts that the charts make.
var (
	writer = charts.PrometheusStack.Account
	reader = charts.GrafanaAccount
	sender = charts.FluentBit.Account
)

// New gathers what the platform asks for, and returns where the metrics are kept;
// nil where there are none.
func New(scope constructs.Construct, p platform.Platform, on cluster.Cluster) *Workspace {
	if p.Observability.PodLogs {
		podLogs(scope, p, on)
	}
	if !p.Observability.Metrics {
		return nil
	}
	kept := newWorkspace(scope, p)
	chart := gather(scope, p, on, kept)
	// What is read stands in definitions that the chart brings along.
	on.Apply(scope, "Monitors", kubernetes.Monitors(p)...).Node().AddDependency(chart)
	if p.Observability.Grafana {
		for _, d := range dashboards.All(p, *awscdk.Aws_ACCOUNT_ID()) {
			on.Apply(scope, "Dashboard-"+d.Name, dashboardObject(d)).Node().AddDependency(chart)
		}
	}
	return kept
}

// gather installs Prometheus and Grafana, and gives each the right it has.
func gather(scope constructs.Construct, p platform.Platform, on cluster.Cluster, kept *Workspace) awseksv2.HelmChart {
	namespace := charts.PrometheusStack.Namespace
	writing := cluster.PodRole(scope, "PrometheusRole", "Prometheus")
	writing.AddToPolicy(own.Allow("WriteMetrics", []string{"aps:RemoteWrite"}, kept.arn))
	values := prometheusValues(cluster.CoreOf(p), p, *kept.URL)
	before := []constructs.IDependable{writing, on.Identify(scope, "PrometheusIdentity", namespace, writer, writing)}
	if p.Observability.Grafana {
		reading := cluster.PodRole(scope, "GrafanaRole", "Grafana")
		for _, statement := range readingRights(kept) {
			reading.AddToPolicy(statement)
		}
		own.JustifyWildcards(reading, "Reading metrics of CloudWatch takes no resource; the account's metrics are numbers.", `/^Resource::\*$/`)
		before = append(before, reading, on.Identify(scope, "GrafanaIdentity", namespace, reader, reading))
	}
	values["grafana"] = grafanaValues(cluster.CoreOf(p), p, *kept.URL)
	chart := on.Install(scope, "PrometheusStack", charts.PrometheusStack, values)
	chart.Node().AddDependency(before...)
	return chart
}
