package observability

import (
	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/dashboards"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// plugin is the data source that signs its requests; that of Prometheus itself does
// so no longer
// (https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/aws-authentication/).
// Grafana fetches it when it starts, from grafana.com unless the file says where.
const plugin = "grafana-amazonprometheus-datasource"

// pluginVersion is for Grafana 12.2.5 and newer
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-PromQL-Grafana.html).
const pluginVersion = "3.3.5"

// grafanaValues are those of the chart that the other brings along
// (https://github.com/grafana-community/helm-charts/blob/main/charts/grafana/values.yaml).
// The administrator's password is made by the chart, in the cluster, and kept when
// it is upgraded. Nothing is kept in Grafana itself: its dashboards are objects of
// the cluster, and the sidecar that loads them reads those of this namespace alone.
func grafanaValues(core cluster.Core, p platform.Platform, workspace string) map[string]any {
	if !p.Observability.Grafana {
		return off
	}
	namespace := charts.PrometheusStack.Namespace
	return map[string]any{
		"serviceAccount":           map[string]any{"name": reader},
		"rbac":                     map[string]any{"namespaced": true},
		"testFramework":            off,
		"defaultDashboardsEnabled": false, // they are made of rules, which there are none of
		"plugins":                  []any{pluginOf(p.Mirror)},
		"grafana.ini": map[string]any{
			"auth": map[string]any{"sigv4_auth_enabled": true},
			// The default list of who is told how to sign knows no plugin of this name.
			"aws":       map[string]any{"forward_settings_to_plugins": "cloudwatch, prometheus, " + plugin},
			"analytics": map[string]any{"check_for_updates": false, "reporting_enabled": false},
			"users":     map[string]any{"allow_sign_up": false},
		},
		"sidecar": map[string]any{
			"resources":   cluster.Needs("20m", "128Mi"),
			"dashboards":  map[string]any{"searchNamespace": namespace, "resource": "configmap"},
			"datasources": map[string]any{"searchNamespace": namespace, "resource": "configmap", "defaultDatasourceEnabled": false},
		},
		"additionalDataSources": dataSources(p, workspace),
		"resources":             cluster.Needs("100m", "512Mi"),
		"nodeSelector":          core.NodeSelector,
		"tolerations":           core.Tolerations,
	}
}

// pluginOf is what the chart is told of the plugin: id@version, and from where.
func pluginOf(m platform.Mirror) string {
	if m.GrafanaPlugin != "" {
		return plugin + "@" + pluginVersion + "@" + m.GrafanaPlugin
	}
	return plugin + "@" + pluginVersion
}

// Commands that open Grafana, for whoever administers the cluster: it has no address
// outside of it, and teams have no rights in its namespace.
const (
	ReachGrafana    = "kubectl -n monitoring port-forward svc/kube-prometheus-stack-grafana 3000:80"
	GrafanaPassword = "kubectl -n monitoring get secret kube-prometheus-stack-grafana -o jsonpath='{.data.admin-password}' | base64 -d"
)

// dataSources are the two that dashboards name by their uid. Both take the rights
// of Grafana's pod identity.
func dataSources(p platform.Platform, workspace string) []any {
	return []any{
		map[string]any{
			"name": "Metrics", "uid": dashboards.Metrics, "type": plugin, "access": "proxy", "isDefault": true, "url": workspace,
			"jsonData": map[string]any{"sigV4Auth": true, "sigV4AuthType": "default", "sigV4Region": p.Region, "httpMethod": "POST"},
		},
		map[string]any{
			"name": "CloudWatch", "uid": dashboards.CloudWatch, "type": "cloudwatch", "access": "proxy",
			"jsonData": map[string]any{"authType": "default", "defaultRegion": p.Region},
		},
	}
}

// dashboardObject is a dashboard as Grafana's sidecar looks for it.
func dashboardObject(d dashboards.Dashboard) kubernetes.Object {
	return kubernetes.Object{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{
			"name": "dashboard-" + d.Name, "namespace": charts.PrometheusStack.Namespace,
			"labels": map[string]any{"grafana_dashboard": "1"},
		},
		"data": map[string]any{d.Name + ".json": d.JSON()},
	}
}
