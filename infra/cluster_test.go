package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/constructs"
)

func TestExactlyTheFunctionsThatReachTheClusterAreLetInWhereTheyBelong(t *testing.T) {
	for stack, cluster := range map[string]string{publicStack: "<ClusterName>", attachedStack: "sluice-cluster:ExportsOutputRefCluster", "other-eventplane": "main"} {
		t.Run(stack, func(t *testing.T) { letIn(t, read(t, stack), cluster) })
	}
}

// letIn holds the access entries of a plane against the catalogue; cluster is in the
// name of the cluster that they are of.
func letIn(t *testing.T, plane template, cluster string) {
	t.Helper()
	looks := []string{"diagnose", functions.Probe}
	want, got := map[string][]string{}, map[string][]string{}
	for _, f := range functions.Catalogue() {
		group := constructs.ReleasersGroup
		if slices.Contains(looks, f.Name) {
			group = constructs.ObserversGroup
		}
		if f.ReachesCluster() {
			_, function := functionOf(t, plane, f)
			want[group] = append(want[group], text(function.Properties["Role"]))
		}
	}
	for id, entry := range plane.ofType("AWS::EKS::AccessEntry") {
		group := strings.Join(texts(entry.Properties["KubernetesGroups"]), ",")
		got[group] = append(got[group], text(entry.Properties["PrincipalArn"]))
		if entry.Properties["AccessPolicies"] != nil {
			t.Errorf("%s has policies of EKS beside the group", id)
		}
		if of := text(entry.Properties["ClusterName"]); !strings.Contains(of, cluster) {
			t.Errorf("%s lets into %s", id, of)
		}
	}
	for output, group := range map[string]string{"ClusterRoleArns": constructs.ReleasersGroup, "ObserverRoleArns": constructs.ObserversGroup} {
		if named := strings.Split(text(plane.Outputs[output]["Value"]), ","); !slices.Equal(named, want[group]) {
			t.Errorf("the output %s names %v, want %v", output, named, want[group])
		}
		slices.Sort(want[group])
		slices.Sort(got[group])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("access entries by group (-want +got):\n%s", diff)
	}
}

// GET and POST are what Sluice asks of Flink (internal/flink/rest): the API server
// calls them get and create. Whoever may get alone, looks.
func TestTheProxyOfServicesIsGivenToFunctionsAndForLookingToPeople(t *testing.T) {
	want := map[string][]string{"sluice-releaser": {"get", "create"}, "sluice-observer": {"get"}, "${Team}-people": {"get"}}
	got := map[string][]string{}
	for _, file := range []string{"kubernetes/rbac.yaml", "kubernetes/rehearsal.yaml", "kubernetes/team.yaml"} {
		for _, d := range rbac(t, file) {
			for _, rule := range d.Rules {
				if slices.Contains(rule.Resources, "services/proxy") {
					got[d.Metadata.Name] = append(got[d.Metadata.Name], rule.Verbs...)
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPrivateClusterIsReachedFromItsSubnets(t *testing.T) {
	plane := read(t, privateStack)
	statements := statementsOf(plane)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		inside := at(function.Properties, "VpcConfig", "SubnetIds") != nil && at(function.Properties, "VpcConfig", "SecurityGroupIds") != nil
		allowed := slices.ContainsFunc(statements[roleOf(function.Properties["Role"])], func(s statement) bool { return s.sid == "UseNetworkInterface" })
		if want := f.ReachesCluster(); inside != want || allowed != want {
			t.Errorf("%s: in the VPC: %t, may have an interface: %t, uses the cluster: %t", f.Name, inside, allowed, want)
		}
	}
	if entries := plane.ofType("AWS::EKS::AccessEntry"); len(entries) != 0 {
		t.Errorf("there are %d access entries although the cluster's owner makes them", len(entries))
	}
}

// rbacDocument is what a Role and a RoleBinding have in common.
type rbacDocument struct {
	Kind     string
	Metadata struct{ Name, Namespace string }
	Rules    []struct {
		APIGroups []string `yaml:"apiGroups"`
		Resources []string
		Verbs     []string
	}
	RoleRef  struct{ Kind, Name string } `yaml:"roleRef"`
	Subjects []struct{ Kind, Name string }
}

func TestTheClustersRolesAreForTheGroupsOfTheAccessEntriesAndNameEveryRight(t *testing.T) {
	for _, file := range []string{"kubernetes/rbac.yaml", "kubernetes/rehearsal.yaml"} {
		t.Run(file, func(t *testing.T) {
			documents := rbac(t, file)
			if closed := documents[0]; closed.Kind == "NetworkPolicy" && closed.Metadata.Namespace == "" {
				documents = documents[1:]
			}
			for ; len(documents) > 1; documents = documents[2:] {
				narrow(t, documents[0], documents[1])
			}
			if len(documents) > 0 {
				t.Errorf("%s %s is left over", documents[0].Kind, documents[0].Metadata.Name)
			}
		})
	}
}

// groups are who each Role is for.
var groups = map[string]string{"sluice-releaser": constructs.ReleasersGroup, "sluice-rehearser": constructs.ReleasersGroup, "sluice-observer": constructs.ObserversGroup}

func narrow(t *testing.T, role, binding rbacDocument) {
	t.Helper()
	if role.Kind != "Role" || binding.Kind != "RoleBinding" {
		t.Fatalf("want a Role and its RoleBinding, nothing cluster-wide: %+v, %+v", role, binding)
	}
	if role.Metadata.Namespace != "" || binding.Metadata.Namespace != "" {
		t.Error("the manifest names a namespace; it is applied to any")
	}
	if binding.RoleRef.Kind != "Role" || binding.RoleRef.Name != role.Metadata.Name {
		t.Errorf("the binding is of %+v", binding.RoleRef)
	}
	if len(binding.Subjects) != 1 || binding.Subjects[0].Kind != "Group" || binding.Subjects[0].Name != groups[role.Metadata.Name] {
		t.Errorf("%s is bound to %+v, want the group %s", role.Metadata.Name, binding.Subjects, groups[role.Metadata.Name])
	}
	looks := groups[role.Metadata.Name] == constructs.ObserversGroup
	for _, rule := range role.Rules {
		for _, word := range slices.Concat(rule.APIGroups, rule.Resources, rule.Verbs) {
			if strings.Contains(word, "*") || word == "secrets" || word == "escalate" || word == "impersonate" {
				t.Errorf("the role has %s in %+v", word, rule)
			}
		}
		if slices.ContainsFunc(rule.Verbs, func(verb string) bool { return looks && verb != "get" && verb != "list" }) {
			t.Errorf("who only looks may %v %v", rule.Verbs, rule.Resources)
		}
	}
}

func rbac(t *testing.T, file string) []rbacDocument {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var documents []rbacDocument
	for decoder := yaml.NewDecoder(bytes.NewReader(raw)); ; {
		var d rbacDocument
		if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
			return documents
		} else if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, d)
	}
}
