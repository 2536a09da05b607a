package cluster

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
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

// EKS refuses to change the zones of a cluster.
func TestAThirdZoneIsForNodesAlone(t *testing.T) {
	for zones := 2; zones <= 3; zones++ {
		if got := len(controlPlane(make([]awsec2.ISubnet, zones))); got != 2 {
			t.Errorf("of %d zones the control plane is in %d", zones, got)
		}
	}
}
