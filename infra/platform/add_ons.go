package platform

import "strings"

// AddOns are what is installed into the cluster beside what EKS keeps. Turn off
// what a cluster that exists has already.
type AddOns struct {
	MetricsServer bool `yaml:"metricsServer"`
	CertManager   bool `yaml:"certManager"` // the Flink operator's webhook needs it
	YuniKorn      bool `yaml:"yunikorn"`    // a queue for each team
	// BlockStorage lets pods have volumes: EKS's driver, and the class ebs-sc, which
	// a faster restart of EMR's Flink needs.
	BlockStorage bool `yaml:"blockStorage"`
	// NodeScaling says who adds nodes.
	NodeScaling NodeScaling `yaml:"nodeScaling"`
	// Pools are Karpenter's; a list in the file replaces the default one.
	Pools []Pool `yaml:"pools"`
}

// NodeScaling says who adds nodes for pods that find none.
type NodeScaling string

// Karpenter makes nodes of its own, and no managed group grows.
// ClusterAutoscaler grows the managed groups. With Both, a pod goes to Karpenter
// unless it tolerates the taint of a managed group and selects it. None leaves
// it to somebody else.
const (
	Karpenter         NodeScaling = "Karpenter"
	ClusterAutoscaler NodeScaling = "ClusterAutoscaler"
	Both              NodeScaling = "Both"
	None              NodeScaling = "None"
)

// Karpenter says whether it is one of those who add nodes.
func (a AddOns) Karpenter() bool { return a.NodeScaling == Karpenter || a.NodeScaling == Both }

// ClusterAutoscaler says whether it is one of those who add nodes.
func (a AddOns) ClusterAutoscaler() bool {
	return a.NodeScaling == ClusterAutoscaler || a.NodeScaling == Both
}

// Scheduler is the schedulerName of the teams' pods. The usual one has a name, too,
// so that a manifest can say it either way.
func (a AddOns) Scheduler() string {
	if a.YuniKorn {
		return "yunikorn" // https://yunikorn.apache.org/docs/user_guide/workloads/run_flink
	}
	return UsualScheduler
}

// UsualScheduler is what Kubernetes takes where a pod names none
// (https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/).
const UsualScheduler = "default-scheduler"

// Pool is a pool of Karpenter's nodes for jobs. Each may have Spot and on-demand
// nodes: which one, a pod says.
type Pool struct {
	// Name is the pool's; pods select it as sluice.dev/node-group.
	Name string `yaml:"name"`
	// Architecture of its nodes; empty in the file: the cluster's.
	Architecture Architecture `yaml:"architecture"`
	// Categories are letters of instance types: c has 2 GiB a core, m 4, r 8;
	// empty in the file: c.
	Categories []string `yaml:"categories"`
	// CPU and MemoryGiB are the most that all its nodes have together.
	CPU       int `yaml:"cpu"`
	MemoryGiB int `yaml:"memoryGiB"`
	DiskGiB   int `yaml:"diskGiB"` // of each node, beside its own disks
}

// GroupType is the pool's name as the blueprint's jobs select it with the label
// NodeGroupType: FlinkComputeOptimized of flink-compute-optimized.
func (p Pool) GroupType() string {
	var b strings.Builder
	for part := range strings.SplitSeq(p.Name, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

func newAddOns() AddOns {
	return AddOns{MetricsServer: true, CertManager: true, YuniKorn: true, BlockStorage: true, NodeScaling: Both, Pools: newPools()}
}

func newPools() []Pool {
	return []Pool{{Name: "flink-compute-optimized", Categories: []string{"c"}, CPU: 1000, MemoryGiB: 2000, DiskGiB: 100}}
}

// settlePools puts in what the file leaves out of a pool.
func (p *Platform) settlePools() {
	usual := newPools()[0]
	for i := range p.AddOns.Pools {
		pool := &p.AddOns.Pools[i]
		if pool.Categories == nil {
			pool.Categories = usual.Categories
		}
		if pool.Architecture == "" {
			pool.Architecture = p.Cluster.Architecture
		}
		for field, value := range map[*int]int{&pool.CPU: usual.CPU, &pool.MemoryGiB: usual.MemoryGiB, &pool.DiskGiB: usual.DiskGiB} {
			if *field == 0 {
				*field = value
			}
		}
	}
}
