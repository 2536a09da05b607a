package cost

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/prices"
)

// levers are the changes of the file that save something: each is the bill of
// the changed file held against that of the file.
func levers(p platform.Platform, list prices.List) ([]Lever, error) {
	before, err := standing(p, list)
	if err != nil {
		return nil, err
	}
	all := []Lever{}
	for _, c := range changes(p) {
		after, err := standing(c.to, list)
		if err != nil {
			return nil, err
		}
		if saves := before - after; saves > 0.005 {
			all = append(all, Lever{Change: c.change, Saves: saves, But: c.but})
		}
	}
	return all, nil
}

func standing(p platform.Platform, list prices.List) (float64, error) {
	nodes, err := nodesOf(p, list)
	return total(fixed(p, list)) + total(nodes), err
}

type change struct {
	change, but string
	to          platform.Platform
}

// changes are those that somebody who wants to pay less would try.
func changes(p platform.Platform) []change {
	var all []change
	with := func(text, but string, edit func(*platform.Platform)) {
		changed := p
		edit(&changed)
		all = append(all, change{text, but, changed})
	}
	if p.Network.Existing == nil {
		with("network.natGateways: One", "the zone of the gateway takes the others' way out with it", func(q *platform.Platform) { q.Network.NAT = platform.One })
		with("network.zones: two of them", "one zone less to fall back to", func(q *platform.Platform) { q.Network.Zones = q.Network.Zones[:min(2, len(q.Network.Zones))] })
		with(fmt.Sprintf("network.endpoints: [] (without %s)", strings.Join(p.Network.Endpoints, ", ")), "these calls go by NAT, for $0.045 a GB", func(q *platform.Platform) { q.Network.Endpoints = nil })
		with("network.existing: a VPC that has a way out and endpoints", "its network is somebody else's to keep", func(q *platform.Platform) {
			q.Network.Existing = &platform.ExistingNetwork{Zones: q.Network.Zones}
		})
	}
	if p.Cluster.Existing == nil {
		with("cluster.existing: a cluster that is there", "add-ons are shared with whoever uses it", func(q *platform.Platform) { q.Cluster.Existing = &platform.ExistingCluster{} })
		with("cluster.nodeGroups.onDemand.min: 0", "a job that selects the group waits some minutes for its first node", func(q *platform.Platform) { q.Cluster.NodeGroups.OnDemand.Min = 0 })
		with("cluster.nodeGroups.spot.min: 0", "a job that selects the group waits some minutes for its first node", func(q *platform.Platform) { q.Cluster.NodeGroups.Spot.Min = 0 })
		with("cluster.architecture: arm64", "images and native libraries of jobs have to be there for it", func(q *platform.Platform) { q.Cluster.Architecture = platform.ARM })
	}
	if p.Observability.Metrics {
		with("observability.scrapeSeconds: 60", "what lasts less than two minutes is not seen", func(q *platform.Platform) {
			q.Observability.ScrapeSeconds = max(60, q.Observability.ScrapeSeconds)
		})
		with("observability.metrics: false, grafana: false", "no dashboards, and no queries in release policies; alarms are CloudWatch's and stay", func(q *platform.Platform) {
			q.Observability.Metrics, q.Observability.Grafana = false, false
		})
	}
	return all
}

// notes say what the sum leaves out.
func notes(p platform.Platform, list prices.List) []string {
	all := []string{
		"Jobs: their nodes begin with none. Where a job runs on Spot, its nodes cost up to 90% less than on demand; TaskManagers may, JobManagers should not.",
		"By use: NAT and endpoints ask for each GB as well, KMS, S3 and logs for each request and GB.",
		"Metrics and logs of jobs: each subtask is some fifty series; docs/observability.md says what makes them less.",
		"Keys rotate once a year; KMS asks $1 a month more for each of the first two rotations of a key.",
	}
	if p.FlinkOperator.Kind == platform.EMR {
		core, memory := list[prices.EMRCore], list[prices.EMRMemory]
		all = append(all, fmt.Sprintf("EMR asks for what the pods of jobs request: $%v a vCPU and hour, $%v a GB and hour. A job of 8 vCPU and 32 GB that runs all month: $%.0f. "+
			"flinkOperator.kind: Apache has no such price.", core.Dollars, memory.Dollars, HoursOfMonth*(8*core.Dollars+32*memory.Dollars)))
	}
	if p.Mirror.Registry != "" {
		all = append(all, fmt.Sprintf("The registry %s: ECR asks for each GB that it keeps, and for traffic where it stands in another region.", p.Mirror.Registry))
	}
	return all
}
