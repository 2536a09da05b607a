package platform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/charts"
)

var (
	poolName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)
	category = regexp.MustCompile(`^[a-z]{1,3}$`)
)

// managed are the names of the managed node groups.
var managed = []string{"core", "on-demand", "spot"}

// AddOnCharts are those of the add-ons that are on, in the order of the table.
func (p Platform) AddOnCharts() []charts.Chart {
	a := p.AddOns
	wanted := map[string]bool{
		charts.MetricsServer.Name:          a.MetricsServer,
		charts.CertManager.Name:            a.CertManager,
		charts.ClusterAutoscaler.Name:      a.ClusterAutoscaler(),
		charts.KarpenterCRDs.Name:          a.Karpenter(),
		charts.Karpenter.Name:              a.Karpenter(),
		charts.YuniKorn.Name:               a.YuniKorn,
		charts.LoadBalancerController.Name: p.Ingress.On(),
	}
	return slices.DeleteFunc(charts.All(), func(c charts.Chart) bool { return !wanted[c.Name] })
}

func (p *Platform) checkAddOns(found *faults) {
	if p.Cluster.Existing == nil && !p.AddOns.CertManager {
		found.add("addOns.certManager", "the cluster is a new one, and the Flink operator's webhook has no certificate without it: take the field out")
	}
	p.checkCharts(found)
	switch p.AddOns.NodeScaling {
	case Karpenter, ClusterAutoscaler, Both, None:
	default:
		found.add("addOns.nodeScaling", "%q: say %s, %s, %s or %s", p.AddOns.NodeScaling, Karpenter, ClusterAutoscaler, Both, None)
		return
	}
	if p.Cluster.Existing == nil {
		p.checkWhoGrows(found)
	}
	p.checkPools(found)
}

// checkCharts holds the charts against the cluster's version. What a new cluster
// may have, all charts fit; a version that is none has its own fault.
func (p *Platform) checkCharts(found *faults) {
	if p.Cluster.Existing == nil || !minorVersion.MatchString(p.Cluster.Existing.Version) {
		return
	}
	for _, chart := range p.AddOnCharts() {
		if version := p.Cluster.Existing.Version; !chart.Fits(version) {
			found.add("addOns", "%s %s is for Kubernetes %s, and the cluster has %s: turn the add-on off, or use a cluster of such a version", chart.Name, chart.Version, chart.Range(), version)
		}
	}
}

// checkWhoGrows finds groups that nobody grows, and an autoscaler with nothing to do.
func (p *Platform) checkWhoGrows(found *faults) {
	groups := []struct {
		name string
		NodeGroup
	}{{"core", p.Cluster.NodeGroups.Core}, {"onDemand", p.Cluster.NodeGroups.OnDemand}, {"spot", p.Cluster.NodeGroups.Spot}}
	var idle []string
	grows := false
	for _, g := range groups {
		grows = grows || g.Max > g.Min
		if g.Max > 0 && g.Min == 0 {
			idle = append(idle, g.name)
		}
	}
	switch {
	case p.AddOns.ClusterAutoscaler() && !grows:
		found.add("addOns.nodeScaling", "%s has nothing to do: every node group's max is its min; raise one, or say %s", p.AddOns.NodeScaling, Karpenter)
	case !p.AddOns.ClusterAutoscaler() && len(idle) > 0:
		found.add("addOns.nodeScaling", "with %s nobody adds a node to cluster.nodeGroups %s, which begin with none: give them max: 0, or a min, or say %s", p.AddOns.NodeScaling, strings.Join(idle, " and "), Both)
	}
}

func (p *Platform) checkPools(found *faults) {
	pools := p.AddOns.Pools
	switch {
	case p.AddOns.Karpenter() && len(pools) == 0:
		found.add("addOns.pools", "Karpenter makes no node without a pool: name one, or leave the field out")
	case !p.AddOns.Karpenter() && !p.usualPools():
		found.add("addOns.pools", "they are Karpenter's, and nodeScaling is %s: take them out, or say %s or %s", p.AddOns.NodeScaling, Karpenter, Both)
	}
	for i, pool := range pools {
		path := fmt.Sprintf("addOns.pools[%d]", i)
		switch {
		case !poolName.MatchString(pool.Name):
			found.add(path+".name", "%q: a lower-case letter, then letters, digits and hyphens, 40 in all and no hyphen at the end", pool.Name)
		case slices.Contains(managed, pool.Name):
			found.add(path+".name", "%s is a managed node group: both autoscalers would add nodes for the pods that select it; name the pool after what it is for, as flink-memory-optimized", pool.Name)
		case slices.ContainsFunc(pools[:i], func(other Pool) bool { return other.Name == pool.Name }):
			found.add(path+".name", "there is a pool %s already: name the other one differently", pool.Name)
		}
		checkPool(path, pool, found)
	}
}

func checkPool(path string, pool Pool, found *faults) {
	if pool.Architecture != ARM && pool.Architecture != X86 {
		found.add(path+".architecture", "%q: say %s or %s", pool.Architecture, ARM, X86)
	}
	for i, letters := range pool.Categories {
		if !category.MatchString(letters) {
			found.add(fmt.Sprintf("%s.categories[%d]", path, i), "%q is no category of instance types, as c, m or r", letters)
		}
	}
	for _, f := range []struct {
		field            string
		got, least, most int
	}{
		{"cpu", pool.CPU, 4, 100_000}, {"memoryGiB", pool.MemoryGiB, 8, 1_000_000}, {"diskGiB", pool.DiskGiB, 20, 16384},
	} {
		if f.got < f.least || f.got > f.most {
			found.add(path+"."+f.field, "%d: between %d and %d", f.got, f.least, f.most)
		}
	}
}

// usualPools says whether the pools are those of a file that names none.
func (p *Platform) usualPools() bool {
	usual := Platform{Cluster: p.Cluster, AddOns: AddOns{Pools: newPools()}}
	usual.settlePools()
	return slices.EqualFunc(p.AddOns.Pools, usual.AddOns.Pools, func(a, b Pool) bool {
		return a.Name == b.Name && a.Architecture == b.Architecture && slices.Equal(a.Categories, b.Categories) &&
			a.CPU == b.CPU && a.MemoryGiB == b.MemoryGiB && a.DiskGiB == b.DiskGiB
	})
}
