package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

const addOnsStack = "sluice-addons"

// Kinds of what the kubectl provider applies.
const (
	helmChart  = "Custom::AWSCDK-EKS-HelmChart"
	kubeObject = "Custom::AWSCDK-EKS-KubernetesResource"
)

// chartsOf are the installations of a stack, by the chart's name.
func chartsOf(t *testing.T, stack string) map[string]resource {
	t.Helper()
	found := map[string]resource{}
	for id, r := range read(t, stack).ofType(helmChart) {
		name := text(r.Properties["Chart"])
		if _, ok := found[name]; ok {
			t.Errorf("%s: %s is installed twice, by %s too", stack, name, id)
		}
		found[name] = r
	}
	return found
}

func TestEveryChartThatIsInstalledIsThatOfTheTableAndWaitedFor(t *testing.T) {
	table := map[string]charts.Chart{}
	for _, c := range charts.All() {
		table[c.Repository+" "+c.Name] = c
		table[mirrored(t).Chart(c).Repository+" "+c.Name] = c
	}
	for _, stack := range made(t) {
		for id, r := range read(t, stack).ofType(helmChart) {
			chart, ok := table[text(r.Properties["Repository"])+" "+text(r.Properties["Chart"])]
			if !ok {
				t.Errorf("%s: %s is in no table: %v", stack, id, r.Properties)
				continue
			}
			got := []string{text(r.Properties["Version"]), text(r.Properties["Release"]), text(r.Properties["Namespace"]), text(r.Properties["Wait"])}
			if diff := cmp.Diff([]string{chart.Version, chart.Release, chart.Namespace, "true"}, got); diff != "" {
				t.Errorf("%s: %s (-table +template):\n%s", stack, id, diff)
			}
		}
	}
}

