package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

func TestEachPlatformHasTheOperatorItAsksForAndSluiceKnowsWhich(t *testing.T) {
	for name, want := range map[string]struct {
		chart charts.Chart
		kind  platform.OperatorKind
	}{"sluice": {charts.EMROperator, platform.EMR}, "other": {charts.ApacheOperator, platform.Apache}} {
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
	for _, statements := range statementsOf(read(t, "sluice-flink-operator")) {
		for _, s := range statements {
			if s.sid != "ReadPinnedJars" && s.sid != "DecryptPinnedJars" {
				t.Errorf("it has %s: %v", s.sid, s.actions)
			}
			for _, resource := range s.resources {
				if s.sid == "ReadPinnedJars" && !strings.HasSuffix(resource, "/jars/*") {
					t.Errorf("it reads %s", resource)
				}
			}
		}
	}
}
