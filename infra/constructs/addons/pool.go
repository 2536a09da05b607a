package addons

import (
	"strconv"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// blueprintLabel is how jobs of the blueprint select a pool
// (https://awslabs.github.io/data-on-eks/docs/blueprints/streaming-platforms/emr-eks-flink).
const blueprintLabel = "NodeGroupType"

// place is where nodes stand, and as whom; group is what the pods on them have, too.
type place struct {
	profile, group, vpc string
	subnets             []string
}

// nodeClass says what a node of a pool is made of
// (https://karpenter.sh/docs/concepts/nodeclasses/). Its own disks, where it has
// some, are what pods write to: that is where RocksDB keeps a job's state. One
// hop to the metadata keeps pods from the node's role.
func nodeClass(pool platform.Pool, in place) map[string]any {
	var subnets []any
	for _, id := range in.subnets {
		subnets = append(subnets, map[string]any{"id": id})
	}
	return object("karpenter.k8s.aws/v1", "EC2NodeClass", pool.Name, map[string]any{
		"amiSelectorTerms":           []any{map[string]any{"alias": "al2023@latest"}},
		"instanceProfile":            in.profile,
		"subnetSelectorTerms":        subnets,
		"securityGroupSelectorTerms": []any{map[string]any{"id": in.group}},
		"instanceStorePolicy":        "RAID0",
		"metadataOptions": map[string]any{
			"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1,
		},
		"blockDeviceMappings": []any{map[string]any{
			"deviceName": "/dev/xvda",
			"ebs": map[string]any{
				"volumeSize": strconv.Itoa(pool.DiskGiB) + "Gi", "volumeType": "gp3", "encrypted": true, "deleteOnTermination": true,
			},
		}},
	})
}

// nodePool says which nodes a pool has, and when they go
// (https://karpenter.sh/docs/concepts/nodepools/).
//
// Spot or on-demand is for the pod to say. A JobManager selects
// karpenter.sh/capacity-type: on-demand, since with it goes the whole job. A
// TaskManager says nothing: Karpenter takes Spot then, which costs least, and
// on-demand where there is no Spot.
func nodePool(pool platform.Pool) map[string]any {
	return object("karpenter.sh/v1", "NodePool", pool.Name, map[string]any{
		"template": map[string]any{
			"metadata": map[string]any{"labels": map[string]any{
				cluster.GroupLabel: pool.Name,
				blueprintLabel:     pool.GroupType(),
			}},
			"spec": map[string]any{
				"nodeClassRef": map[string]any{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": pool.Name},
				"requirements": requirements(pool),
				// What a node runs gets old: images come with its next one. A pod that may
				// not be disturbed has two days more.
				"expireAfter":            "720h",
				"terminationGracePeriod": "48h",
			},
		},
		"limits":     map[string]any{"cpu": strconv.Itoa(pool.CPU), "memory": strconv.Itoa(pool.MemoryGiB) + "Gi"},
		"disruption": disruption(),
	})
}

// disruption removes empty nodes and no other. To move a TaskManager, for a
// cheaper node or a newer image, is to restart its whole job, again and again
// while the load changes. Five minutes, because a release empties the nodes that
// it fills again.
func disruption() map[string]any {
	return map[string]any{
		"consolidationPolicy": "WhenEmpty",
		"consolidateAfter":    "5m",
		"budgets": []any{
			map[string]any{"nodes": "100%", "reasons": []any{"Empty"}},
			map[string]any{"nodes": "0", "reasons": []any{"Drifted", "Underutilized"}},
		},
	}
}

// requirements want disks of the node's own, of the last generations, and enough
// sizes that there is a market of Spot to choose from.
func requirements(pool platform.Pool) []any {
	var categories []any
	for _, c := range pool.Categories {
		categories = append(categories, c)
	}
	return []any{
		requirement("karpenter.sh/capacity-type", "In", "spot", "on-demand"),
		requirement("kubernetes.io/os", "In", "linux"),
		requirement("kubernetes.io/arch", "In", kubernetesArchitecture(pool.Architecture)),
		map[string]any{"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": categories},
		requirement("karpenter.k8s.aws/instance-generation", "Gt", "4"),
		requirement("karpenter.k8s.aws/instance-hypervisor", "In", "nitro"),
		requirement("karpenter.k8s.aws/instance-cpu", "In", "4", "8", "16", "32"),
		requirement("karpenter.k8s.aws/instance-local-nvme", "Gt", "0"),
	}
}

func requirement(key, operator string, values ...any) map[string]any {
	return map[string]any{"key": key, "operator": operator, "values": values}
}

func kubernetesArchitecture(a platform.Architecture) string {
	if a == platform.X86 {
		return "amd64"
	}
	return "arm64"
}

func object(version, kind, name string, spec map[string]any) map[string]any {
	return map[string]any{"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": name}, "spec": spec}
}
