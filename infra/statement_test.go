package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// statement is one statement of an identity's policy, resolved to text.
type statement struct {
	sid                string
	effect             string
	actions, resources []string
	condition          any
}

// statementsOf lists the statements of every role, by the role's logical id.
func statementsOf(plane template) map[string][]statement {
	all := map[string][]statement{}
	for _, policy := range plane.ofType("AWS::IAM::Policy") {
		for _, role := range texts(policy.Properties["Roles"]) {
			id := strings.Trim(role, "<>")
			for _, s := range many(at(policy.Properties, "PolicyDocument", "Statement")) {
				sid, _ := at(s, "Sid").(string)
				all[id] = append(all[id], statement{sid: sid, effect: text(at(s, "Effect")), actions: texts(at(s, "Action")), resources: texts(at(s, "Resource")), condition: at(s, "Condition")})
			}
		}
	}
	return all
}

// roleOf is the logical id behind a reference to a role's ARN.
func roleOf(reference any) string {
	id, _, _ := strings.Cut(strings.Trim(text(reference), "<>"), ".")
	return id
}

// anywhere are the actions that may be allowed on every resource, and why.
var anywhere = map[string]string{
	"xray:PutTraceSegments":                "traces are no resources",
	"xray:PutTelemetryRecords":             "traces are no resources",
	"xray:GetSamplingRules":                "rules are read as a whole",
	"xray:GetSamplingTargets":              "rules are read as a whole",
	"logs:CreateLogDelivery":               "log delivery takes no resource",
	"logs:GetLogDelivery":                  "log delivery takes no resource",
	"logs:UpdateLogDelivery":               "log delivery takes no resource",
	"logs:DeleteLogDelivery":               "log delivery takes no resource",
	"logs:ListLogDeliveries":               "log delivery takes no resource",
	"logs:PutResourcePolicy":               "log delivery takes no resource",
	"logs:DescribeResourcePolicies":        "log delivery takes no resource",
	"logs:DescribeLogGroups":               "log delivery takes no resource",
	"states:SendTaskSuccess":               "the token names the task",
	"cloudwatch:PutMetricData":             "the namespace is what can be held, and is",
	"cloudwatch:DescribeAlarms":            "composite alarms are described only to who may describe all",
	"cloudwatch:DescribeAlarmContributors": "whether it can be held to some alarms is not documented",
	"cloudwatch:GetMetricData":             "reading metrics takes no resource",
	"cloudwatch:ListMetrics":               "reading metrics takes no resource",
	"ec2:CreateNetworkInterface":           "Lambda makes interfaces with the function's role",
	"ec2:DescribeNetworkInterfaces":        "describing takes no resource",
	"ec2:DescribeSubnets":                  "describing takes no resource",
	"ec2:DeleteNetworkInterface":           "the interface is not known beforehand",
	"ec2:AssignPrivateIpAddresses":         "the interface is not known beforehand",
	"ec2:UnassignPrivateIpAddresses":       "the interface is not known beforehand",

	// Of the Cluster Autoscaler and Karpenter: what they read to choose nodes.
	"autoscaling:DescribeAutoScalingGroups":        "describing takes no resource",
	"autoscaling:DescribeAutoScalingInstances":     "describing takes no resource",
	"autoscaling:DescribeLaunchConfigurations":     "describing takes no resource",
	"autoscaling:DescribeScalingActivities":        "describing takes no resource",
	"ec2:DescribeLaunchTemplateVersions":           "describing takes no resource",
	"ec2:GetInstanceTypesFromInstanceRequirements": "instance types are nobody's",
	"ec2:DescribeCapacityReservations":             "describing takes no resource; the region is held",
	"ec2:DescribeImages":                           "describing takes no resource",
	"ec2:DescribeInstances":                        "describing takes no resource; the region is held",
	"ec2:DescribeInstanceStatus":                   "describing takes no resource; the region is held",
	"ec2:DescribeInstanceTypeOfferings":            "describing takes no resource; the region is held",
	"ec2:DescribeInstanceTypes":                    "describing takes no resource",
	"ec2:DescribeLaunchTemplates":                  "describing takes no resource; the region is held",
	"ec2:DescribePlacementGroups":                  "describing takes no resource; the region is held",
	"ec2:DescribeSecurityGroups":                   "describing takes no resource; the region is held",
	"ec2:DescribeSpotPriceHistory":                 "describing takes no resource; the region is held",

	// Of the load balancer of web pages.
	"ec2:DescribeAvailabilityZones":                       "describing takes no resource; the region is held",
	"ec2:DescribeVpcs":                                    "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeListenerAttributes":     "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeListenerCertificates":   "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeListeners":              "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeLoadBalancerAttributes": "describing takes no resource; the region is held",
	"ec2:DescribeAccountAttributes":                       "describing takes no resource; the region is held",
	"ec2:DescribeAddresses":                               "describing takes no resource; the region is held",
	"ec2:DescribeInternetGateways":                        "describing takes no resource; the region is held",
	"ec2:GetSecurityGroupsForVpc":                         "the groups of a VPC are read as a whole; the region is held",
	"elasticloadbalancing:DescribeLoadBalancers":          "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeRules":                  "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeTags":                   "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeTargetGroupAttributes":  "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeTargetGroups":           "describing takes no resource; the region is held",
	"elasticloadbalancing:DescribeTargetHealth":           "describing takes no resource; the region is held",

	"pricing:GetProducts":      "prices are nobody's",
	"iam:ListInstanceProfiles": "listing takes no resource",
}

