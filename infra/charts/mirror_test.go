package charts_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/charts"
)

const mirror = charts.Mirror("registry.example.com/mirror")

var (
	host      = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	imageName = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$`)
	tag       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$`)
)

// at follows keys into values.
func at(values any, path []string) any {
	for _, key := range path {
		below, _ := values.(map[string]any)
		values = below[key]
	}
	return values
}

func TestEveryImageIsPinnedAndHasAValueOfItsOwn(t *testing.T) {
	for _, c := range charts.All() {
		seen := map[string]bool{}
		for _, i := range c.Images {
			if !host.MatchString(i.Host) || !imageName.MatchString(i.Name) || !tag.MatchString(i.Tag) || strings.Contains(i.Tag, "latest") {
				t.Errorf("%s: %s", c.Name, i.From())
			}
			key := strings.Join(i.Value, "/") + " " + i.Kubernetes
			if seen[key] || len(i.Value) == 0 {
				t.Errorf("%s: %s is said by %q, and so is another", c.Name, i.From(), key)
			}
			seen[key] = true
		}
		// EMR's lie in a registry of AWS's in each region; definitions run nothing.
		if c.Workloads != nil && c.Repository != charts.EMROperator.Repository && len(c.Images) == 0 {
			t.Errorf("%s runs %v and names no image: say which in image_table.go, and where its values say it", c.Name, c.Workloads)
		}
	}
}

func TestWithAMirrorTheValuesOfEachChartNameEachImageThere(t *testing.T) {
	for _, c := range charts.All() {
		values := mirror.Values(c, map[string]any{"image": map[string]any{"tag": "given"}, "replicas": 2})
		for _, i := range c.Images {
			said, _ := at(values, i.Value).(string)
			if !strings.HasPrefix(said, "registry.example.com/mirror/"+i.Host) || !strings.HasPrefix(mirror.Image(i), said) {
				t.Errorf("%s: %s is said to be at %q", c.Name, i.From(), said)
			}
		}
		if at(values, []string{"image", "tag"}) != "given" || at(values, []string{"replicas"}) != 2 {
			t.Errorf("%s: what was said before is %v", c.Name, values)
		}
	}
}

func TestAValueHoldsAsMuchOfTheNameAsItsChartWants(t *testing.T) {
	image := charts.Image{Host: "quay.io", Name: "a/b", Tag: "v1", Value: []string{"x", "y.z"}}
	for part, want := range map[charts.Part]string{
		charts.Repository: "registry.example.com/mirror/quay.io/a/b",
		charts.Registry:   "registry.example.com/mirror/quay.io",
		charts.Whole:      "registry.example.com/mirror/quay.io/a/b:v1",
	} {
		image.Says = part
		got := mirror.Values(charts.Chart{Images: []charts.Image{image}}, nil)
		if diff := cmp.Diff(map[string]any{"x": map[string]any{"y.z": want}}, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", part, diff)
		}
	}
}

func TestAChartOfAnIndexAndOneOfARegistryAreFoundAtTheMirrorByTheirNamesOutside(t *testing.T) {
	for _, c := range []struct{ name, from, to string }{
		{"metrics-server", "https://kubernetes-sigs.github.io/metrics-server/", "oci://registry.example.com/mirror/kubernetes-sigs.github.io/metrics-server/metrics-server"},
		{"cert-manager", "oci://quay.io/jetstack/charts/cert-manager", "oci://registry.example.com/mirror/quay.io/jetstack/charts/cert-manager"},
	} {
		got := mirror.Chart(charts.Chart{Name: c.name, Repository: c.from, Version: "1.0.0"})
		if got.Repository != c.to || got.Version != "1.0.0" || !got.OCI() {
			t.Errorf("%s is at %s %s", c.from, got.Repository, got.Version)
		}
	}
	for _, c := range charts.All() {
		if there := mirror.Chart(c); !strings.HasSuffix(there.Repository, "/"+c.Name) || !imageName.MatchString(strings.TrimPrefix(there.Repository, "oci://registry.example.com/")) {
			t.Errorf("%s is at %s, which ECR does not take, or helm unpacks elsewhere", c.Name, there.Repository)
		}
	}
}

func TestWithoutAMirrorNothingChanges(t *testing.T) {
	for _, c := range charts.All() {
		if diff := cmp.Diff(c, charts.Mirror("").Chart(c)); diff != "" {
			t.Errorf("%s:\n%s", c.Name, diff)
		}
		if got := charts.Mirror("").Values(c, nil); got != nil {
			t.Errorf("%s: %v", c.Name, got)
		}
		for _, i := range c.Images {
			if charts.Mirror("").Image(i) != i.From() {
				t.Errorf("%s: %s", c.Name, charts.Mirror("").Image(i))
			}
		}
	}
}

func TestValuesThatAreGivenStayAsTheyAre(t *testing.T) {
	given := map[string]any{"image": map[string]any{"tag": "v1"}}
	mirror.Values(charts.MetricsServer, given)
	if diff := cmp.Diff(map[string]any{"image": map[string]any{"tag": "v1"}}, given); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOfTheClusterAutoscalersImagesAClusterNeedsThatOfItsVersion(t *testing.T) {
	got := charts.ClusterAutoscaler.ImagesFor("1.34")
	if len(got) != 1 || got[0].Tag != charts.AutoscalerImages["1.34"] {
		t.Errorf("%v", got)
	}
	if others := charts.CertManager.ImagesFor("1.34"); !slices.EqualFunc(others, charts.CertManager.Images, func(a, b charts.Image) bool { return a.From() == b.From() }) {
		t.Errorf("%v", others)
	}
}
