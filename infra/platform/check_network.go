package platform

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a VPC that is made. Every pod has an address of the private subnets,
// so less than a /20 is a small cluster; more than a /16 AWS does not make
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
const (
	widest, narrowest     = 16, 20
	leastZones, mostZones = 2, 3
)

var (
	vpcID    = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetID = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	service  = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)
)

// AlwaysEndpoints are the services that are reached without leaving the VPC
// whatever the file says: what nodes, pods and functions call all the time. S3
// has a gateway, which costs nothing.
var AlwaysEndpoints = []string{"sts", "ecr.api", "ecr.dkr", "logs", "eks", "eks-auth", "events", "states"}

// withoutControlPlane are the zones that EKS takes no subnet in, by region. The
// names of zones are each account's own, so the first two may hold one
// (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
var withoutControlPlane = map[string]string{"us-east-1": "use1-az3", "us-west-1": "usw1-az2", "ca-central-1": "cac1-az3"}

func (n *Network) check(region string, found *faults) {
	if n.Existing != nil {
		n.checkExisting(region, found)
		return
	}
	checkCIDR("network.cidr", n.CIDR, found)
	switch shunned := withoutControlPlane[region]; {
	case n.Zones != nil:
		checkZones("network.zones", region, n.Zones, found)
	case shunned != "":
		found.add("network.zones", "say which: EKS has no control plane in %s, and which of your zones that is, differs by account: `aws ec2 describe-availability-zones --region %s --filters Name=zone-id,Values=%s --query AvailabilityZones[].ZoneName` says it; name two others", shunned, region, shunned)
	}
	if n.NAT != One && n.NAT != OnePerZone {
		found.add("network.natGateways", "%q: say %s (the cheapest) or %s (a zone that fails takes no other with it)", n.NAT, One, OnePerZone)
	}
	seen := map[string]bool{}
	for i, endpoint := range n.Endpoints {
		path := fmt.Sprintf("network.endpoints[%d]", i)
		switch {
		case !service.MatchString(endpoint):
			found.add(path, "%q is no service's name: say its last part, as kms or monitoring", endpoint)
		case slices.Contains(AlwaysEndpoints, endpoint) || endpoint == "s3":
			found.add(path, "%s is always there: take it out", endpoint)
		case seen[endpoint]:
			found.add(path, "%s stands here twice", endpoint)
		}
		seen[endpoint] = true
	}
}

// checkExisting refuses what would be ignored: somebody would believe it was made.
func (n *Network) checkExisting(region string, found *faults) {
	fresh := New().Network
	if n.CIDR != fresh.CIDR || n.Zones != nil || n.NAT != fresh.NAT || n.Endpoints != nil {
		found.add("network", "it has existing, and fields of a VPC that is made: take out one or the other")
	}
	if !vpcID.MatchString(n.Existing.VPC) {
		found.add("network.existing.vpcId", "%q is no VPC's id, as vpc-0123456789abcdef0", n.Existing.VPC)
	}
	checkCIDR("network.existing.cidr", n.Existing.CIDR, found)
	checkZones("network.existing.zones", region, n.Existing.Zones, found)
	for i, subnet := range n.Existing.PrivateSubnets {
		path := fmt.Sprintf("network.existing.privateSubnetIds[%d]", i)
		switch {
		case !subnetID.MatchString(subnet):
			found.add(path, "%q is no subnet's id, as subnet-0123456789abcdef0", subnet)
		case slices.Contains(n.Existing.PrivateSubnets[:i], subnet):
			found.add(path, "%s stands here twice: EKS wants its subnets in different zones", subnet)
		}
	}
	if len(n.Existing.PrivateSubnets) != len(n.Existing.Zones) {
		found.add("network.existing.privateSubnetIds", "there are %d subnets and %d zones: name one private subnet for each zone, in the same order", len(n.Existing.PrivateSubnets), len(n.Existing.Zones))
	}
}

func checkZones(path, region string, zones []string, found *faults) {
	if len(zones) < leastZones || len(zones) > mostZones {
		found.add(path, "there are %d: EKS wants at least %d, and more than %d cost without making anything safer; or leave the field out", len(zones), leastZones, mostZones)
	}
	for i, zone := range zones {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch suffix, ok := strings.CutPrefix(zone, region); {
		case !ok || len(suffix) != 1 || suffix[0] < 'a' || suffix[0] > 'z':
			found.add(at, "%q is no availability zone of %s, as %sa", zone, region, region)
		case slices.Contains(zones[:i], zone):
			found.add(at, "%s stands here twice", zone)
		}
	}
}

func checkCIDR(path, text string, found *faults) {
	network, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !network.Addr().Is4():
		found.add(path, "%q is no IPv4 network, as 10.0.0.0/16", text)
	case network.Masked() != network:
		found.add(path, "%s begins at %s: say that", text, network.Masked())
	case !network.Addr().IsPrivate():
		found.add(path, "%s is no private network: take a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", text)
	case network.Bits() < widest || network.Bits() > narrowest:
		found.add(path, "%s: a VPC for this is between /%d and /%d, since every pod has an address of its own", text, widest, narrowest)
	}
}