func TestNoStatementAllowsMoreThanItMust(t *testing.T) {
	for _, stack := range made(t) {
		for role, statements := range statementsOf(read(t, stack)) {
			for _, s := range statements {
				if s.effect != "Allow" || len(s.actions) == 0 || len(s.resources) == 0 {
					t.Errorf("%s: %s: a statement of another form: %+v", stack, role, s)
				}
				for _, action := range s.actions {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", stack, role, action)
					}
					if _, ok := anywhere[action]; !ok && slices.Contains(s.resources, "*") {
						t.Errorf("%s: %s allows %s on every resource", stack, role, action)
					}
				}
			}
		}
	}
}

func TestNoRoleHasManagedOrInlinePolicies(t *testing.T) {
	for id, role := range read(t, privateStack).ofType("AWS::IAM::Role") {
		for _, property := range []string{"ManagedPolicyArns", "Policies"} {
			if v, ok := role.Properties[property]; ok {
				t.Errorf("%s has %s %v, which no test of statements sees", id, property, v)
			}
		}
	}
}

// sids are the statements a grant stands for; KMS's comes with most of them.
var sids = map[functions.Grant][]string{
	functions.ReadArtifacts: {"ReadArtifacts", "ListArtifacts", "UseKey"},
	functions.ReadLedger:    {"ReadLedger", "ListLedger", "UseKey"},
	functions.WriteLedger:   {"WriteLedger", "UseKey"},
	functions.PinJars:       {"PinJars", "UseKey"},
	functions.UseCluster:    nil,
	functions.SeeCluster:    nil,
	functions.SendEvents:    {"SendEvents"},
	functions.StartRelease:  {"StartRelease"},
	functions.EndWaits:      {"EndWaits"},
	functions.ReadAlarms:    {"ReadAlarms"},
	functions.AskOfAlarms:   {"AskOfSeries", "AskOfAlarms"},
	functions.CallSomebody:  {"CallSomebody"},
	functions.QueryMetrics:  {"QueryMetrics"},
	functions.PutMetrics:    {"PutMetrics"},

	functions.ReadSnapshots:      {"ReadSnapshots", "ListSnapshots"},
	functions.RemoveSnapshots:    {"RemoveSnapshots"},
	functions.StartMachines:      {"StartMachines"},
	functions.DescribeExecutions: {"DescribeExecutions"},
}

func TestAFunctionHasTheStatementsOfItsGrantsAndNoOther(t *testing.T) {
	for _, stack := range planes {
		t.Run(stack, func(t *testing.T) { granted(t, stack) })
	}
}

