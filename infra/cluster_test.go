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

func TestExactlyTheFunctionsThatUseTheClusterAreLetIn(t *testing.T) {
	plane := read(t, publicStack)
	var want, got []string
	for _, f := range functions.Catalogue() {
		if constructs.UsesCluster(f) {
			_, function := functionOf(t, plane, f)
			want = append(want, text(function.Properties["Role"]))
		}
	}
	for id, entry := range plane.ofType("AWS::EKS::AccessEntry") {
		got = append(got, text(entry.Properties["PrincipalArn"]))
		if groups := texts(entry.Properties["KubernetesGroups"]); !slices.Equal(groups, []string{constructs.ReleasersGroup}) {
			t.Errorf("%s is a member of %v", id, groups)
		}
		if entry.Properties["AccessPolicies"] != nil {
			t.Errorf("%s has policies of EKS beside the group", id)
		}
	}
	if named := strings.Split(text(plane.Outputs["ClusterRoleArns"]["Value"]), ","); !slices.Equal(named, want) {
		t.Errorf("the output names %v, want %v", named, want)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("access entries (-want +got):\n%s", diff)
	}
}

func TestAPrivateClusterIsReachedFromItsSubnets(t *testing.T) {
	plane := read(t, privateStack)
	statements := statementsOf(plane)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		inside := at(function.Properties, "VpcConfig", "SubnetIds") != nil && at(function.Properties, "VpcConfig", "SecurityGroupIds") != nil
		allowed := slices.ContainsFunc(statements[roleOf(function.Properties["Role"])], func(s statement) bool { return s.sid == "UseNetworkInterface" })
		if want := constructs.UsesCluster(f); inside != want || allowed != want {
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

func TestTheClustersRolesAreForTheGroupOfTheAccessEntriesAndNameEveryRight(t *testing.T) {
	for _, file := range []string{"kubernetes/rbac.yaml", "kubernetes/rehearsal.yaml"} {
		t.Run(file, func(t *testing.T) {
			documents := rbac(t, file)
			if closed := documents[0]; closed.Kind == "NetworkPolicy" && closed.Metadata.Namespace == "" {
				documents = documents[1:]
			}
			narrow(t, documents)
		})
	}
}

func narrow(t *testing.T, documents []rbacDocument) {
	t.Helper()
	if len(documents) != 2 || documents[0].Kind != "Role" || documents[1].Kind != "RoleBinding" {
		t.Fatalf("want a Role and its RoleBinding, nothing cluster-wide: %+v", documents)
	}
	role, binding := documents[0], documents[1]
	if role.Metadata.Namespace != "" || binding.Metadata.Namespace != "" {
		t.Error("the manifest names a namespace; it is applied to any")
	}
	if binding.RoleRef.Kind != "Role" || binding.RoleRef.Name != role.Metadata.Name {
		t.Errorf("the binding is of %+v", binding.RoleRef)
	}
	if len(binding.Subjects) != 1 || binding.Subjects[0].Kind != "Group" || binding.Subjects[0].Name != constructs.ReleasersGroup {
		t.Errorf("the binding is for %+v, want the group %s", binding.Subjects, constructs.ReleasersGroup)
	}
	for _, rule := range role.Rules {
		for _, word := range slices.Concat(rule.APIGroups, rule.Resources, rule.Verbs) {
			if strings.Contains(word, "*") || word == "secrets" || word == "escalate" || word == "impersonate" {
				t.Errorf("the role has %s in %+v", word, rule)
			}
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
