package operator

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// The operator's Flink takes quotes for part of the value: "false" would not be false.
func TestBothOperatorsAreToldWithoutQuotesThatRollbackIsNotTheirs(t *testing.T) {
	p := platform.New()
	p.Region = "eu-west-1"
	for kind, values := range map[string]map[string]any{"Apache": apacheValues(cluster.CoreOf(p), p), "EMR": emrValues(cluster.CoreOf(p), p, "arn")} {
		text := values["defaultConfiguration"].(map[string]any)["flink-conf.yaml"].(string)
		for _, line := range []string{"kubernetes.operator.deployment.rollback.enabled: false\n", "kubernetes.operator.savepoint.cleanup.enabled: false\n", "kubernetes.operator.leader-election.enabled: true\n"} {
			if !strings.Contains(text, line) {
				t.Errorf("%s is not told %q:\n%s", kind, line, text)
			}
		}
		if values["replicas"] != 2 {
			t.Errorf("%s has %v replicas: with one, a node that goes takes the operator along", kind, values["replicas"])
		}
		if watched := values["watchNamespaces"].([]any); len(watched) != 1 || watched[0] != "flink-team-a-ns" {
			t.Errorf("%s watches %v", kind, watched)
		}
	}
}
