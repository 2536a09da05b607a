package kubernetes

import (
	"slices"
	"strconv"

	"github.com/sluice-flink/sluice/infra/platform"
)

// Namespace is a team's namespace. Its pods may ask nothing of their node that
// Flink does not need (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
func Namespace(t platform.Team) Object {
	return Object{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{
			"name": t.Namespace,
			"labels": map[string]any{
				"pod-security.kubernetes.io/enforce": "baseline",
				"pod-security.kubernetes.io/warn":    "restricted",
				"sluice.dev/team":                    t.Name,
			},
		},
	}
}

// Team is everything in a team's namespace: what each has, and what its file opens.
func Team(t platform.Team) []Object { return append(Always(t), Egress(t)...) }

// Always is what each team has: accounts and rights of its jobs, its people and
// Sluice's functions, its quota, and who may talk to whom.
func Always(t platform.Team) []Object {
	own := objects(team, map[string]string{
		"Team": FullName(t), "Namespace": t.Namespace, "Group": Group(t),
		"CPU": strconv.Itoa(t.Quota.CPU), "MemoryGiB": strconv.Itoa(t.Quota.MemoryGiB), "Pods": strconv.Itoa(t.Quota.Pods),
	})
	return within(t.Namespace, slices.Concat(own, objects(releasers, nil), objects(rehearsers, nil)))
}

// FullName begins the names of a team's objects: flink-team-<name>.
func FullName(t platform.Team) string { return "flink-team-" + t.Name }

// Group is the Kubernetes group of a team's people.
func Group(t platform.Team) string { return FullName(t) }

// Egress opens what the team says its jobs talk to beside AWS: brokers, databases.
// A team that says nothing has none. A rehearsal runs a job's main method, which has
// to reach none of them.
func Egress(t platform.Team) []Object {
	if len(t.Egress) == 0 {
		return nil
	}
	var rules []any
	for _, e := range t.Egress {
		var ports []any
		for _, port := range e.Ports {
			ports = append(ports, map[string]any{"protocol": "TCP", "port": port})
		}
		rules = append(rules, map[string]any{"to": []any{map[string]any{"ipBlock": map[string]any{"cidr": e.CIDR}}}, "ports": ports})
	}
	return within(t.Namespace, []Object{{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
		"metadata": map[string]any{"name": "own-egress"},
		"spec": map[string]any{
			"podSelector": map[string]any{"matchExpressions": []any{map[string]any{"key": "sluice/rehearsal-of", "operator": "DoesNotExist"}}},
			"policyTypes": []any{"Egress"}, "egress": rules,
		},
	}})
}
