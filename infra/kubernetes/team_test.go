package kubernetes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

var teamA = platform.Team{
	Name: "a", Namespace: "flink-team-a-ns", Quota: platform.Quota{CPU: 8, MemoryGiB: 32, Pods: 20},
	Egress: []platform.Egress{{CIDR: "10.0.0.0/16", Ports: []int{9092}}},
}

func TestEverythingOfATeamLiesInItsNamespace(t *testing.T) {
	for _, object := range kubernetes.Team(teamA) {
		if got := meta(object, "namespace"); got != teamA.Namespace {
			t.Errorf("%s %s lies in %v", object["kind"], meta(object, "name"), got)
		}
	}
}

func TestATeamHasWhatTheBlueprintsReaderLooksForAndWhatSluiceNeeds(t *testing.T) {
	var got []string
	for _, object := range kubernetes.Team(teamA) {
		got = append(got, fmt.Sprint(object["kind"], " ", meta(object, "name")))
	}
	for _, want := range []string{
		"ServiceAccount flink-team-a-sa", "Role flink-team-a-role", "RoleBinding flink-team-a-role-binding", "ResourceQuota flink-team-a", "LimitRange flink-team-a",
		"NetworkPolicy default-deny", "NetworkPolicy own-egress", "Role sluice-releaser", "RoleBinding sluice-releaser", "Role sluice-observer", "RoleBinding sluice-observer", "Role sluice-rehearser", "NetworkPolicy sluice-rehearsal",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("there is no %s among %v", want, got)
		}
	}
}

// A right to everything, to roles, or to what can become another account is no
// right of a team's.
func TestNoRoleOfATeamHasARightToEverything(t *testing.T) {
	for _, object := range kubernetes.Team(teamA) {
		if object["kind"] == "ClusterRole" || object["kind"] == "ClusterRoleBinding" {
			t.Errorf("%s is of the whole cluster", meta(object, "name"))
		}
		rules, _ := object["rules"].([]any)
		for _, rule := range rules {
			for _, field := range []string{"verbs", "resources", "apiGroups"} {
				for _, value := range rule.(map[string]any)[field].([]any) {
					if slices.Contains([]any{"*", "secrets", "roles", "rolebindings", "serviceaccounts", "escalate", "bind", "impersonate", "pods/exec"}, value) {
						t.Errorf("%s %s: %s has %s", object["kind"], meta(object, "name"), field, value)
					}
				}
			}
		}
	}
}

func TestAQuotaSaysWhatTheConfigurationSays(t *testing.T) {
	for _, object := range kubernetes.Team(teamA) {
		if object["kind"] != "ResourceQuota" {
			continue
		}
		want := map[string]any{"requests.cpu": "8", "limits.cpu": "8", "requests.memory": "32Gi", "limits.memory": "32Gi", "pods": "20", "services.loadbalancers": "0", "services.nodeports": "0"}
		if diff := cmp.Diff(want, object["spec"].(map[string]any)["hard"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Kubernetes takes such names, and YAML takes them for something else.
func TestANamespaceMayBeNamedLikeANumberOrNothing(t *testing.T) {
	for _, name := range []string{"123", "1e3", "null", "true"} {
		for _, object := range kubernetes.Team(platform.Team{Name: "b", Namespace: name, Quota: teamA.Quota}) {
			subjects, _ := object["subjects"].([]any)
			for _, s := range subjects {
				if got, named := s.(map[string]any)["namespace"]; named && got != name {
					t.Errorf("%s %s is for the namespace %v (%T)", object["kind"], meta(object, "name"), got, got)
				}
			}
		}
	}
}

// Without sizes a pod that names none would be refused by the quota; with large ones
// a sidecar would take the room of a job.
func TestWhatNamesNoSizeGetsASmallOne(t *testing.T) {
	for _, object := range kubernetes.Team(teamA) {
		if object["kind"] != "LimitRange" {
			continue
		}
		want := []any{map[string]any{"type": "Container", "defaultRequest": map[string]any{"cpu": "250m", "memory": "256Mi"}, "default": map[string]any{"cpu": "1", "memory": "1Gi"}}}
		if diff := cmp.Diff(want, object["spec"].(map[string]any)["limits"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestTwoTeamsShareNothing(t *testing.T) {
	for _, object := range kubernetes.Team(platform.Team{Name: "b", Namespace: "flink-team-b-ns", Quota: teamA.Quota}) {
		if text := fmt.Sprint(object); strings.Contains(text, "team-a") {
			t.Errorf("an object of team b names team a: %s", text)
		}
	}
}

func meta(object kubernetes.Object, field string) any {
	return object["metadata"].(map[string]any)[field]
}
