package kubernetes_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

func watched(p platform.Platform) map[string]any {
	all := map[string]any{}
	for _, object := range kubernetes.Monitors(p) {
		all[meta(object, "name").(string)] = object["spec"].(map[string]any)["namespaceSelector"].(map[string]any)["matchNames"]
	}
	return all
}

func TestAMonitorLooksIntoTheNamespacesThatItIsFor(t *testing.T) {
	p := platform.New()
	p.Teams = append(p.Teams, platform.Team{Name: "b", Namespace: "jobs"})
	want := map[string]any{
		"flink-jobs": []any{"flink-team-a-ns", "jobs"}, "flink-operator": []any{"flink-kubernetes-operator"},
		"karpenter": []any{"kube-system"}, "yunikorn": []any{"yunikorn"},
	}
	if diff := cmp.Diff(want, watched(p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A selector that names no namespace looks into the monitor's own.
func TestWhatIsNotThereIsNotLookedFor(t *testing.T) {
	p := platform.New()
	p.Teams, p.AddOns.YuniKorn, p.AddOns.NodeScaling = nil, false, platform.None
	if diff := cmp.Diff(map[string]any{"flink-operator": []any{"flink-kubernetes-operator"}}, watched(p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The port of the metrics is named three times: by the operator's settings, by the
// monitor, and by the policy that lets Prometheus in.
func TestPrometheusIsLetInAtThePortThatItReads(t *testing.T) {
	open := false
	for _, object := range kubernetes.Team(teamA) {
		if meta(object, "name") != "flink-rest-and-metrics" {
			continue
		}
		for _, rule := range object["spec"].(map[string]any)["ingress"].([]any) {
			from, _ := rule.(map[string]any)["from"].([]any)
			port := rule.(map[string]any)["ports"].([]any)[0].(map[string]any)["port"]
			if len(from) == 1 && cmp.Equal(from[0], map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "monitoring"}}}) {
				open = port == 9249
			}
		}
	}
	if !open {
		t.Error("it is not")
	}
	for _, object := range kubernetes.Monitors(platform.New()) {
		if meta(object, "namespace") != "monitoring" {
			t.Errorf("%s lies in %v", meta(object, "name"), meta(object, "namespace"))
		}
		if meta(object, "name") != "flink-jobs" {
			continue
		}
		endpoint := object["spec"].(map[string]any)["podMetricsEndpoints"].([]any)[0].(map[string]any)
		last := endpoint["relabelings"].([]any)[2].(map[string]any)
		if last["targetLabel"] != "__address__" || last["replacement"] != "$1:9249" {
			t.Errorf("it reads %v", last)
		}
	}
}
