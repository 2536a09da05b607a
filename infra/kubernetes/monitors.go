package kubernetes

import (
	_ "embed"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

//go:embed monitors.yaml
var monitors string

// Monitors are what Prometheus reads of what the platform has: each names the
// namespaces that it looks into, so that nobody brings in metrics under another's name.
func Monitors(p platform.Platform) []Object {
	within := map[string][]any{"flink-operator": {charts.EMROperator.Namespace}}
	for _, t := range p.Teams {
		within["flink-jobs"] = append(within["flink-jobs"], t.Namespace)
	}
	if p.AddOns.Karpenter() {
		within["karpenter"] = []any{charts.Karpenter.Namespace}
	}
	if p.AddOns.YuniKorn {
		within["yunikorn"] = []any{charts.YuniKorn.Namespace}
	}
	var all []Object
	for _, object := range objects(monitors, nil) {
		metadata := object["metadata"].(map[string]any)
		namespaces := within[metadata["name"].(string)]
		if namespaces == nil {
			continue // nothing of its kind is there
		}
		metadata["namespace"] = charts.PrometheusStack.Namespace
		object["spec"].(map[string]any)["namespaceSelector"] = map[string]any{"matchNames": namespaces}
		all = append(all, object)
	}
	return all
}
