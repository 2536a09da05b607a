package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

func TestEachPlatformHasTheOperatorItAsksForAndSluiceKnowsWhich(t *testing.T) {
	for name, want := range map[string]struct {
		chart charts.Chart
		kind  platform.OperatorKind
	}{"sluice": {charts.EMROperator, platform.EMR}, "other": {mirrored(t).Chart(charts.ApacheOperator), platform.Apache}} {
		_, chart := read(t, name+"-flink-operator").only(t, helmChart)
		if chart.Properties["Repository"] != want.chart.Repository || chart.Properties["Version"] != want.chart.Version {
			t.Errorf("%s installs %v %v", name, chart.Properties["Repository"], chart.Properties["Version"])
		}
		plane := read(t, name+"-eventplane")
		_, admit := functionOf(t, plane, functions.Catalogue()[0])
		if got := at(admit.Properties, "Environment", "Variables", functions.EnvOperator); got != strings.ToLower(string(want.kind)) {
			t.Errorf("%s: functions are told the operator is %v", name, got)
		}
	}
}

// The operator takes up only what lies in namespaces that are there when it starts.
func TestTheOperatorStartsAfterTheNamespacesItWatches(t *testing.T) {
	stack := read(t, "sluice-flink-operator")
	_, chart := stack.only(t, helmChart)
	found := false
	for id := range stack.ofType(kubeObject) {
		if strings.HasPrefix(id, "Namespaces") {
			found = slices.ContainsFunc(texts(chart.DependsOn), func(after string) bool { return strings.HasPrefix(after, id) || strings.HasPrefix(after, "Namespaces") })
		}
	}
	if !found {
		t.Errorf("the chart waits for %v", chart.DependsOn)
	}
}

// A namespace takes along the jobs that run in it, and the operator would not even
// be there any more to end them with a savepoint.
func TestATeamThatLeavesTheFileLeavesItsNamespaceInTheCluster(t *testing.T) {
	found := 0
	for _, name := range []string{"sluice-flink-operator", "other-flink-operator"} {
		for id, r := range read(t, name).ofType(kubeObject) {
			if !strings.Contains(text(r.Properties["Manifest"]), `"kind":"Namespace"`) {
				continue
			}
			found++
			if r.DeletionPolicy != "Retain" || r.Properties["PruneLabel"] != nil || r.Properties["Overwrite"] != true {
				t.Errorf("%s: %s: deletion %s, prune %v, overwrite %v", name, id, r.DeletionPolicy, r.Properties["PruneLabel"], r.Properties["Overwrite"])
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 platforms make namespaces", found)
	}
}

func TestTheOperatorsRoleReadsPinnedJarsAndNothingElse(t *testing.T) {
	stack := read(t, "sluice-flink-operator")
	for _, statements := range statementsOf(stack) {
		for _, s := range statements {
			want := map[string]string{"ReadPinnedJars": "s3:GetObject <eventplane Ledger>/jars/*", "DecryptPinnedJars": "kms:Decrypt <eventplane Key>"}[s.sid]
			if got := strings.Join(append(s.actions, s.resources...), " "); arnOfAnother.ReplaceAllString(got, "<$1 $2>") != want {
				t.Errorf("%s is %s, want %q", s.sid, got, want)
			}
		}
	}
}

// The role is the operator's pods' alone, by their identity and by the trust that EMR's
// chart annotates their account for; they begin with it, or never get it.
func TestTheOperatorsRoleIsItsOwnAccountsFromTheStart(t *testing.T) {
	stack := read(t, "sluice-flink-operator")
	_, role := stack.only(t, "AWS::IAM::Role")
	trust := parsed(t, many(at(role.Properties, "AssumeRolePolicyDocument", "Fn::Sub"))[0])
	if diff := cmp.Diff(trustOf("flink-kubernetes-operator", "emr-containers-sa-flink-operator"), trust); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	id, identity := stack.only(t, "AWS::EKS::PodIdentityAssociation")
	if at(identity.Properties, "Namespace") != "flink-kubernetes-operator" || at(identity.Properties, "ServiceAccount") != "emr-containers-sa-flink-operator" {
		t.Errorf("the identity is of %v", identity.Properties)
	}
	_, chart := stack.only(t, helmChart)
	if values := text(chart.Properties["Values"]); !slices.Contains(texts(chart.DependsOn), id) || !strings.Contains(values, `"operatorExecutionRoleArn":"<OperatorRole`) {
		t.Errorf("the chart waits for %v and is told %s", chart.DependsOn, values)
	}
}
