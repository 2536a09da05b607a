package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
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
	account := "emr-containers-sa-*-*-${AWS::AccountId}-" + kubernetes.Base36("sluice-job-flink-team-a-ns")
	if diff := cmp.Diff(trustOf("flink-team-a-ns", account), parsed(t, sub[0])); diff != "" {
		t.Errorf("the role is taken by (-want +got):\n%s", diff)
	}
}

// trustOf is the whole of what pods of a namespace take a role by, under accounts of
// that form: their pod identity, and what EMR's operator needs
// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/setting-up-trust-policy.html).
func trustOf(namespace, account string) any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": "pods.eks.amazonaws.com"}, "Action": []any{"sts:AssumeRole", "sts:TagSession"}},
		map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"Federated": "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${Issuer}"}, "Action": "sts:AssumeRoleWithWebIdentity",
			"Condition": map[string]any{
				"StringLike":   map[string]any{"${Issuer}:sub": "system:serviceaccount:" + namespace + ":" + account},
				"StringEquals": map[string]any{"${Issuer}:aud": "sts.amazonaws.com"},
			},
		},
	}}
}

func parsed(t *testing.T, document any) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(document.(string)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A team writes below its own prefix of each bucket, and reads the jars that releases
// pinned; a statement more is a right that nobody reviewed.
func TestATeamReadsAndWritesItsOwnPrefixAlone(t *testing.T) {
	use := []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}
	prefix := map[string]any{"StringLike": map[string]any{"s3:prefix": []any{"flink-team-a-ns", "flink-team-a-ns/*"}}}
	throughS3 := map[string]any{"StringEquals": map[string]any{"kms:ViaService": map[string]any{"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}}}
	log, _ := read(t, teamStack).only(t, "AWS::Logs::LogGroup")
	want := map[string]statement{
		"ReadPinnedJars":    {actions: []string{"s3:GetObject"}, resources: []string{"<eventplane Ledger>/jars/*"}},
		"UseKeys":           {actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, resources: []string{"<data Key>"}, condition: throughS3},
		"ReadPinnedJarsKey": {actions: []string{"kms:Decrypt"}, resources: []string{"<eventplane Key>"}, condition: throughS3},
		"WriteLog":          {actions: []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}, resources: []string{"<" + log + ".Arn>"}},
		"FindLog":           {actions: []string{"logs:DescribeLogGroups"}, resources: []string{"*"}},
	}
	for _, bucket := range []string{"State", "Jobs", "Logs"} {
		want["Use"+bucket] = statement{actions: use, resources: []string{"<data " + bucket + ">/flink-team-a-ns/*"}}
		want["List"+bucket] = statement{actions: []string{"s3:ListBucket"}, resources: []string{"<data " + bucket + ">"}, condition: prefix}
	}
	got := map[string]statement{}
	for role, statements := range statementsOf(read(t, teamStack)) {
		for _, s := range statements {
			if _, twice := got[s.sid]; twice || s.effect != "Allow" {
				t.Errorf("%s has another statement %q: %v", role, s.sid, s)
			}
			for i, resource := range s.resources {
				s.resources[i] = arnOfAnother.ReplaceAllString(resource, "<$1 $2>")
			}
			got[s.sid] = statement{actions: s.actions, resources: s.resources, condition: s.condition}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(statement{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// arnOfAnother is the ARN of another stack's resource, as text writes it.
var arnOfAnother = regexp.MustCompile(`map\[Fn::ImportValue:sluice-([a-z]+):ExportsOutputFnGetAtt([A-Z][a-z]+)[0-9A-F]{8}Arn[0-9A-F]{8}\]`)

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
	if who := entry.Properties["PrincipalArn"]; who != "arn:aws-cn:iam::123456789012:role/search" {
		t.Errorf("the file's role is let in as %v", who)
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
