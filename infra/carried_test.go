package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// The objects that are tried on a real Kubernetes API are those that the stacks carry.
func TestStacksCarryEveryObjectOfAPlatform(t *testing.T) {
	for _, file := range platformFiles {
		p, err := platform.Open(file, regions())
		if err != nil {
			t.Fatal(err)
		}
		var namespaces []kubernetes.Object
		for _, team := range p.Teams {
			namespaces = append(namespaces, kubernetes.Namespace(team))
			carries(t, p.StackName("team-"+team.Name), "Objects", kubernetes.Always(team))
			if opened := kubernetes.Egress(team); len(opened) > 0 {
				carries(t, p.StackName("team-"+team.Name), "Egress", opened)
			}
		}
		carries(t, p.StackName("flink-operator"), "Namespaces", namespaces)
		carries(t, p.StackName("flink-operator"), "FencePolicy", kubernetes.FencePolicy())
		if p.Observability.Metrics {
			carries(t, p.StackName("observability"), "Monitors", kubernetes.Monitors(p))
		}
	}
}

// carries holds what a stack applies under an id against objects. The CDK writes a
// label into them, by which it finds those that left.
func carries(t *testing.T, stack, id string, want []kubernetes.Object) {
	t.Helper()
	found := false
	for logical, r := range read(t, stack).ofType(kubeObject) {
		if len(logical) != len(id)+hash || !strings.HasPrefix(logical, id) {
			continue
		}
		found = true
		var got []kubernetes.Object
		if err := json.Unmarshal([]byte(text(r.Properties["Manifest"])), &got); err != nil {
			t.Fatal(err)
		}
		for _, object := range got {
			withoutPruneLabel(object["metadata"].(map[string]any))
		}
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
			t.Errorf("%s carries other objects under %s (-want +got):\n%s", stack, logical, diff)
		}
	}
	if !found {
		t.Errorf("%s carries nothing under %s", stack, id)
	}
}

func withoutPruneLabel(metadata map[string]any) {
	labels, _ := metadata["labels"].(map[string]any)
	for label := range labels {
		if strings.HasPrefix(label, "aws.cdk.eks/prune-") {
			delete(labels, label)
		}
	}
	if len(labels) == 0 {
		delete(metadata, "labels")
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
