package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAValueThatTheChartDoesNotKnowIsAFault(t *testing.T) {
	known := map[string]any{
		"replicas": 1, "tolerations": []any{},
		"image":        map[string]any{"tag": ""},
		"resources":    map[string]any{},
		"nodeSelector": map[string]any{"kubernetes.io/os": "linux"},
	}
	given := map[string]any{
		"replicas": 2, "replicaCount": 2, "tolerations": []any{map[string]any{"key": "a"}},
		"image":        map[string]any{"tag": "v1", "digest": "sha256:1"},
		"resources":    map[string]any{"requests": map[string]any{"cpu": "1"}},
		"nodeSelector": map[string]any{"sluice.dev/node-group": "core"},
		"retention":    "6h",
	}
	if diff := cmp.Diff([]string{"image.digest", "replicaCount"}, unknown(known, given, "a: 1\n# retention: 24h\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatAChartBringsAlongHasItsOwnValues(t *testing.T) {
	folder := t.TempDir()
	inner := filepath.Join(folder, "charts", "grafana")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		filepath.Join(folder, "values.yaml"): "grafana: {enabled: true, admin: {user: x}}\n",
		filepath.Join(inner, "values.yaml"):  "replicas: 1\nadmin: {password: y}\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	known, text, err := defaults(folder)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]any{"grafana": map[string]any{"replicas": 2, "enabled": true, "admin": map[string]any{"password": "z", "users": 3}}}
	if diff := cmp.Diff([]string{"grafana.admin.users"}, unknown(known, given, text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATemplatesChartsAreFoundWithTheirValues(t *testing.T) {
	const template = `{"Resources": {
		"Other": {"Type": "AWS::SQS::Queue"},
		"Chart": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {
			"Chart": "karpenter", "Release": "karpenter", "Repository": "oci://example.com/karpenter", "Version": "1.0.0", "Namespace": "kube-system",
			"Values": {"Fn::Join": ["", ["{\"settings\":{\"interruptionQueue\":\"", {"Fn::GetAtt": ["Queue", "QueueName"]}, "\"}}"]]}}},
		"Bare": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {"Chart": "definitions", "Version": "1.0.0"}}}}`
	got, err := installedBy("addons", []byte(template))
	if err != nil {
		t.Fatal(err)
	}
	want := []installation{
		{Template: "addons", Chart: "definitions", Version: "1.0.0"},
		{
			Template: "addons", Chart: "karpenter", Release: "karpenter", Repository: "oci://example.com/karpenter", Version: "1.0.0", Namespace: "kube-system",
			Values: map[string]any{"settings": map[string]any{"interruptionQueue": "later"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoChartAtAllIsAFault(t *testing.T) {
	if err := run(nil, "", "", "1.35.0"); err == nil {
		t.Error("nothing was checked, and that was fine")
	}
}
