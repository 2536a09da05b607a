package charts_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/charts"
)

var (
	pinned = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+$`)
	label  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,52}$`)
	minor  = regexp.MustCompile(`^1\.[0-9]{2}$`)
)

func TestEveryChartIsPinnedAndSaysWhereItWasLookedUp(t *testing.T) {
	for _, c := range charts.All() {
		switch {
		case !pinned.MatchString(c.Version) || !pinned.MatchString(c.App):
			t.Errorf("%s: version %q, app %q: want both whole, a range is another chart tomorrow", c.Name, c.Version, c.App)
		case !label.MatchString(c.Release) || !label.MatchString(c.Namespace):
			t.Errorf("%s: release %q in namespace %q", c.Name, c.Release, c.Namespace)
		case len(c.Workloads) > 0 && !strings.HasPrefix(c.Keys, "https://"):
			t.Errorf("%s: %q says nothing about where the keys of its values were looked up", c.Name, c.Keys)
		case !strings.HasPrefix(c.Source, "https://"):
			t.Errorf("%s: %q says nothing about where it was looked up", c.Name, c.Source)
		case !minor.MatchString(c.Oldest) || c.Newest != "" && !minor.MatchString(c.Newest):
			t.Errorf("%s is for %s", c.Name, c.Range())
		}
	}
}

// The CDK's provider takes the folder that helm unpacked an OCI chart into from
// the end of the repository.
func TestAnOCIRepositoryEndsInTheNameOfItsChart(t *testing.T) {
	for _, c := range charts.All() {
		if c.OCI() != strings.HasSuffix(c.Repository, "/"+c.Name) {
			t.Errorf("%s: %s", c.Name, c.Repository)
		}
		if !c.OCI() && !strings.HasPrefix(c.Repository, "https://") {
			t.Errorf("%s: %s is neither an index nor a registry", c.Name, c.Repository)
		}
	}
}

func TestNoTwoChartsOfAPlatformTakeTheSameRelease(t *testing.T) {
	seen := map[string]string{}
	for _, c := range charts.All() {
		key := c.Namespace + "/" + c.Release
		if other, ok := seen[key]; ok && other != c.Name {
			t.Errorf("%s and %s are both %s", other, c.Name, key)
		}
		seen[key] = c.Name
	}
}

func TestAChartFitsTheVersionsOfItsRange(t *testing.T) {
	bounded := charts.Chart{Oldest: "1.9", Newest: "1.35"}
	open := charts.Chart{Oldest: "1.25"}
	for _, c := range []struct {
		chart   charts.Chart
		version string
		want    bool
	}{
		{bounded, "1.8", false}, {bounded, "1.9", true}, {bounded, "1.10", true}, {bounded, "1.35", true}, {bounded, "1.36", false},
		{open, "1.24", false}, {open, "1.25", true}, {open, "1.99", true}, {open, "2.30", false}, {open, "", false}, {bounded, "v1.30", false},
	} {
		if got := c.chart.Fits(c.version); got != c.want {
			t.Errorf("%s is for %q: %t, want %t", c.chart.Range(), c.version, got, c.want)
		}
	}
}

// It calls the scheduler's own code, which has to be that of the cluster's version
// (https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler#releases).
func TestTheClusterAutoscalerHasAnImageOfEachVersionItIsFor(t *testing.T) {
	for _, version := range []string{"1.33", "1.34", "1.35", "1.36"} {
		if !charts.ClusterAutoscaler.Fits(version) || !strings.HasPrefix(charts.AutoscalerImages[version], "v"+version+".") {
			t.Errorf("the image for %s is %q", version, charts.AutoscalerImages[version])
		}
	}
	if n := len(charts.AutoscalerImages); n != 4 {
		t.Errorf("there are %d images: those outside of the range are never used", n)
	}
}
