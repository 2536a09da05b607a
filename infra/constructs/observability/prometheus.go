package observability

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/dashboards"
	"github.com/sluice-flink/sluice/infra/platform"
)

// bufferHours is how long Prometheus itself keeps what it also sends away: for a
// look from inside the cluster, and for as long as the workspace does not answer.
const bufferHours = 6

// off is a part of the chart that is left out.
var off = map[string]any{"enabled": false}

// prometheusValues are those of the chart but for Grafana's.
// What EKS runs itself has no address to read metrics at, and those of the API
// server are the most of all. Rules are left out with the alert manager: alarms are
// CloudWatch's. Webhooks that check rules go with them, so no pod of the chart has to
// run before there is a node for it.
func prometheusValues(core cluster.Core, p platform.Platform, workspace string) map[string]any {
	return map[string]any{
		"alertmanager":          off,
		"defaultRules":          map[string]any{"create": false},
		"kubeApiServer":         off,
		"kubeControllerManager": off,
		"kubeScheduler":         off,
		"kubeEtcd":              off,
		"kubeProxy":             off,
		"prometheusOperator": map[string]any{
			"admissionWebhooks": off,
			"tls":               off,
			"resources":         cluster.Needs("50m", "256Mi"),
			"nodeSelector":      core.NodeSelector,
			"tolerations":       core.Tolerations,
			"prometheusConfigReloader": map[string]any{
				"resources": cluster.Needs("10m", "64Mi"),
			},
		},
		"kube-state-metrics": map[string]any{
			"metricLabelsAllowlist": []any{"nodes=[" + strings.Join(dashboards.NodeLabels, ",") + "]"},
			"resources":             cluster.Needs("50m", "256Mi"),
			"nodeSelector":          core.NodeSelector,
			"tolerations":           core.Tolerations,
		},
		// On every node: the chart tolerates every taint that keeps pods away.
		"prometheus-node-exporter": map[string]any{
			"priorityClassName": "system-node-critical",
			"resources":         cluster.Needs("20m", "64Mi"),
		},
		"prometheus": map[string]any{
			"serviceAccount": map[string]any{"create": true, "name": writer},
			"prometheusSpec": server(core, p, workspace),
		},
	}
}

// ofMachinery are beginnings of metrics that are read and not sent: what the parts of
// Kubernetes and of this stack say of their own inside, which is most of all series
// and of use to who looks now, in Prometheus itself. Every sample that is sent is paid for.
var ofMachinery = []string{
	"go", "process", "promhttp", "prometheus", "grafana", "net_conntrack", "scrape",
	"apiserver", "kubelet", "kubernetes", "rest_client", "workqueue", "authentication", "authorization", "csi", "storage", "volume_manager",
	"aws_sdk", "client_go", "controller_runtime", "leader_election", "operator_(node|nodeclaim|nodepool|ec2nodeclass)_status_condition",
	"container_(blkio|file|fs|last|memory_failures|pressure|sockets|spec|start|tasks|threads|ulimits)",
}

// server is the Prometheus itself. It has one replica and no volume: where it is
// started anew, some minutes are missing.
func server(core cluster.Core, p platform.Platform, workspace string) map[string]any {
	return map[string]any{
		"scrapeInterval": fmt.Sprintf("%ds", p.Observability.ScrapeSeconds),
		"retention":      fmt.Sprintf("%dh", bufferHours),
		"externalLabels": map[string]any{"cluster": p.ClusterName()},
		// Monitors of ours, and of whoever else makes some, carry no label of the chart's.
		"podMonitorSelectorNilUsesHelmValues":     false,
		"serviceMonitorSelectorNilUsesHelmValues": false,
		// https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-onboard-ingest-metrics-new-Prometheus.html
		"remoteWrite": []any{map[string]any{
			"url":         workspace + "/api/v1/remote_write",
			"sigv4":       map[string]any{"region": p.Region},
			"queueConfig": map[string]any{"maxSamplesPerSend": 1000, "maxShards": 200, "capacity": 2500},
			"writeRelabelConfigs": []any{map[string]any{
				"action": "drop", "sourceLabels": []any{"__name__"}, "regex": "(" + strings.Join(ofMachinery, "|") + ")_.*",
			}},
		}},
		"priorityClassName": "system-cluster-critical",
		"resources":         cluster.Needs("300m", "2Gi"),
		"nodeSelector":      core.NodeSelector,
		"tolerations":       core.Tolerations,
	}
}
