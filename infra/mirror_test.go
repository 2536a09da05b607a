package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

// mirrored is where the other platform takes charts and images from.
func mirrored(t *testing.T) charts.Mirror {
	t.Helper()
	p, err := platform.Open("testdata/platform-other.yaml", regions())
	if err != nil || p.Mirror.Registry == "" {
		t.Fatalf("it has no mirror: %q, %v", p.Mirror.Registry, err)
	}
	return p.Mirror.Registry
}

// makers are the hosts from which charts and images come where there is no mirror.
var makers = regexp.MustCompile(`(^|[^/.a-z0-9-])(docker\.io|ghcr\.io|quay\.io|registry\.k8s\.io|public\.ecr\.aws|gcr\.io)/`)

func TestAPlatformWithAMirrorTakesEveryChartAndImageFromIt(t *testing.T) {
	mirror, installed := mirrored(t), 0
	for _, stack := range made(t) {
		if !strings.HasPrefix(stack, "other-") {
			continue
		}
		for name, r := range chartsOf(t, stack) {
			installed++
			if from := text(r.Properties["Repository"]); !strings.HasPrefix(from, "oci://"+string(mirror)+"/") {
				t.Errorf("%s: %s comes from %s", stack, name, from)
			}
			said := text(r.Properties["Values"])
			var values map[string]any
			if err := json.Unmarshal([]byte(said), &values); err != nil {
				t.Fatal(err)
			}
			for _, image := range tableOf(t, r).Images {
				at, _ := at(values, image.Value...).(string)
				if !strings.HasPrefix(at, string(mirror)+"/"+image.Host) {
					t.Errorf("%s: %s of %s comes from %q", stack, image.From(), name, at)
				}
			}
			if other := makers.FindString(said); other != "" {
				t.Errorf("%s: the values of %s name %s", stack, name, other)
			}
		}
	}
	if installed < 3 {
		t.Errorf("%d charts were looked at", installed)
	}
}

// tableOf is what the table says of a chart that is installed.
func tableOf(t *testing.T, r resource) charts.Chart {
	t.Helper()
	for _, c := range charts.All() {
		if c.Name == text(r.Properties["Chart"]) && c.Version == text(r.Properties["Version"]) {
			return c
		}
	}
	t.Fatalf("%v is in no table", r.Properties)
	return charts.Chart{}
}

// Nodes and the provider of charts read a private registry of ECR's with rights
// that AWS keeps (https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html).
func TestNodesAndTheProviderOfChartsMayPullFromPrivateRegistries(t *testing.T) {
	for stack, want := range map[string]map[string]string{
		clusterStack:    {"NodeRole": "AmazonEC2ContainerRegistryPullOnly", "ClusterKubectlProviderHandler": "AmazonEC2ContainerRegistryReadOnly"},
		"other-cluster": {"KubectlProviderHandler": "AmazonEC2ContainerRegistryReadOnly"},
	} {
		for prefix, policy := range want {
			found := false
			for id, role := range read(t, stack).ofType("AWS::IAM::Role") {
				found = found || strings.HasPrefix(id, prefix) && strings.Contains(strings.Join(texts(role.Properties["ManagedPolicyArns"]), " "), ":policy/"+policy)
			}
			if !found {
				t.Errorf("%s: no role %s… has %s", stack, prefix, policy)
			}
		}
	}
}
