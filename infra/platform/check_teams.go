package platform

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/charts"
)

var (
	teamName  = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$`)
	namespace = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// The least that a team can run a job in: two JobManagers, as EMR makes them, a
// TaskManager, and the JobManager of a rehearsal; one core and two GiB each.
const (
	leastCores = 4
	leastGiB   = 8
	leastPods  = 4
)

// mostRoleName is how long the name of a role may be
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const mostRoleName = 64

func (p *Platform) checkTeams(found *faults) {
	for i, team := range p.Teams {
		path := fmt.Sprintf("teams[%d]", i)
		switch {
		case !teamName.MatchString(team.Name):
			found.add(path+".name", "%q: a lower-case letter, then letters, digits and hyphens, 20 in all and no hyphen at the end", team.Name)
		case slices.ContainsFunc(p.Teams[:i], func(t Team) bool { return t.Name == team.Name }):
			found.add(path+".name", "there is a team %s already: name the other one differently", team.Name)
		}
		if role := p.JobRole(team.Namespace); len(role) > mostRoleName {
			found.add(path+".namespace", "the role of its jobs would be %s, %d characters, and IAM takes %d: a shorter namespace, or a shorter name of the platform", role, len(role), mostRoleName)
		}
		checkNamespace(path+".namespace", team, p.Teams[:i], found)
		checkQuota(path+".quota", team.Quota, found)
		for j, role := range team.Roles {
			if !roleARN.MatchString(role) {
				found.add(fmt.Sprintf("%s.roles[%d]", path, j), "%q is no ARN of a role, as arn:aws:iam::123456789012:role/team-a", role)
			}
		}
		checkEgress(path+".egress", team.Egress, found)
	}
}

func checkNamespace(path string, team Team, before []Team, found *faults) {
	switch {
	case !namespace.MatchString(team.Namespace):
		found.add(path, "%q is no namespace: letters, digits and hyphens, 63 at most", team.Namespace)
	case ofPlatform(team.Namespace):
		found.add(path, "%s belongs to the cluster or the platform, and a team may do what it likes in its own: choose another, or leave the field out", team.Namespace)
	}
	for _, other := range before {
		if other.Namespace == team.Namespace && other.Name != team.Name {
			found.add(path, "%s is team %s's: two quotas of one namespace would both hold; choose another", team.Namespace, other.Name)
		}
	}
}

// ofPlatform says whether Kubernetes or a chart of the platform has a namespace.
func ofPlatform(namespace string) bool {
	if namespace == "default" || strings.HasPrefix(namespace, "kube-") {
		return true
	}
	return slices.ContainsFunc(charts.All(), func(c charts.Chart) bool { return c.Namespace == namespace })
}

func checkQuota(path string, quota Quota, found *faults) {
	for _, f := range []struct {
		field      string
		got, least int
	}{
		{"cpu", quota.CPU, leastCores}, {"memoryGiB", quota.MemoryGiB, leastGiB}, {"pods", quota.Pods, leastPods},
	} {
		if f.got < f.least {
			found.add(path+"."+f.field, "%d: at least %d, or no job fits in (two JobManagers, a TaskManager, a rehearsal); say all three fields, or leave the quota out", f.got, f.least)
		}
	}
}

// checkEgress wants what is opened to be named: a policy with everything in it is none.
func checkEgress(path string, egress []Egress, found *faults) {
	for i, e := range egress {
		at := fmt.Sprintf("%s[%d]", path, i)
		network, err := netip.ParsePrefix(e.CIDR)
		switch {
		case err != nil || !network.Addr().Is4():
			found.add(at+".cidr", "%q is no IPv4 network, as 10.0.0.0/16", e.CIDR)
		case network.Bits() == 0:
			found.add(at+".cidr", "that is everything: name the network of the brokers or databases; AWS's own services are open already")
		case network.Overlaps(netip.MustParsePrefix("169.254.0.0/16")):
			found.add(at+".cidr", "%s holds the node's own addresses, with its credentials", e.CIDR)
		}
		if len(e.Ports) == 0 {
			found.add(at+".ports", "say which TCP ports, as [9092, 9098]")
		}
		for _, port := range e.Ports {
			if port < 1 || port > 65535 {
				found.add(at+".ports", "%d is no port", port)
			}
		}
	}
}
