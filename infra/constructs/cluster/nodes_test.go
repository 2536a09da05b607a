package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/platform"
)

// With two autoscalers a pod that fits anywhere would get a node of each.
func TestOnlyWithBothAutoscalersAPodHasToSayThatItIsForAManagedGroup(t *testing.T) {
	for scaling, want := range map[platform.NodeScaling]map[string]string{
		platform.Both:              {"core": SystemTaint, "on-demand": GroupLabel, "spot": GroupLabel},
		platform.ClusterAutoscaler: {"core": SystemTaint, "on-demand": "", "spot": ""},
		platform.Karpenter:         {"core": SystemTaint, "on-demand": "", "spot": ""},
	} {
		p := platform.New()
		p.AddOns.NodeScaling = scaling
		got := map[string]string{}
		for _, g := range groups(p) {
			got[g.name] = g.taint
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scaling, diff)
		}
	}
}

func TestAGroupThatMayHaveNoNodeIsNotMade(t *testing.T) {
	p := platform.New()
	p.Cluster.NodeGroups.Spot.Max = 0
	for _, g := range groups(p) {
		if g.name == "spot" {
			t.Errorf("it is: %+v", g)
		}
	}
}
