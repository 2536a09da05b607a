package network

import (
	"net"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// Frontends says which address (cluster IP and port) leads to which ready
// endpoints. TCP only. Ports without a ready endpoint are left out.
func Frontends(services []*corev1.Service, all []*discoveryv1.EndpointSlice) map[string][]string {
	byService := map[string][]*discoveryv1.EndpointSlice{}
	for _, s := range all {
		key := s.Namespace + "/" + s.Labels[discoveryv1.LabelServiceName]
		byService[key] = append(byService[key], s)
	}
	out := map[string][]string{}
	for _, svc := range services {
		if !hasClusterIP(svc) {
			continue
		}
		for _, port := range svc.Spec.Ports {
			backends := backends(byService[svc.Namespace+"/"+svc.Name], port.Name)
			if port.Protocol == corev1.ProtocolTCP && len(backends) > 0 {
				out[join2(svc.Spec.ClusterIP, port.Port)] = backends
			}
		}
	}
	return out
}

func hasClusterIP(s *corev1.Service) bool {
	return s.Spec.Type != corev1.ServiceTypeExternalName && s.Spec.ClusterIP != "" && s.Spec.ClusterIP != corev1.ClusterIPNone
}

func backends(slicesOfService []*discoveryv1.EndpointSlice, port string) []string {
	var out []string
	for _, s := range slicesOfService {
		for _, p := range s.Ports {
			if p.Port == nil || value(p.Name) != port {
				continue
			}
			for _, address := range readyAddresses(s) {
				out = append(out, join2(address, *p.Port))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readyAddresses: no condition means ready, says the EndpointSlice API.
func readyAddresses(s *discoveryv1.EndpointSlice) []string {
	var out []string
	for _, e := range s.Endpoints {
		if e.Conditions.Ready == nil || *e.Conditions.Ready {
			out = append(out, e.Addresses...)
		}
	}
	return out
}

func join2(ip string, port int32) string {
	return net.JoinHostPort(ip, strconv.Itoa(int(port)))
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
