package platform

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Regions are the partitions of the regions that there are, by region.
type Regions map[string]string

// China is the partition whose services have other names and other ARNs.
const China = "aws-cn"

var name = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$`)

// check holds every section against itself, then against the others.
func (p *Platform) check(regions Regions, found *faults) {
	if !name.MatchString(p.Name) {
		found.add("name", "%q begins the names of stacks and buckets: a lower-case letter, then letters, digits and hyphens, 20 in all and no hyphen at the end", p.Name)
	}
	p.checkRegion(regions, found)
	p.Network.check(p.Region, found)
	p.Cluster.check(found)
	p.checkOverlaps(found)
	p.FlinkOperator.check(found)
	p.checkDays(found)
	p.checkObservability(found)
	p.checkAddOns(found)
	p.checkMirror(regions, found)
	p.checkIngress(found)
	p.checkTeams(found)
	p.checkPeople(found)
	if n := p.EventPlane.ProbeShards; n < 1 || n > MaxProbeShards {
		found.add("eventPlane.probeShards", "%d: say how many invocations share the applications, 1 to %d", n, MaxProbeShards)
	}
}

// MaxProbeShards is enough for some ten thousand applications.
const MaxProbeShards = 40

func (p *Platform) checkRegion(regions Regions, found *faults) {
	if p.Region == "" {
		found.add("region", "it is missing: say where the platform stands, as eu-west-1")
		return
	}
	partition, known := regions[p.Region]
	if !known {
		found.add("region", "there is no region %s%s", p.Region, nearest(p.Region, slices.Sorted(maps.Keys(regions))))
		return
	}
	p.Partition = partition
}

// nearest names the regions of the same part of the world.
func nearest(wrong string, regions []string) string {
	part, _, _ := strings.Cut(wrong, "-")
	var near []string
	for _, r := range regions {
		if strings.HasPrefix(r, part+"-") {
			near = append(near, r)
		}
	}
	if len(near) == 0 {
		return "; a region is named as eu-west-1"
	}
	return "; of " + part + " there are " + strings.Join(near, ", ")
}

// Retentions are the days that CloudWatch Logs keeps logs
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
var Retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (p *Platform) checkDays(found *faults) {
	if p.Data.LogDays < 1 {
		found.add("data.logDays", "%d: say how many days logs are kept, at least 1", p.Data.LogDays)
	}
}

func list(days []int) string {
	var all []string
	for _, n := range days {
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, ", ")
}