func TestThePlatformInstallsTheAddOnsThatItsFileTurnsOn(t *testing.T) {
	for stack, file := range map[string]string{addOnsStack: "platform.yaml", "other-addons": "testdata/platform-other.yaml"} {
		p, err := platform.Open(file, regions())
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, c := range p.AddOnCharts() {
			want = append(want, c.Name)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(chartsOf(t, stack)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

// Karpenter's definitions come first and go last; a node class goes while the
// controller still runs, which waits for the class's last node.
func TestWhatIsNeededIsInstalledFirstAndRemovedLast(t *testing.T) {
	stack := read(t, addOnsStack)
	needs := dependencies(stack)
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return slices.ContainsFunc(needs[from], func(next string) bool { return next == to || reaches(next, to) })
	}
	ids := map[string]string{}
	for id, r := range stack.Resources {
		switch r.Type {
		case helmChart:
			ids[text(r.Properties["Chart"])] = id
		case kubeObject:
			for _, kind := range []string{"NodePool", "EC2NodeClass"} {
				if strings.Contains(text(r.Properties["Manifest"]), `"kind":"`+kind+`","metadata"`) {
					ids[kind] = id
				}
			}
		case "AWS::EKS::PodIdentityAssociation":
			ids["identity of "+text(r.Properties["ServiceAccount"])] = id
		}
	}
	for _, c := range []struct{ later, earlier string }{
		{"karpenter", "karpenter-crd"}, {"EC2NodeClass", "karpenter"}, {"NodePool", "EC2NodeClass"},
		{"karpenter", "identity of karpenter"}, {"cluster-autoscaler", "identity of cluster-autoscaler"},
	} {
		if ids[c.later] == "" || ids[c.earlier] == "" || !reaches(ids[c.later], ids[c.earlier]) {
			t.Errorf("%s (%s) does not wait for %s (%s)", c.later, ids[c.later], c.earlier, ids[c.earlier])
		}
	}
}

func TestTheStorageClassIsTheOneThatEMRsFlinkAsksFor(t *testing.T) {
	stack := read(t, addOnsStack)
	_, driver := stack.only(t, "AWS::EKS::Addon")
	if got := texts(many(driver.Properties["PodIdentityAssociations"])[0].(map[string]any)["ServiceAccount"]); driver.Properties["AddonName"] != "aws-ebs-csi-driver" || got[0] != "ebs-csi-controller-sa" {
		t.Errorf("the driver is %v", driver.Properties)
	}
	found := false
	for _, r := range stack.ofType(kubeObject) {
		manifest := text(r.Properties["Manifest"])
		if !strings.Contains(manifest, `"kind":"StorageClass"`) {
			continue
		}
		found = true
		for _, want := range []string{`"name":"ebs-sc"`, `"volumeBindingMode":"WaitForFirstConsumer"`, `"encrypted":"true"`, `"type":"gp3"`, `"tagSpecification_1":"sluice.dev/platform=sluice"`} {
			if !strings.Contains(manifest, want) {
				t.Errorf("the class lacks %s: %s", want, manifest)
			}
		}
	}
	if !found {
		t.Error("there is no class")
	}
	if left := read(t, "other-addons").ofType("AWS::EKS::Addon"); len(left) != 0 {
		t.Errorf("a platform that turns it off has %v", left)
	}
}

func TestKarpenterHearsOfEveryNodeThatWillGo(t *testing.T) {
	stack := read(t, addOnsStack)
	queueID, queue := stack.only(t, "AWS::SQS::Queue")
	if queue.Properties["MessageRetentionPeriod"] != 300.0 || queue.Properties["SqsManagedSseEnabled"] != true {
		t.Errorf("the queue is %v", queue.Properties)
	}
	var got []string
	unheard := map[string]bool{}
	for id, rule := range stack.ofType("AWS::Events::Rule") {
		got = append(got, texts(at(rule.Properties, "EventPattern", "source"))[0]+" "+texts(at(rule.Properties, "EventPattern", "detail-type"))[0])
		if target := text(at(many(rule.Properties["Targets"])[0], "Arn")); target != "<"+queueID+".Arn>" || rule.Properties["State"] != "ENABLED" {
			t.Errorf("%s goes to %s, %v", id, target, rule.Properties["State"])
		}
		unheard[id] = true
	}
	_, policy := stack.only(t, "AWS::SQS::QueuePolicy")
	for _, s := range many(at(policy.Properties, "PolicyDocument", "Statement")) {
		if at(s, "Effect") == "Deny" {
			continue
		}
		rule, _, _ := strings.Cut(strings.Trim(text(at(s, "Condition", "ArnEquals", "aws:SourceArn")), "<>"), ".")
		if !unheard[rule] || at(s, "Principal", "Service") != "events.amazonaws.com" {
			t.Errorf("the queue takes messages of %s by %v", rule, at(s, "Principal"))
		}
		delete(unheard, rule)
	}
	if len(unheard) > 0 {
		t.Errorf("the queue refuses %v", slices.Sorted(maps.Keys(unheard)))
	}
	slices.Sort(got)
	want := []string{
		"aws.ec2 EC2 Capacity Reservation Instance Interruption Warning",
		"aws.ec2 EC2 Instance Rebalance Recommendation",
		"aws.ec2 EC2 Instance State-change Notification",
		"aws.ec2 EC2 Spot Instance Interruption Warning",
		"aws.health AWS Health Event",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if told := text(chartsOf(t, addOnsStack)["karpenter"].Properties["Values"]); !strings.Contains(told, `"interruptionQueue":"<`+queueID+`.QueueName>"`) {
		t.Errorf("Karpenter is told of another queue: %s", told)
	}
}

func TestAnAddOnsRightsAreItsServiceAccountsAlone(t *testing.T) {
	for _, stack := range []string{addOnsStack, "other-addons"} {
		parsed := read(t, stack)
		given := map[string]string{}
		for _, association := range parsed.ofType("AWS::EKS::PodIdentityAssociation") {
			given[roleOf(association.Properties["RoleArn"])] = text(association.Properties["Namespace"]) + "/" + text(association.Properties["ServiceAccount"])
		}
		for id := range statementsOf(parsed) {
			role := parsed.Resources[id]
			if given[id] == "" {
				t.Errorf("%s: nobody has the role %s", stack, id)
			}
			for _, s := range many(at(role.Properties, "AssumeRolePolicyDocument", "Statement")) {
				if who := text(at(s, "Principal", "Service")); who != "pods.eks.amazonaws.com" {
					t.Errorf("%s: %s may take %s", stack, who, id)
				}
			}
			if role.Properties["ManagedPolicyArns"] != nil {
				t.Errorf("%s: %s has policies that no test sees", stack, id)
			}
		}
		if len(given) == 0 {
			t.Errorf("%s gives nobody a role", stack)
		}
	}
}

func TestKarpenterPassesTheRoleOfTheNodesAndNoOther(t *testing.T) {
	if _, profile := read(t, addOnsStack).only(t, "AWS::IAM::InstanceProfile"); len(many(profile.Properties["Roles"])) != 1 || !strings.Contains(texts(profile.Properties["Roles"])[0], "NodeRole") {
		t.Errorf("its nodes have the roles %v", profile.Properties["Roles"])
	}
	for role, statements := range statementsOf(read(t, addOnsStack)) {
		for _, s := range statements {
			if !slices.Contains(s.actions, "iam:PassRole") {
				continue
			}
			if len(s.resources) != 1 || !strings.Contains(s.resources[0], "NodeRole") {
				t.Errorf("%s passes %v", role, s.resources)
			}
			if diff := cmp.Diff([]string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}, texts(at(s.condition, "StringEquals", "iam:PassedToService"))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", role, diff)
			}
		}
	}
}

// Values are JSON, and what a chart does not know it ignores in silence: the
// least is that they are whole. `make check-charts` holds them against the charts.
func TestValuesOfChartsAreJSONAndCarryNoSecret(t *testing.T) {
	for _, stack := range made(t) {
		for id, r := range read(t, stack).ofType(helmChart) {
			raw := text(r.Properties["Values"])
			if r.Properties["Values"] == nil {
				continue
			}
			if !json.Valid([]byte(raw)) {
				t.Errorf("%s: %s: %s", stack, id, raw)
			}
			// The provider writes them into its log.
			for _, word := range []string{"{{resolve:secretsmanager", "{{resolve:ssm-secure"} {
				if strings.Contains(raw, word) {
					t.Errorf("%s: %s has %s in its values", stack, id, word)
				}
			}
		}
	}
}
