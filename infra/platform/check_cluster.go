package platform

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var (
	roleARN      = regexp.MustCompile(RoleForm)
	groupID      = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)
	instanceType = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	clusterName  = regexp.MustCompile(ClusterNameForm)
	minorVersion = regexp.MustCompile(`^1\.[0-9]{2}$`)
	base64Text   = regexp.MustCompile(AuthorityForm)
)

func (c *Cluster) check(found *faults) {
	if c.Existing != nil {
		c.checkExisting(found)
		return
	}
	if !slices.Contains(Versions, c.Version) {
		found.add("cluster.version", "%q: the add-ons are known to run on %s", c.Version, strings.Join(Versions, " and "))
	}
	c.checkEndpoint(found)
	if c.Architecture != ARM && c.Architecture != X86 {
		found.add("cluster.architecture", "%q: say %s or %s", c.Architecture, ARM, X86)
	}
	for i, admin := range c.Admins {
		if !roleARN.MatchString(admin) {
			found.add(fmt.Sprintf("cluster.admins[%d]", i), "%q is no ARN of a role, as arn:aws:iam::123456789012:role/platform", admin)
		}
	}
	c.checkGroups(found)
}

func (c *Cluster) checkEndpoint(found *faults) {
	switch {
	case c.Endpoint != Private && c.Endpoint != Public:
		found.add("cluster.endpoint", "%q: say %s, or %s with publicCidrs", c.Endpoint, Private, Public)
	case c.Endpoint == Public && len(c.PublicCIDRs) == 0:
		found.add("cluster.publicCidrs", "a public endpoint needs the networks that may reach it, as 203.0.113.0/24")
	case c.Endpoint == Private && len(c.PublicCIDRs) > 0:
		found.add("cluster.publicCidrs", "the endpoint is private: take them out, or say endpoint: %s", Public)
	}
	for i, text := range c.PublicCIDRs {
		path := fmt.Sprintf("cluster.publicCidrs[%d]", i)
		network, err := netip.ParsePrefix(text)
		switch {
		case err != nil || !network.Addr().Is4():
			found.add(path, "%q is no IPv4 network, as 203.0.113.0/24", text)
		case network.Bits() == 0:
			found.add(path, "that is the whole internet: say which networks you come from")
		case network.Addr().IsPrivate():
			found.add(path, "%s is private, and a public endpoint never sees it: the VPC reaches the endpoint anyway", text)
		}
	}
}

// checkGroups wants nodes for what the platform itself runs, since Karpenter
// cannot make the nodes it runs on.
func (c *Cluster) checkGroups(found *faults) {
	for _, g := range []struct {
		path  string
		group NodeGroup
		least int
	}{
		{"cluster.nodeGroups.core", c.NodeGroups.Core, 2},
		{"cluster.nodeGroups.onDemand", c.NodeGroups.OnDemand, 0},
		{"cluster.nodeGroups.spot", c.NodeGroups.Spot, 0},
	} {
		if g.group.Min < g.least {
			found.add(g.path+".min", "%d: it is at least %d; the core group carries what everything else needs, twice", g.group.Min, g.least)
		}
		if g.group.Max < g.group.Min {
			found.add(g.path+".max", "%d is less than min, %d", g.group.Max, g.group.Min)
		}
		if g.group.DiskGiB < 20 || g.group.DiskGiB > 16384 {
			found.add(g.path+".diskGiB", "%d: between 20 (images have to fit) and 16384", g.group.DiskGiB)
		}
		for i, name := range g.group.InstanceTypes {
			path := fmt.Sprintf("%s.instanceTypes[%d]", g.path, i)
			if !instanceType.MatchString(name) {
				found.add(path, "%q is no instance type, as m7g.xlarge", name)
			} else if arm := graviton(name); arm != (c.Architecture == ARM) {
				found.add(path, "%s is not %s, and one group has one image: change the type, or cluster.architecture", name, c.Architecture)
			}
		}
	}
}

// graviton says whether an instance type has an arm64 processor: the letters
// behind the generation hold a g, or it is the first of all, a1
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
func graviton(name string) bool {
	family, _, _ := strings.Cut(name, ".")
	if family == "a1" {
		return true
	}
	generation := strings.IndexAny(family, "0123456789")
	return generation >= 0 && strings.Contains(strings.TrimLeft(family[generation:], "0123456789"), "g")
}

func (c *Cluster) checkExisting(found *faults) {
	others := *c
	others.Existing = nil
	if !reflect.DeepEqual(others, newCluster()) {
		found.add("cluster", "it has existing, and fields of a cluster that is made: take out one or the other")
	}
	for _, field := range []struct {
		name, value, form string
		pattern           *regexp.Regexp
	}{
		{"name", c.Existing.Name, "`aws eks list-clusters` says it", clusterName},
		{"version", c.Existing.Version, "as \"1.35\"; `aws eks describe-cluster --query cluster.version` says it", minorVersion},
		{"endpoint", c.Existing.Endpoint, "https://..., as `aws eks describe-cluster --query cluster.endpoint` says it", regexp.MustCompile(EndpointForm)},
		{"certificateAuthority", c.Existing.CertificateAuthority, "base64, as `aws eks describe-cluster --query cluster.certificateAuthority.data` says it", base64Text},
		{"securityGroupId", c.Existing.SecurityGroup, "`aws eks describe-cluster --query cluster.resourcesVpcConfig.clusterSecurityGroupId` says it", groupID},
		{"oidcIssuer", c.Existing.Issuer, "https://..., as `aws eks describe-cluster --query cluster.identity.oidc.issuer` says it; `aws iam list-open-id-connect-providers` has to know it", regexp.MustCompile(`^https://[^\s]+$`)},
		{"nodeRoleArn", c.Existing.NodeRole, "the ARN of the role that its nodes run under", roleARN},
	} {
		if !field.pattern.MatchString(field.value) {
			found.add("cluster.existing."+field.name, "%q: %s", field.value, field.form)
		}
	}
}

// checkOverlaps holds the networks against each other.
func (p *Platform) checkOverlaps(found *faults) {
	if p.Cluster.Existing != nil {
		return
	}
	services, err := netip.ParsePrefix(p.Cluster.ServiceCIDR)
	if err != nil || !services.Addr().IsPrivate() || services.Masked() != services || services.Bits() < 12 || services.Bits() > 24 {
		found.add("cluster.serviceCidr", "%q is no private IPv4 network between /12 and /24, as 172.20.0.0/16", p.Cluster.ServiceCIDR)
		return
	}
	path, text := "network.cidr", p.Network.CIDR
	if p.Network.Existing != nil {
		path, text = "network.existing.cidr", p.Network.Existing.CIDR
	}
	if vpc, err := netip.ParsePrefix(text); err == nil && vpc.Overlaps(services) {
		found.add("cluster.serviceCidr", "%s overlaps %s (%s): addresses of Services would be taken for hosts of the VPC; choose another, as 172.20.0.0/16", services, path, text)
	}
}
