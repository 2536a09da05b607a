package network

import (
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Domain is the cluster's DNS domain.
const Domain = "cluster.local"

// ttl of answers in seconds: short, as services are deleted and made again.
const ttl = 2

// answer answers one DNS query as kube-dns does, for A records. Other types of
// a name that exists get an empty answer; names outside Domain do not exist.
// It returns nil for what is no query.
func (s *Services) answer(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || m.Response || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Authoritative, m.RecursionAvailable = true, true, true
	m.Answers, m.Authorities, m.Additionals = nil, nil, nil
	addresses, exists := s.resolve(q.Name.String())
	if !exists {
		m.RCode = dnsmessage.RCodeNameError
	}
	if q.Type == dnsmessage.TypeA {
		for _, a := range addresses {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: ttl},
				Body:   &dnsmessage.AResource{A: a.As4()},
			})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}

// resolve knows SERVICE.NAMESPACE.svc.cluster.local, HOSTNAME.SERVICE.NAMESPACE.svc.cluster.local
// and A-B-C-D.NAMESPACE.pod.cluster.local.
func (s *Services) resolve(name string) ([]netip.Addr, bool) {
	rest, ok := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(name), "."), "."+Domain)
	if !ok {
		return nil, false
	}
	parts := strings.Split(rest, ".")
	switch {
	case len(parts) == 3 && parts[2] == "svc":
		return s.service(parts[1], parts[0])
	case len(parts) == 4 && parts[3] == "svc":
		return s.member(parts[2], parts[1], parts[0])
	case len(parts) == 3 && parts[2] == "pod":
		a, err := netip.ParseAddr(strings.ReplaceAll(parts[0], "-", "."))
		return []netip.Addr{a}, err == nil && a.Is4()
	}
	return nil, false
}

func (s *Services) service(namespace, name string) ([]netip.Addr, bool) {
	svc, err := s.Services.Services(namespace).Get(name)
	if err != nil || svc.Spec.ExternalName != "" {
		return nil, false
	}
	if hasClusterIP(svc) {
		return parse([]string{svc.Spec.ClusterIP}), true
	}
	var all []string
	for _, slice := range s.slicesOf(namespace, name) {
		all = append(all, readyAddresses(slice)...)
	}
	return parse(all), true
}

// member is one pod behind a service, by its hostname.
func (s *Services) member(namespace, service, hostname string) ([]netip.Addr, bool) {
	var all []string
	for _, slice := range s.slicesOf(namespace, service) {
		for _, e := range slice.Endpoints {
			if value(e.Hostname) == hostname {
				all = append(all, e.Addresses...)
			}
		}
	}
	return parse(all), len(all) > 0
}

func (s *Services) slicesOf(namespace, service string) []*discoveryv1.EndpointSlice {
	selector := labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service})
	found, err := s.Slices.EndpointSlices(namespace).List(selector)
	if err != nil {
		return nil
	}
	return found
}

// parse keeps the IPv4 addresses, each once.
func parse(texts []string) []netip.Addr {
	var out []netip.Addr
	seen := map[netip.Addr]bool{}
	for _, t := range texts {
		if a, err := netip.ParseAddr(t); err == nil && a.Is4() && !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}
