package platform

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

var (
	// Two labels at least, none longer than DNS has them (RFC 1035, 2.3.4).
	domain      = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	certificate = regexp.MustCompile(`^arn:(aws[a-z-]*):acm:([a-z0-9-]+):[0-9]{12}:certificate/[0-9a-f-]{36}$`)
)

// What AWS and DNS allow: 25 certificates beside the first one
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html),
// 60 rules of a security group
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html), 253 characters of
// a name (RFC 1035), of which a job's has 45
// (https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/resource-providers/native_kubernetes/).
const (
	mostCertificates = 26
	mostInbound      = 50
	longestDomain    = 253 - 45 - 63 - 2
)

func (p *Platform) checkIngress(found *faults) {
	i := p.Ingress
	switch i.Kind {
	case NoIngress:
		if i.Domain != "" || i.Certificates != nil || i.InboundCIDRs != nil {
			found.add("ingress.kind", "%s, and the rest of ingress says what a load balancer is like: say %s, or take the rest out", NoIngress, Internal)
		}
		return
	case Internal:
	default:
		found.add("ingress.kind", "%q: say %s or %s; there is none with public addresses, since a page shows a job's settings and logs to whoever reaches it", i.Kind, NoIngress, Internal)
		return
	}
	if p.FlinkOperator.Kind == EMR {
		found.add("ingress.kind", "%s takes flinkOperator.kind: %s: that EMR's operator can make an Ingress on Kubernetes 1.33 and newer is not known, and those of Apache's that it may be made from end the deployment of a job that asks for one with an error; `sluice ui` shows pages with either", Internal, Apache)
	}
	if !domain.MatchString(i.Domain) || len(i.Domain) > longestDomain {
		found.add("ingress.domain", "%q: say what the names of pages end in, as flink.example.com, in lower case and %d characters at most", i.Domain, longestDomain)
	}
	p.checkCertificates(found)
	checkInbound(i.InboundCIDRs, found)
}

func (p *Platform) checkCertificates(found *faults) {
	arns := p.Ingress.Certificates
	if n := len(arns); n == 0 || n > mostCertificates {
		found.add("ingress.certificateArns", "there are %d: a page is shown by TLS alone, with 1 to %d certificates of ACM that name *.<namespace>.%s of each team", n, mostCertificates, p.Ingress.Domain)
	}
	for i, arn := range arns {
		path := fmt.Sprintf("ingress.certificateArns[%d]", i)
		parts := certificate.FindStringSubmatch(arn)
		switch {
		case parts == nil:
			found.add(path, "%q is no ARN of a certificate in ACM, as arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef", arn)
		case parts[2] != p.Region || p.Partition != "" && parts[1] != p.Partition:
			found.add(path, "%s is not of %s: a load balancer takes those of its own region", arn, p.Region)
		case slices.Contains(arns[:i], arn):
			found.add(path, "%s stands here twice", arn)
		}
	}
}

func checkInbound(cidrs []string, found *faults) {
	if n := len(cidrs); n == 0 || n > mostInbound {
		found.add("ingress.inboundCidrs", "there are %d: name 1 to %d networks that may see the pages, as 10.0.0.0/8", n, mostInbound)
	}
	for i, cidr := range cidrs {
		path := fmt.Sprintf("ingress.inboundCidrs[%d]", i)
		network, err := netip.ParsePrefix(cidr)
		switch {
		case err != nil || !network.Addr().Is4():
			found.add(path, "%q is no IPv4 network, as 10.0.0.0/8", cidr)
		case network != network.Masked():
			found.add(path, "%s begins at %s: write that", cidr, network.Masked())
		case !slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Bits() <= network.Bits() && p.Contains(network.Addr()) }):
			found.add(path, "%s is not within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: an internal load balancer is reached from no other network", cidr)
		}
	}
}

// private are the networks of RFC 1918, and that of RFC 6598, which a VPC may have as
// its second one.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}
