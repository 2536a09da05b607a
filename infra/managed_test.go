package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// managedOf are the policies that AWS keeps which a role has, by name.
func managedOf(role resource) []string {
	var names []string
	for _, arn := range many(role.Properties["ManagedPolicyArns"]) {
		if chosen := many(at(arn, "Fn::If")); len(chosen) == 3 { // where the partition has it
			arn = chosen[1]
		}
		full := text(arn)
		names = append(names, full[strings.LastIndex(full, "/")+1:])
	}
	slices.Sort(names)
	return names
}

// keptByAWS are the roles with policies that AWS keeps, by stack and who has them:
// AWS's own agents, and the functions that the CDK brings along. What such a policy
// allows changes without us, so nobody else has one.
var keptByAWS = map[string][]string{
	"ClusterRole":      {"AmazonEKSClusterPolicy"},
	"NodeRole":         {"AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonSSMManagedInstanceCore"},
	"CniRole":          {"AmazonEKS_CNI_Policy"},
	"BlockStorageRole": {"AmazonEBSCSIDriverPolicyV2"},
	// The CDK's provider of charts and manifests, and the framework around it.
	"ClusterKubectlProviderHandlerServiceRole":             {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AmazonEC2ContainerRegistryReadOnly", "AmazonElasticContainerRegistryPublicReadOnly"},
	"ClusterKubectlProviderframeworkonEventServiceRole":    {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"},
	"KubectlProviderHandlerServiceRole":                    {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AmazonEC2ContainerRegistryReadOnly", "AmazonElasticContainerRegistryPublicReadOnly"},
	"KubectlProviderframeworkonEventServiceRole":           {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"},
	"CustomVpcRestrictDefaultSGCustomResourceProviderRole": {"AWSLambdaBasicExecutionRole"},
}

// hash is what the CDK puts behind the id of a resource.
const hash = 8

func TestPoliciesThatAWSKeepsAreItsOwnAgentsAlone(t *testing.T) {
	for _, stack := range made(t) {
		for id, role := range read(t, stack).ofType("AWS::IAM::Role") {
			if diff := cmp.Diff(keptByAWS[id[:len(id)-hash]], managedOf(role)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", stack, id, diff)
			}
		}
	}
}

// A statement is where TestNoStatementAllowsMoreThanItMust looks: in an
// AWS::IAM::Policy. The CDK's own closing of a default security group alone
// carries its statements elsewhere.
func TestNoStatementStandsWhereNobodyLooks(t *testing.T) {
	for _, stack := range made(t) {
		parsed := read(t, stack)
		for id, r := range parsed.Resources {
			if slices.Contains([]string{"AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::User", "AWS::IAM::UserPolicy", "AWS::IAM::Group", "AWS::IAM::GroupPolicy"}, r.Type) {
				t.Errorf("%s: %s is an %s", stack, id, r.Type)
			}
			if r.Type != "AWS::IAM::Role" || r.Properties["Policies"] == nil {
				continue
			}
			for _, policy := range many(r.Properties["Policies"]) {
				for _, s := range many(at(policy, "PolicyDocument", "Statement")) {
					if to := texts(at(s, "Resource")); !strings.HasPrefix(id, "CustomVpcRestrictDefaultSG") || len(to) != 1 || !strings.HasSuffix(to[0], ".DefaultSecurityGroup>") {
						t.Errorf("%s: %s has a statement of its own: %v", stack, id, s)
					}
				}
			}
		}
	}
}

// principals are who a resource may let in beside services of AWS: its own account, which
// hands a key to IAM, and the jobs of a plane that is attached by parameters.
var principals = map[string]bool{
	"[]": true, "[arn:<AWS::Partition>:iam::<AWS::AccountId>:root]": true, "[<JobExecutionRoleArn>]": true,
}

// A role, a bucket, a key, a queue and a topic say themselves who is let in: nobody of
// another account, and anybody only to be refused who comes without TLS.
func TestNobodyIsLetInByAResourceWhomAConditionDoesNotHold(t *testing.T) {
	for _, stack := range made(t) {
		for id, r := range read(t, stack).Resources {
			document := r.Properties["PolicyDocument"]
			switch r.Type {
			case "AWS::KMS::Key":
				document = r.Properties["KeyPolicy"]
			case "AWS::IAM::Role":
				document = r.Properties["AssumeRolePolicyDocument"] // that of jobs is text, and has a test of its own
			}
			if r.Type == "AWS::IAM::Policy" {
				continue
			}
			for _, s := range many(at(document, "Statement")) {
				principal := at(s, "Principal")
				anybody := principal == "*" || slices.Contains(texts(at(principal, "AWS")), "*")
				if anybody && at(s, "Effect") == "Allow" {
					t.Errorf("%s: %s lets in anybody: %v", stack, id, s)
				}
				if !anybody && !principals[fmt.Sprint(texts(at(principal, "AWS")))] {
					t.Errorf("%s: %s lets in %v", stack, id, principal)
				}
				if at(s, "NotPrincipal") != nil || at(s, "NotAction") != nil {
					t.Errorf("%s: %s lets in all but some: %v", stack, id, s)
				}
			}
		}
	}
}
