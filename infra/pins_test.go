package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

// named are all places in files that name a version, by what a pattern's group finds.
func named(t *testing.T, pattern string, files ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(raw), -1) {
			found[file+": "+match[0]] = match[1]
		}
	}
	return found
}

func below(t *testing.T, root, suffix string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, suffix) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWhateverNamesTheVersionOfAThingNamesTheSame(t *testing.T) {
	documents := append(below(t, "../docs", ".md"), "../README.md")
	committed := below(t, "testdata/platform", ".json")
	for what, c := range map[string]struct {
		want    string
		pattern string
		files   []string
		least   int
	}{
		"EMR's release in the operator's values": {charts.EMROperator.Version, `emr-([0-9.]+)-flink-k8s-operator`, committed, 1},
		"EMR's release in examples":              {charts.EMROperator.Version, `(?m)^\s*emrReleaseLabel: emr-([0-9.]+)-flink`, below(t, "../examples", ".yaml"), 10},
		"Apache's operator in its repository":    {charts.ApacheOperator.Version, `flink-kubernetes-operator-([0-9.]+)/`, []string{"charts/table.go"}, 1},
		"YuniKorn in documents":                  {charts.YuniKorn.Version, `YuniKorn v?([0-9]+\.[0-9]+\.[0-9]+)`, documents, 1},
		"Karpenter in documents":                 {charts.Karpenter.Version, `Karpenter v?([0-9]+\.[0-9]+\.[0-9]+)`, documents, 0},
		"cfn-lint":                               {"1.58.0", `cfn-lint==([0-9.]+[0-9])`, []string{"lint_test.go", "../CONTRIBUTING.md"}, 2},
		"Kubernetes in the file people copy":     {platform.New().Cluster.Version, `(?m)^\s+version: "([0-9.]+)"`, []string{"platform.yaml"}, 1},
	} {
		found := named(t, c.pattern, c.files...)
		if len(found) < c.least {
			t.Errorf("%s: named %d times, want at least %d: the pattern does not fit any more", what, len(found), c.least)
		}
		for place, version := range found {
			if version != c.want {
				t.Errorf("%s: %s, and elsewhere it is %s", what, place, c.want)
			}
		}
	}
}

// kubectl works with API servers one minor version older to one newer
// (https://kubernetes.io/releases/version-skew-policy/#kubectl).
func TestKubectlsLayerFitsEveryVersionOfACluster(t *testing.T) {
	layers := named(t, `lambda-layer-kubectl-v([0-9]+)`, "../package.json", "stacks/platform.go")
	if len(layers) != 2 {
		t.Fatalf("the layer is named by %v", layers)
	}
	for place, version := range layers {
		minor, err := strconv.Atoi(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, near := range platform.Versions {
			if kubernetes, err := strconv.Atoi(strings.TrimPrefix(near, "1.")); err != nil || kubernetes < minor-1 || kubernetes > minor+1 {
				t.Errorf("%s, and a cluster may have %s", place, near)
			}
		}
	}
}

// Helm leaves definitions that a chart brings along as they are, so they are a chart
// of their own, and a controller of another version would miss fields.
func TestDefinitionsAreThoseOfTheController(t *testing.T) {
	for _, stack := range made(t) {
		var versions []string
		for _, r := range read(t, stack).ofType(helmChart) {
			if strings.HasPrefix(text(r.Properties["Chart"]), "karpenter") {
				versions = append(versions, text(r.Properties["Version"]))
			}
		}
		if len(versions) > 0 && (len(versions) != 2 || len(slices.Compact(versions)) != 1) {
			t.Errorf("%s installs Karpenter and its definitions in versions %v", stack, versions)
		}
	}
}
