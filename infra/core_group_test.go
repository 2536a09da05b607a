package main

import (
	"encoding/json"
	"testing"

	quantities "k8s.io/apimachinery/pkg/api/resource"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

// asked is what pods ask their node for: cores and GiB.
type asked struct{ cores, gib float64 }

// smallestCore is the smallest type of node that the core group has unless the file
// says otherwise: xlarge has four cores, m four GiB for each
// (https://aws.amazon.com/ec2/instance-types/m7g/).
var smallestCore = asked{4, 16}

// The parts of the platform itself share the core group with what EKS keeps there
// and what comes to it while a release of a chart is under way: they ask for three
// fifths of its least at most, and none for more than half a node.
func TestWhatThePlatformRunsFitsTheCoreGroupAtItsLeast(t *testing.T) {
	p, err := platform.Open("platform.yaml", regions())
	if err != nil {
		t.Fatal(err)
	}
	nodes := float64(p.Cluster.NodeGroups.Core.Min)
	var all asked
	for _, stack := range []string{addOnsStack, "sluice-flink-operator", "sluice-observability", webPagesStack} {
		for chart, r := range chartsOf(t, stack) {
			if stack == webPagesStack && chart != charts.LoadBalancerController.Name {
				continue // the usual file does not ask for it, and has the others
			}
			var values map[string]any
			if err := json.Unmarshal([]byte(text(r.Properties["Values"])), &values); err != nil {
				t.Fatal(err)
			}
			sum := asked{}
			requests(values, 1, func(path string, times float64, one asked) {
				if one.cores > smallestCore.cores/2 || one.gib > smallestCore.gib/2 {
					t.Errorf("%s: %s asks for %g cores and %g GiB, a node has %g and %g", chart, path, one.cores, one.gib, smallestCore.cores, smallestCore.gib)
				}
				sum.cores, sum.gib = sum.cores+times*one.cores, sum.gib+times*one.gib
			})
			if sum == (asked{}) && chart != "karpenter-crd" {
				t.Errorf("%s asks for nothing: its pods are the first to be ended", chart)
			}
			all.cores, all.gib = all.cores+sum.cores, all.gib+sum.gib
		}
	}
	if share := 0.6 * nodes; all.cores > share*smallestCore.cores || all.gib > share*smallestCore.gib {
		t.Errorf("the platform's own pods ask for %g cores and %g GiB, and %g nodes have %g and %g", all.cores, all.gib, nodes, nodes*smallestCore.cores, nodes*smallestCore.gib)
	}
}

// requests finds what the values of a chart ask for, and how often: as many times
// as the nearest number of replicas around it says, else each node once.
func requests(values any, times float64, found func(path string, times float64, one asked)) {
	var walk func(path string, v any, times float64)
	walk = func(path string, v any, times float64) {
		node, is := v.(map[string]any)
		if !is {
			return
		}
		for _, key := range []string{"replicas", "replicaCount"} {
			if n, is := node[key].(float64); is {
				times = n
			}
		}
		if r, is := node["requests"].(map[string]any); is {
			found(path, times, asked{amount(r["cpu"]), amount(r["memory"]) / (1 << 30)})
		}
		for key, inner := range node {
			walk(path+"."+key, inner, times)
		}
	}
	walk("", values, times)
}

func amount(v any) float64 {
	q := quantities.MustParse(v.(string))
	return q.AsApproximateFloat64()
}
