package addons

import "github.com/sluice-flink/sluice/infra/constructs/cluster"

// metricsServer are its values.
func metricsServer(core cluster.Core) map[string]any {
	return map[string]any{
		"replicas":                  2,
		"topologySpreadConstraints": apart("app.kubernetes.io/name", "metrics-server"),
		"podDisruptionBudget":       map[string]any{"enabled": true, "minAvailable": 1},
		"resources":                 cluster.Needs("100m", "256Mi"),
		"nodeSelector":              core.NodeSelector,
		"tolerations":               core.Tolerations,
	}
}
