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

// machineOf finds the resource of a machine by its name.
func machineOf(t *testing.T, plane template, name functions.Machine) (string, resource) {
	t.Helper()
	for id, r := range plane.ofType("AWS::StepFunctions::StateMachine") {
		if text(r.Properties["StateMachineName"]) == "<AWS::StackName>-"+string(name) {
			return id, r
		}
	}
	t.Fatalf("the template has no machine %s", name)
	return "", resource{}
}

func TestTheMachinesRunTheCommittedDefinitions(t *testing.T) {
	plane := read(t, publicStack)
	if got, want := len(plane.ofType("AWS::StepFunctions::StateMachine")), len(functions.Machines()); got != want {
		t.Errorf("the template has %d machines, the catalogue %d", got, want)
	}
	for _, m := range functions.Machines() {
		_, machine := machineOf(t, plane, m)
		if diff := cmp.Diff(string(statemachines.Definitions()[m]), machine.Properties["DefinitionString"]); diff != "" {
			t.Errorf("the definition of %s is another one:\n%s", m, diff)
		}
		for name, pair := range map[string][2]any{
			"type":           {"STANDARD", machine.Properties["StateMachineType"]},
			"tracing":        {true, at(machine.Properties, "TracingConfiguration", "Enabled")},
			"log level":      {"ALL", at(machine.Properties, "LoggingConfiguration", "Level")},
			"execution data": {false, at(machine.Properties, "LoggingConfiguration", "IncludeExecutionData")},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: its %s is %v, want %v", m, name, pair[1], pair[0])
			}
		}
	}
}

// TestTheReleaseMachineKeepsItsLogicalID: under another one CloudFormation would
// replace it, and end the releases in flight.
func TestTheReleaseMachineKeepsItsLogicalID(t *testing.T) {
	if id, _ := machineOf(t, read(t, publicStack), functions.Release); id != "Machine6FC8AE80" {
		t.Errorf("it is %s", id)
	}
}

func TestEveryPlaceholderOfADefinitionIsSubstitutedByItsFunction(t *testing.T) {
	for _, stack := range planes {
		for _, m := range functions.Machines() {
			t.Run(stack+" "+string(m), func(t *testing.T) { placeholders(t, read(t, stack), m) })
		}
	}
}

// planes are all stacks that an event plane is made into.
var planes = []string{publicStack, privateStack, "sluice-eventplane", "other-eventplane"}

func placeholders(t *testing.T, plane template, m functions.Machine) {
	_, machine := machineOf(t, plane, m)
	want := map[string]string{}
	for _, found := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(text(machine.Properties["DefinitionString"]), -1) {
		want[found[1]] = "nobody's"
	}
	for _, f := range functions.Of(m) {
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

func TestEachFunctionOfAMachineIsGrantedToItOnceAndNoOtherIs(t *testing.T) {
	for _, stack := range planes {
		t.Run(stack, func(t *testing.T) { grants(t, read(t, stack)) })
	}
}

func grants(t *testing.T, plane template) {
	for _, m := range functions.Machines() {
		_, machine := machineOf(t, plane, m)
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
			t.Errorf("the role of %s may invoke (-want +got):\n%s", m, diff)
		}
	}
}

func TestTheMachinesNameMakesTheArnThatFunctionsAreTold(t *testing.T) {
	plane := read(t, publicStack)
	_, machine := machineOf(t, plane, functions.Release)
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
	if want := len(functions.Catalogue()) + len(functions.Machines()); len(groups) != want {
		t.Errorf("there are %d log groups (%v), want %d: one a function and one a machine", len(groups), slices.Sorted(maps.Keys(groups)), want)
	}
	for id, group := range groups {
		if got := text(group.Properties["RetentionInDays"]); got != "<LogRetentionDays>" {
			t.Errorf("%s is kept for %s", id, got)
		}
	}
}
