package main

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/statemachines"
)

func TestTheMachineRunsTheCommittedDefinition(t *testing.T) {
	_, machine := read(t, publicStack).only(t, "AWS::StepFunctions::StateMachine")
	if diff := cmp.Diff(string(statemachines.Release), machine.Properties["DefinitionString"]); diff != "" {
		t.Errorf("the definition is another one:\n%s", diff)
	}
	for name, pair := range map[string][2]any{
		"type":           {"STANDARD", machine.Properties["StateMachineType"]},
		"tracing":        {true, at(machine.Properties, "TracingConfiguration", "Enabled")},
		"log level":      {"ALL", at(machine.Properties, "LoggingConfiguration", "Level")},
		"execution data": {false, at(machine.Properties, "LoggingConfiguration", "IncludeExecutionData")},
		"name":           {"<AWS::StackName>-release", text(machine.Properties["StateMachineName"])},
	} {
		if pair[0] != pair[1] {
			t.Errorf("the machine's %s is %v, want %v", name, pair[1], pair[0])
		}
	}
}

func TestEveryPlaceholderOfTheDefinitionIsSubstitutedByItsFunction(t *testing.T) {
	plane := read(t, publicStack)
	_, machine := plane.only(t, "AWS::StepFunctions::StateMachine")
	want := map[string]string{}
	for _, found := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllSubmatch(statemachines.Release, -1) {
		want[string(found[1])] = "nobody's"
	}
	for _, f := range functions.Catalogue() {
		if _, ok := want[f.Substitution()]; !ok {
			t.Errorf("no state of the machine asks for ${%s}", f.Substitution())
		}
		id, _ := functionOf(t, plane, f)
		want[f.Substitution()] = "<" + id + ".Arn>"
	}
	got := map[string]string{}
	for name, value := range machine.Properties["DefinitionSubstitutions"].(map[string]any) {
		got[name] = text(value)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("placeholders and substitutions differ (-want +got):\n%s", diff)
	}
}

func TestTheMachineMayInvokeExactlyItsFunctions(t *testing.T) {
	plane := read(t, publicStack)
	_, machine := plane.only(t, "AWS::StepFunctions::StateMachine")
	var want []string
	for _, value := range machine.Properties["DefinitionSubstitutions"].(map[string]any) {
		want = append(want, text(value))
	}
	var got []string
	for _, s := range statementsOf(plane)[roleOf(machine.Properties["RoleArn"])] {
		if slices.Contains(s.actions, "lambda:InvokeFunction") {
			got = append(got, s.resources...)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the machine's role may invoke (-want +got):\n%s", diff)
	}
}

func TestTheMachinesNameMakesTheArnThatFunctionsAreTold(t *testing.T) {
	plane := read(t, publicStack)
	_, machine := plane.only(t, "AWS::StepFunctions::StateMachine")
	want := "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:" + text(machine.Properties["StateMachineName"])
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		if got := text(at(function.Properties, "Environment", "Variables", functions.EnvMachine)); got != want {
			t.Errorf("%s is told %s, want %s", f.Name, got, want)
		}
	}
}

func TestEveryLogIsKeptAsLongAsTheParameterSays(t *testing.T) {
	plane := read(t, publicStack)
	groups := plane.ofType("AWS::Logs::LogGroup")
	if want := len(functions.Catalogue()) + 1; len(groups) != want {
		t.Errorf("there are %d log groups (%v), want %d: one a function and one for the machine", len(groups), slices.Sorted(maps.Keys(groups)), want)
	}
	for id, group := range groups {
		if got := text(group.Properties["RetentionInDays"]); got != "<LogRetentionDays>" {
			t.Errorf("%s is kept for %s", id, got)
		}
	}
}
