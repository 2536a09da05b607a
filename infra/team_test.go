package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const teamStack = "sluice-team-a"

func TestAJobsRoleIsTakenByTheTeamsOwnPodsAndByNoOthers(t *testing.T) {
	role := read(t, teamStack).Resources["JobRole"+suffixOf(t, "JobRole")]
	if got := role.Properties["RoleName"]; got != "sluice-job-flink-team-a-ns" {
		t.Errorf("manifests are filled in with sluice-job-flink-team-a-ns, and the role is %v", got)
	}
	sub := many(at(role.Properties, "AssumeRolePolicyDocument", "Fn::Sub"))
	if len(sub) == 0 {
		t.Fatalf("the trust is %v", role.Properties["AssumeRolePolicyDocument"])
	}
	var trust struct {
		Statement []struct {
			Principal map[string]string
			Condition map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(sub[0].(string)), &trust); err != nil {
		t.Fatal(err)
	}
	if got := trust.Statement[0].Principal["Service"]; got != "pods.eks.amazonaws.com" || len(trust.Statement) != 2 {
		t.Errorf("the role is taken by %v", trust)
	}
	got := trust.Statement[1].Condition["StringLike"]["${Issuer}:sub"]
	if before, after, _ := strings.Cut(got, "emr-containers-sa-*-*-${AWS::AccountId}-"); before != "system:serviceaccount:flink-team-a-ns:" || !base36Text(after) {
		t.Errorf("the role is taken by %s", got)
	}
}

func TestATeamReadsAndWritesItsOwnPrefixAlone(t *testing.T) {
	for _, statements := range statementsOf(read(t, teamStack)) {
		for _, s := range statements {
			switch {
			case strings.HasPrefix(s.sid, "Use") && s.sid != "UseKeys":
				for _, resource := range s.resources {
					if !strings.HasSuffix(resource, "/flink-team-a-ns/*") {
						t.Errorf("%s reaches %s", s.sid, resource)
					}
				}
			case strings.HasPrefix(s.sid, "List"):
				want := map[string]any{"StringLike": map[string]any{"s3:prefix": []any{"flink-team-a-ns", "flink-team-a-ns/*"}}}
				if diff := cmp.Diff(want, s.condition); diff != "" {
					t.Errorf("%s (-want +got):\n%s", s.sid, diff)
				}
			case strings.Contains(s.sid, "Key"):
				if s.condition == nil {
					t.Errorf("%s is not confined to what S3 asks of the key", s.sid)
				}
			}
		}
	}
}

func TestTheRoleIsGivenToTheOperatorsAccountsAndTheTeamsOwn(t *testing.T) {
	for _, c := range []struct {
		stack, namespace string
		want             []string
	}{
		{teamStack, "flink-team-a-ns", []string{"emr-containers-sa-flink-jobmanager", "emr-containers-sa-flink-taskmanager", "flink-team-a-sa"}},
		{"other-team-search", "search-jobs", []string{"emr-containers-sa-flink-jobmanager", "emr-containers-sa-flink-taskmanager", "flink", "flink-team-search-sa"}},
	} {
		var got []string
		for _, association := range read(t, c.stack).ofType("AWS::EKS::PodIdentityAssociation") {
			if at(association.Properties, "Namespace") != c.namespace {
				t.Errorf("%s: an association of %v", c.stack, association.Properties["Namespace"])
			}
			account, _, _ := strings.Cut(text(association.Properties["ServiceAccount"]), "-<AWS::AccountId>")
			got = append(got, account)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.stack, diff)
		}
	}
}

func TestPeopleOfATeamAreOfItsGroupAndHaveNoPolicyOfEKS(t *testing.T) {
	_, entry := read(t, "other-team-search").only(t, "AWS::EKS::AccessEntry")
	if got := texts(entry.Properties["KubernetesGroups"]); !slices.Equal(got, []string{"flink-team-search"}) || entry.Properties["AccessPolicies"] != nil {
		t.Errorf("groups %v, policies %v", got, entry.Properties["AccessPolicies"])
	}
}

// suffixOf is what the CDK puts behind the id of the one resource that begins so.
func suffixOf(t *testing.T, id string) string {
	t.Helper()
	for name := range maps.Keys(read(t, teamStack).ofType("AWS::IAM::Role")) {
		if suffix, ok := strings.CutPrefix(name, id); ok {
			return suffix
		}
	}
	t.Fatalf("there is no role %s", id)
	return ""
}

func base36Text(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}
