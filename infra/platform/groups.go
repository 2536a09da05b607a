package platform

// NodeGroupLabel is the label of a node that says its group or pool.
const NodeGroupLabel = "sluice.dev/node-group"

// Group is a managed node group that is wanted.
type Group struct {
	Name string // core, on-demand, spot: the value of NodeGroupLabel
	Spot bool
	NodeGroup
}

// Groups are the managed node groups that may have a node. A cluster that exists
// has groups of its own.
func (c Cluster) Groups() []Group {
	if c.Existing != nil {
		return nil
	}
	var wanted []Group
	for _, g := range []Group{{"core", false, c.NodeGroups.Core}, {"on-demand", false, c.NodeGroups.OnDemand}, {"spot", true, c.NodeGroups.Spot}} {
		if g.Max > 0 {
			wanted = append(wanted, g)
		}
	}
	return wanted
}