func granted(t *testing.T, stack string) {
	t.Helper()
	plane := read(t, stack)
	statements := statementsOf(plane)
	ofPlatform := stack == "sluice-eventplane" || stack == "other-eventplane"
	for _, f := range functions.Catalogue() {
		want := map[string]bool{"WriteLog": true}
		if stack != "other-eventplane" {
			want[""] = true // the CDK's, for X-Ray, which China lacks
		}
		if f.ReachesCluster() && stack != publicStack {
			want["UseNetworkInterface"] = true
		}
		if ofPlatform && slices.Contains(f.Grants, functions.ReadSnapshots) {
			want["DecryptSnapshots"] = true // the key of the data is the platform's
		}
		for _, grant := range f.Grants {
			for _, sid := range sids[grant] {
				want[sid] = true
			}
		}
		_, function := functionOf(t, plane, f)
		got := map[string]bool{}
		for _, s := range statements[roleOf(function.Properties["Role"])] {
			if got[s.sid] {
				t.Errorf("%s has two statements %q", f.Name, s.sid)
			}
			got[s.sid] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}

func TestAStatementReachesWhatItsNameSays(t *testing.T) {
	plane := read(t, publicStack)
	artifacts, known := "<"+artifactsID(t, plane)+".Arn>", "<"+ledgerID(t, plane)+".Arn>"
	key, _ := plane.only(t, "AWS::KMS::Key")
	bus, _ := plane.only(t, "AWS::Events::EventBus")
	topic, _ := plane.only(t, "AWS::SNS::Topic")
	documents := []string{known + "/" + ledger.DocumentPrefix + "*", known + "/" + ledger.RecordPrefix + "*", known + "/" + ledger.RevisionPrefix + "*", known + "/" + ledger.RotationPrefix + "*", known + "/" + ledger.SnapshotPrefix + "*", known + "/" + ledger.IncidentPrefix + "*"}
	var executions, others []string
	for _, m := range functions.Machines() {
		if m != functions.Recover {
			others = append(others, "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:<AWS::StackName>-"+string(m))
		}
		of := "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AWS::StackName>-" + string(m)
		executions = append(executions, of+":*", of+"/*:*")
	}
	want := map[string]statement{
		"ReadArtifacts": {actions: []string{"s3:GetObject", "s3:GetObjectVersion"}, resources: []string{artifacts + "/*"}},
		"ListArtifacts": {actions: []string{"s3:ListBucket", "s3:ListBucketVersions"}, resources: []string{artifacts}},
		"ReadLedger":    {actions: []string{"s3:GetObject"}, resources: documents},
		"ListLedger":    {actions: []string{"s3:ListBucket"}, resources: []string{known}},
		"WriteLedger":   {actions: []string{"s3:PutObject"}, resources: documents},
		"PinJars":       {actions: []string{"s3:PutObject"}, resources: []string{known + "/" + ledger.JarPrefix + "*"}},
		"UseKey":        {actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, resources: []string{"<" + key + ".Arn>"}},
		"SendEvents":    {actions: []string{"events:PutEvents"}, resources: []string{"<" + bus + ".Arn>"}},
		"StartRelease":  {actions: []string{"states:StartExecution"}, resources: []string{"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:<AWS::StackName>-release"}},
		"EndWaits":      {actions: []string{"states:SendTaskSuccess"}, resources: []string{"*"}},
		"PutMetrics":    {actions: []string{"cloudwatch:PutMetricData"}, resources: []string{"*"}},
		"ReadAlarms":    {actions: []string{"cloudwatch:DescribeAlarms"}, resources: []string{"*"}},
		"AskOfSeries":   {actions: []string{"cloudwatch:DescribeAlarmContributors"}, resources: []string{"*"}},
		"AskOfAlarms":   {actions: []string{"cloudwatch:ListTagsForResource"}, resources: []string{"arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*"}},
		"CallSomebody":  {actions: []string{"sns:Publish"}, resources: []string{"<" + topic + ">"}},

		"ReadSnapshots":      {actions: []string{"s3:GetObject"}, resources: []string{"arn:<AWS::Partition>:s3:::<DataBucketName>/*"}},
		"ListSnapshots":      {actions: []string{"s3:ListBucket"}, resources: []string{"arn:<AWS::Partition>:s3:::<DataBucketName>"}},
		"RemoveSnapshots":    {actions: []string{"s3:DeleteObject"}, resources: []string{"arn:<AWS::Partition>:s3:::<DataBucketName>/savepoints/*", "arn:<AWS::Partition>:s3:::<DataBucketName>/*/savepoints/*"}},
		"QueryMetrics":       {actions: []string{"aps:QueryMetrics"}, resources: []string{"arn:<AWS::Partition>:aps:<AWS::Region>:<AWS::AccountId>:workspace/<PrometheusWorkspaceId>"}},
		"StartMachines":      {actions: []string{"states:StartExecution"}, resources: others},
		"DescribeExecutions": {actions: []string{"states:DescribeExecution"}, resources: executions},
	}
	seen := map[string]bool{}
	for role, statements := range statementsOf(plane) {
		for _, s := range statements {
			expected, ok := want[s.sid]
			if !ok {
				continue
			}
			seen[s.sid] = true
			if s.sid == "UseKey" && slices.Equal(s.actions, []string{"kms:Decrypt"}) {
				continue // who only reads
			}
			if diff := cmp.Diff([][]string{expected.actions, expected.resources}, [][]string{s.actions, s.resources}); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", role, s.sid, diff)
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("statements nobody has (-want +got):\n%s", diff)
	}
}

func TestTheKeyIsUsedThroughS3Alone(t *testing.T) {
	plane := read(t, publicStack)
	found := 0
	hold := func(who string, actions []string, condition any) {
		if !slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(a, "kms:") }) {
			return
		}
		found++
		if got := text(at(condition, "StringEquals", "kms:ViaService")); got != "s3.<AWS::Region>.<AWS::URLSuffix>" {
			t.Errorf("%s may use the key through %s", who, got)
		}
	}
	for role, statements := range statementsOf(plane) {
		for _, s := range statements {
			hold(role, s.actions, s.condition)
		}
	}
	_, key := plane.only(t, "AWS::KMS::Key")
	for _, s := range many(at(key.Properties, "KeyPolicy", "Statement")) {
		if actions := texts(at(s, "Action")); !slices.Equal(actions, []string{"kms:*"}) { // the account itself, which hands the key to IAM
			hold(text(at(s, "Principal", "AWS")), actions, at(s, "Condition"))
		}
	}
	if want := len(functions.Catalogue()) + 2; found != want {
		t.Errorf("%d statements allow the use of the key, want one a function, the jobs' one and that of the machine which reads lists: %d", found, want)
	}
}

func TestFunctionsSayWhatTheySayAndAskForNoChange(t *testing.T) {
	want := map[string]any{"StringEquals": map[string]any{
		"events:source": events.Source, "events:detail-type": []any{events.ReleaseEndedType, events.ApprovalAskedType},
	}}
	found := 0
	for role, statements := range statementsOf(read(t, publicStack)) {
		for _, s := range statements {
			if !slices.Contains(s.actions, "events:PutEvents") {
				continue
			}
			found++
			if diff := cmp.Diff(want, s.condition); diff != "" {
				t.Errorf("%s may put other events (-want +got):\n%s", role, diff)
			}
		}
	}
	if found == 0 {
		t.Error("nobody puts events")
	}
}

func TestPinnedJarsAreWrittenWhereTheGrantAllowsIt(t *testing.T) {
	if key := flink.JarKey("0123"); !strings.HasPrefix(key, ledger.JarPrefix) {
		t.Errorf("a pinned jar is %s, and the grant is for %s", key, ledger.JarPrefix)
	}
}

func TestJobsMayReadPinnedJarsAndNothingElseOfTheLedger(t *testing.T) {
	plane := read(t, publicStack)
	known := ledgerID(t, plane)
	found := 0
	for _, kind := range []string{"AWS::S3::BucketPolicy", "AWS::KMS::Key"} {
		for id, r := range plane.ofType(kind) {
			document := r.Properties["PolicyDocument"]
			if document == nil {
				document = r.Properties["KeyPolicy"]
			}
			for _, s := range many(at(document, "Statement")) {
				if text(at(s, "Principal", "AWS")) != "<JobExecutionRoleArn>" {
					continue
				}
				found++
				got := text(at(s, "Action")) + " " + text(at(s, "Resource"))
				if got != "s3:GetObject <"+known+".Arn>/jars/*" && got != "kms:Decrypt *" {
					t.Errorf("%s lets jobs do %s", id, got)
				}
			}
		}
	}
	if found != 2 {
		t.Errorf("jobs have %d statements, want one of the bucket and one of the key", found)
	}
}
