package kubernetes_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
)

// openings are what network policies let through, each as "in" or "out", whose pods,
// with whom, and on which ports; no peer is anybody, no port is any.
func openings(t *testing.T, objects []kubernetes.Object) []string {
	t.Helper()
	all := []string{}
	for _, object := range objects {
		if object["kind"] != "NetworkPolicy" {
			continue
		}
		var spec struct {
			PodSelector     json.RawMessage
			PolicyTypes     []string
			Ingress, Egress []struct {
				From, To []json.RawMessage
				Ports    []struct {
					Protocol string
					Port     int
				}
			}
		}
		raw, err := json.Marshal(object["spec"])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &spec); err != nil {
			t.Fatal(err)
		}
		whose := string(spec.PodSelector)
		all = append(all, "closed "+whose+" "+strings.Join(spec.PolicyTypes, ","))
		for direction, rules := range map[string]int{"in": len(spec.Ingress), "out": len(spec.Egress)} {
			for i := range rules {
				rule := spec.Egress
				if direction == "in" {
					rule = spec.Ingress
				}
				line := direction + " " + whose
				for _, peer := range append(rule[i].From, rule[i].To...) {
					line += " " + string(peer)
				}
				for _, port := range rule[i].Ports {
					line += fmt.Sprintf(" %s:%d", port.Protocol, port.Port)
				}
				all = append(all, line)
			}
		}
	}
	slices.Sort(all)
	return all
}

// A policy more, a port or a peer, is an opening that nobody reviewed: here is what
// Flink, the API server's proxy and Prometheus need, and what the team asked for. A
// rehearsal reaches neither the team's jobs nor its brokers.
func TestPodsOfATeamAreClosedButForWhatFlinkAndTheProxyNeed(t *testing.T) {
	const (
		every     = "{}"
		jobs      = `{"matchExpressions":[{"key":"sluice/rehearsal-of","operator":"DoesNotExist"}]}`
		rehearses = `{"matchExpressions":[{"key":"sluice/rehearsal-of","operator":"Exists"}]}`
		own       = `{"podSelector":{}}`
		identity  = `{"ipBlock":{"cidr":"169.254.170.23/32"}}`
		anywhere  = `{"ipBlock":{"cidr":"0.0.0.0/0","except":["169.254.0.0/16"]}}`
		names     = `{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}},"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}}}`
		metrics   = `{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}`
	)
	want := []string{
		"closed " + every + " Ingress,Egress", "closed " + every + " Ingress", "closed " + every + " Egress",
		"closed " + jobs + " Ingress,Egress", "closed " + jobs + " Egress", "closed " + rehearses + " Ingress,Egress",
		"in " + jobs + " " + own,
		"in " + every + " TCP:8081", // the API server's proxy has no address that a policy could name
		"in " + every + " " + metrics + " TCP:9249",
		"in " + rehearses + " TCP:8081",
		"out " + jobs + " " + own,
		"out " + every + " " + names + " UDP:53 TCP:53",
		"out " + every + " " + anywhere + " TCP:443",
		"out " + every + " " + identity + " TCP:80",
		"out " + jobs + ` {"ipBlock":{"cidr":"10.0.0.0/16"}} TCP:9092`,
		"out " + rehearses + " UDP:53 TCP:53", "out " + rehearses + " TCP:443", "out " + rehearses + " " + identity + " TCP:80",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, openings(t, kubernetes.Team(teamA))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATeamThatNamesNobodyTalksToNobodyBesideAWS(t *testing.T) {
	quiet := teamA
	quiet.Egress = nil
	for _, line := range openings(t, kubernetes.Team(quiet)) {
		if strings.Contains(line, "10.0.0.0") || strings.Contains(line, "9092") {
			t.Errorf("it is open: %s", line)
		}
	}
}
