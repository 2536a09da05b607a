package addons

import "github.com/sluice-flink/sluice/infra/constructs/cluster"

// certManager are its values.
// The definitions stay when the chart is removed: with them would go every
// certificate in the cluster, others' too.
func certManager(core cluster.Core) map[string]any {
	part := func(component, memory string) map[string]any {
		return map[string]any{
			"topologySpreadConstraints": apart("app.kubernetes.io/component", component),
			"replicaCount":              2,
			"podDisruptionBudget":       map[string]any{"enabled": true, "minAvailable": 1},
			"resources":                 cluster.Needs("50m", memory),
			"nodeSelector":              core.NodeSelector,
			"tolerations":               core.Tolerations,
		}
	}
	values := part("controller", "256Mi")
	values["crds"] = map[string]any{"enabled": true, "keep": true}
	values["global"] = map[string]any{
		"priorityClassName": "system-cluster-critical",
		// Its own namespace, so that it needs no rights in kube-system.
		"leaderElection": map[string]any{"namespace": "cert-manager"},
	}
	values["webhook"] = part("webhook", "128Mi")
	values["cainjector"] = part("cainjector", "256Mi")
	// A Job that ends when the webhook answers: with it, ready means ready.
	values["startupapicheck"] = map[string]any{
		"resources": cluster.Needs("50m", "128Mi"), "nodeSelector": core.NodeSelector, "tolerations": core.Tolerations,
	}
	return values
}
