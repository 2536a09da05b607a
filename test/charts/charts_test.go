package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/charts"
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

const rendered = `
kind: CustomResourceDefinition
spec: {properties: {image: ghcr.io/described/only:v1}}
---
kind: Deployment
metadata: {labels: {app.kubernetes.io/name: a}}
spec:
  template:
    spec:
      initContainers: [{name: first, image: busybox}]
      containers:
        - image: "quay.io/a/server:v1@sha256:0000000000000000000000000000000000000000000000000000000000000000"
          args: ["--reloader=quay.io/a/reloader:v1", --leader-elect=true, "--url=https://quay.io/a/b:1", "--path=/quay.io/a:b"]
---
kind: Prometheus
spec: {image: "grafana/grafana:1.0"}
---
kind: ConfigMap
data: {placeholder: "registry.k8s.io/pause:3.7", text: "see quay.io/a/b:v1 for more", host: "example.com/path"}
`

func TestImagesAreFoundInFieldsArgumentsAndConfiguration(t *testing.T) {
	got, err := imagesIn(rendered)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"docker.io/grafana/grafana:1.0", "docker.io/library/busybox", "quay.io/a/reloader:v1",
		"quay.io/a/server:v1@sha256:0000000000000000000000000000000000000000000000000000000000000000", "registry.k8s.io/pause:3.7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnImageThatIsNotOnTheListAndOneThatIsNotRenderedAreFaults(t *testing.T) {
	chart := charts.Chart{Name: "a", Images: []charts.Image{{Host: "quay.io", Name: "a/b", Tag: "v1"}, {Host: "quay.io", Name: "a/old", Tag: "v1"}}}
	err := judgeImages(chart, elsewhere, "kind: Pod\nspec: {containers: [{image: \"registry.example.com/mirror/quay.io/a/b:v1\"}, {image: \"quay.io/a/new:v1\"}]}\n")
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "it does not name registry.example.com/mirror/quay.io/a/old:v1, which") || !strings.Contains(lines[1], "it names quay.io/a/new:v1, which") {
		t.Errorf("%v", err)
	}
	if err := judgeImages(charts.EMROperator, "", "kind: Pod\nspec: {containers: [{image: \"059004520145.dkr.ecr.ap-northeast-1.amazonaws.com/flink:1\"}]}\n"); err != nil {
		t.Errorf("of AWS's own: %v", err)
	}
}

func TestWhereATemplateTakesAChartFromIsToldByItsRepository(t *testing.T) {
	for _, from := range []charts.Mirror{"", "registry.example.cn/a/b"} {
		for _, c := range charts.All() {
			if got := mirrorOf(installation{Repository: from.Chart(c).Repository}, c); got != from {
				t.Errorf("%s from %q: %q", c.Name, from, got)
			}
		}
	}
}

func TestOfTheImagesForVersionsOfKubernetesOneIsEnough(t *testing.T) {
	chart := charts.Chart{Images: []charts.Image{{Host: "quay.io", Name: "a", Tag: "v34", Kubernetes: "1.34"}, {Host: "quay.io", Name: "a", Tag: "v35", Kubernetes: "1.35"}}}
	for image, want := range map[string]int{"quay.io/a:v34": 0, "quay.io/a:v35": 0, "quay.io/a:v36": 3} {
		got := 0
		if err := judgeImages(chart, "", "kind: Pod\nspec: {containers: [{image: \""+image+"\"}]}\n"); err != nil {
			got = strings.Count(err.Error(), "image_table.go")
		}
		if got != want {
			t.Errorf("%s: %d faults, want %d", image, got, want)
		}
	}
}
