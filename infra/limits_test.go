package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// What CloudFormation takes of a stack
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const (
	mostBytes     = 1 << 20
	mostResources = 500
	mostOutputs   = 200
)

func TestNoStackIsMoreThanCloudFormationTakes(t *testing.T) {
	for _, stack := range made(t) {
		file, err := os.Stat(templateFile(stack))
		if err != nil {
			t.Fatal(err)
		}
		parsed := read(t, stack)
		if file.Size() > mostBytes || len(parsed.Resources) > mostResources || len(parsed.Outputs) > mostOutputs {
			t.Errorf("%s: %d bytes, %d resources, %d outputs", stack, file.Size(), len(parsed.Resources), len(parsed.Outputs))
		}
	}
}

// What IAM takes of a role, in characters without white space, and Lambda of a
// function's environment
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const (
	mostInline      = 10_240
	mostTrust       = 2_048
	mostAttached    = 10
	mostEnvironment = 4_096
)

func TestNoRoleHasMorePolicyThanIAMTakes(t *testing.T) {
	for _, stack := range made(t) {
		parsed, inline := read(t, stack), map[string]int{}
		for _, policy := range parsed.ofType("AWS::IAM::Policy") {
			for _, role := range texts(policy.Properties["Roles"]) {
				inline[role] += grown(t, policy.Properties["PolicyDocument"])
			}
		}
		for role, size := range inline {
			if size > mostInline {
				t.Errorf("%s: the policies of %s have some %d characters", stack, role, size)
			}
		}
		for id, role := range parsed.ofType("AWS::IAM::Role") {
			if size := grown(t, role.Properties["AssumeRolePolicyDocument"]); size > mostTrust {
				t.Errorf("%s: the trust of %s has some %d characters", stack, id, size)
			}
			if n := len(many(role.Properties["ManagedPolicyArns"])); n > mostAttached {
				t.Errorf("%s: %s has %d managed policies", stack, id, n)
			}
		}
	}
}

func TestNoFunctionIsToldMoreThanLambdaTakes(t *testing.T) {
	const authority = 1_500 // characters that a cluster's certificate authority has
	for _, stack := range made(t) {
		for id, function := range read(t, stack).ofType("AWS::Lambda::Function") {
			if size := grown(t, at(function.Properties, "Environment", "Variables")) + authority; size > mostEnvironment {
				t.Errorf("%s: %s is told some %d characters", stack, id, size)
			}
		}
	}
}

// longestStack is the name of the event plane's stack where the platform's name is
// the longest that its file may say.
var longestStack = strings.Repeat("n", 20) + "-eventplane"

// longest are the names that AWS takes, by type of resource and property.
var longest = map[string]map[string]int{
	"AWS::Lambda::Function":            {"FunctionName": 64},     // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	"AWS::StepFunctions::StateMachine": {"StateMachineName": 80}, // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
	"AWS::IAM::Role":                   {"RoleName": 64},         // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	"AWS::Events::EventBus":            {"Name": 256},            // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
	"AWS::SNS::Topic":                  {"TopicName": 256},       // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
	"AWS::CloudWatch::Alarm":           {"AlarmName": 255},       // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
	"AWS::Logs::LogGroup":              {"LogGroupName": 512},    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
	"AWS::EKS::Cluster":                {"Name": 100},            // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
	"AWS::EKS::PodIdentityAssociation": {"ServiceAccount": 253},  // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
	"AWS::Scheduler::Schedule":         {"Description": 512},     // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
	"AWS::Events::Rule":                {"Description": 512},     // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
	"AWS::Lambda::LayerVersion":        {"Description": 256},     // https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
	"AWS::KMS::Key":                    {"Description": 8192},    // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
}

func TestNoNameIsTooLongWhereThePlatformsNameIsTheLongest(t *testing.T) {
	looked := 0
	for _, stack := range made(t) {
		parsed := read(t, stack)
		for kind, properties := range longest {
			for id, r := range parsed.ofType(kind) {
				for property, most := range properties {
					name := strings.ReplaceAll(text(r.Properties[property]), "<AWS::StackName>", longestStack)
					if r.Properties[property] != nil {
						looked++
					}
					if len(name) > most {
						t.Errorf("%s: %s of %s has %d characters, and AWS takes %d: %s", stack, property, id, len(name), most, name)
					}
				}
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d names were found", looked)
	}
}

// unknown is what CloudFormation fills in: an ARN, most often.
var unknown = regexp.MustCompile(`<[A-Za-z0-9:.]+>`)

// grown is about how many characters a value has when it is filled in.
func grown(t *testing.T, v any) int {
	t.Helper()
	raw, err := json.Marshal(filled(v))
	if err != nil {
		t.Fatal(err)
	}
	return len(raw)
}

// filled is a value with something as long as what CloudFormation fills in.
func filled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			if key == "Ref" || strings.HasPrefix(key, "Fn::") {
				return unknown.ReplaceAllString(text(v), strings.Repeat("x", 80))
			}
		}
		all := map[string]any{}
		for key, inner := range v {
			all[key] = filled(inner)
		}
		return all
	case []any:
		all := make([]any, 0, len(v))
		for _, inner := range v {
			all = append(all, filled(inner))
		}
		return all
	}
	return v
}
