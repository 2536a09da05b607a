package platform_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/platform"
)

func TestAddOnsThatCannotBeAreSaidWithTheirLineAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"no kind of scaling":         {"region: eu-west-1\naddOns: {nodeScaling: Some}\n", `line 2: addOns.nodeScaling: "Some": say Karpenter, ClusterAutoscaler, Both or None`},
		"groups that nobody grows":   {"region: eu-west-1\naddOns: {nodeScaling: Karpenter}\n", "with Karpenter nobody adds a node to cluster.nodeGroups onDemand and spot"},
		"nothing for an autoscaler":  {"region: eu-west-1\naddOns: {nodeScaling: ClusterAutoscaler}\ncluster: {nodeGroups: {core: {min: 2, max: 2, diskGiB: 50}, onDemand: {max: 0, diskGiB: 50}, spot: {max: 0, diskGiB: 50}}}\n", "addOns.nodeScaling: ClusterAutoscaler has nothing to do"},
		"two autoscalers on a group": {"region: eu-west-1\naddOns: {pools: [{name: spot}]}\n", "addOns.pools[0].name: spot is a managed node group: both autoscalers would add nodes"},
		"a pool twice":               {"region: eu-west-1\naddOns: {pools: [{name: jobs}, {name: jobs}]}\n", "addOns.pools[1].name: there is a pool jobs already"},
		"a pool of no form":          {"region: eu-west-1\naddOns: {pools: [{name: Jobs}]}\n", `addOns.pools[0].name: "Jobs": a lower-case letter`},
		"Karpenter without a pool":   {"region: eu-west-1\naddOns: {pools: []}\n", "addOns.pools: Karpenter makes no node without a pool"},
		"pools without Karpenter":    {"region: eu-west-1\naddOns: {nodeScaling: ClusterAutoscaler, pools: [{name: jobs}]}\n", "addOns.pools: they are Karpenter's, and nodeScaling is ClusterAutoscaler"},
		"a pool of no architecture":  {"region: eu-west-1\naddOns: {pools: [{name: jobs, architecture: amd64}]}\n", `addOns.pools[0].architecture: "amd64": say arm64 or x86_64`},
		"a pool of no category":      {"region: eu-west-1\naddOns: {pools: [{name: jobs, categories: [c7g.large]}]}\n", "addOns.pools[0].categories[0]: \"c7g.large\" is no category"},
		"a pool with a small disk":   {"region: eu-west-1\naddOns: {pools: [{name: jobs, diskGiB: 8}]}\n", "addOns.pools[0].diskGiB: 8: between 20 and 16384"},
		"no certificates":            {"region: eu-west-1\naddOns: {certManager: false}\n", "addOns.certManager: the cluster is a new one"},
		"a chart that does not fit":  {"region: eu-west-1\ncluster: {existing: {name: main, version: \"1.36\"}}\n", "addOns: yunikorn 1.8.0 is for Kubernetes 1.24 to 1.35, and the cluster has 1.36: turn the add-on off"},
		"a cluster of no version":    {"region: eu-west-1\ncluster: {existing: {name: main}}\n", `cluster.existing.version: "": as "1.35"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := platform.Read("f.yaml", []byte(c.text), regions)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestAPoolHasTheClustersArchitectureAndTheBlueprintsLabel(t *testing.T) {
	got, err := platform.Read("f.yaml", []byte("region: eu-west-1\ncluster: {architecture: x86_64}\naddOns: {pools: [{name: flink-compute-optimized}, {name: flink-graviton-memory-optimized, architecture: arm64, categories: [r], cpu: 64}]}\n"), regions)
	if err != nil {
		t.Fatal(err)
	}
	want := []platform.Pool{
		{Name: "flink-compute-optimized", Architecture: platform.X86, Categories: []string{"c"}, CPU: 1000, MemoryGiB: 2000, DiskGiB: 100},
		{Name: "flink-graviton-memory-optimized", Architecture: platform.ARM, Categories: []string{"r"}, CPU: 64, MemoryGiB: 2000, DiskGiB: 100},
	}
	if diff := cmp.Diff(want, got.AddOns.Pools); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, want := range []string{"FlinkComputeOptimized", "FlinkGravitonMemoryOptimized"} {
		if label := got.AddOns.Pools[i].GroupType(); label != want {
			t.Errorf("%s has the label %s, want %s", got.AddOns.Pools[i].Name, label, want)
		}
	}
}

func TestWhoeverGrowsNoGroupAloneMaySayThatThereAreNone(t *testing.T) {
	const text = "region: eu-west-1\naddOns: {nodeScaling: Karpenter}\ncluster: {nodeGroups: {onDemand: {max: 0, diskGiB: 50}, spot: {max: 0, diskGiB: 50}}}\n"
	if _, err := platform.Read("f.yaml", []byte(text), regions); err != nil {
		t.Error(err)
	}
}
