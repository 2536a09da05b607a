package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/charts"
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
		pod := values["operatorPod"].(map[string]any)
		want := map[string]any{
			"nodeSelector":      map[string]any{"kubernetes.io/os": "linux", "sluice.dev/node-group": "core"},
			"tolerations":       []any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}},
			"priorityClassName": "system-cluster-critical",
			"resources":         map[string]any{"requests": map[string]any{"cpu": "250m", "memory": "1Gi"}, "limits": map[string]any{"memory": "1Gi"}},
			// docs/benchmarks.md: what a release waits for is an address that is forgotten late.
			"env": []any{map[string]any{"name": "JAVA_TOOL_OPTIONS", "value": "-Dsun.net.inetaddr.ttl=1 -Dsun.net.inetaddr.negative.ttl=1"}},
		}
		if diff := cmp.Diff(want, pod); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		if values["replicas"] != 2 {
			t.Errorf("%s has %v replicas: with one, a node that goes takes the operator along", kind, values["replicas"])
		}
		if watched := values["watchNamespaces"].([]any); len(watched) != 1 || watched[0] != "flink-team-a-ns" {
			t.Errorf("%s watches %v", kind, watched)
		}
	}
}

// EMR's chart elects a leader by a switch of its own, and knows its image by the release.
func TestEMRsChartIsToldItsReleaseItsRoleAndThatThereAreTwo(t *testing.T) {
	p := platform.New()
	p.Region = "eu-west-1"
	values := emrValues(cluster.CoreOf(p), p, "arn:aws:iam::111122223333:role/operator")
	want := map[string]any{"awsRegion": "eu-west-1", "emrReleaseLabel": "emr-" + charts.EMROperator.Version + "-flink-k8s-operator-latest", "operatorExecutionRoleArn": "arn:aws:iam::111122223333:role/operator"}
	if diff := cmp.Diff(any(want), values["emrContainers"]); diff != "" || values["highAvailabilityEnabled"] != true {
		t.Errorf("two at once: %v (-want +got):\n%s", values["highAvailabilityEnabled"], diff)
	}
}

// Without cert-manager nobody makes the certificate of the webhook, and no pod starts.
func TestApachesWebhookIsThereWhereItHasACertificate(t *testing.T) {
	for _, certificates := range []bool{true, false} {
		p := platform.New()
		p.AddOns.CertManager = certificates
		if diff := cmp.Diff(any(map[string]any{"create": certificates}), apacheValues(cluster.CoreOf(p), p)["webhook"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
