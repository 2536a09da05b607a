package statemachines_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/asltest"
	"github.com/sluice-flink/sluice/internal/asl/lint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// lambdaErrors are the names that Lambda and the service integration fail with
// (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html).
var lambdaErrors = []string{"Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"}

func TestNoMachineHasFindings(t *testing.T) {
	for name, definition := range statemachines.Definitions() {
		var substitutions []string
		for _, f := range functions.Of(name) {
			substitutions = append(substitutions, f.Substitution())
		}
		known := lint.Known{Errors: append(task.ErrorNames(), lambdaErrors...), Functions: substitutions, Substitutions: substitutions,
			Resources: []string{asl.ReadObject, "arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke.waitForTaskToken"}}
		for _, f := range lint.Lint(definition, known) {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestEveryMachinePassesTheNpmValidator(t *testing.T) {
	for name, definition := range statemachines.Definitions() {
		t.Run(string(name), func(t *testing.T) { asltest.Validate(t, definition) })
	}
}

func TestEveryMachineOfTheCatalogueHasADefinition(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(statemachines.Definitions())), slices.Sorted(slices.Values(functions.Machines())); !slices.Equal(got, want) {
		t.Errorf("there are definitions of %v, and the catalogue has the machines %v", got, want)
	}
}

// machine is the part of a definition that the tests below look at.
type machine struct {
	States map[string]machineState
}

type machineState struct {
	Type          string
	Choices       []struct{ Condition, Next string }
	ItemProcessor *machine
}

// parsed reads a definition; the states inside of a Map stand beside the others.
func parsed(t *testing.T, definition []byte) machine {
	var m machine
	must(t, json.Unmarshal(definition, &m))
	for _, s := range m.States {
		if s.ItemProcessor != nil {
			maps.Copy(m.States, s.ItemProcessor.States)
		}
	}
	return m
}

// TestOneWordThreePlaces: the state, the function's folder and the task carry one
// name; what a schedule calls has the last two.
func TestOneWordThreePlaces(t *testing.T) {
	var states, catalogue, folders, tasks []string
	for _, definition := range statemachines.Definitions() {
		for name, s := range parsed(t, definition).States {
			if s.Type == "Task" {
				states = append(states, kebab(name))
			}
		}
	}
	for _, f := range functions.Catalogue() {
		if f.Name != kebab(f.State) {
			t.Errorf("function %s serves state %s", f.Name, f.State)
		}
		catalogue = append(catalogue, f.Name)
		if f.Machine == "" { // a schedule calls it, and no state
			states = append(states, f.Name)
		}
	}
	entries, err := os.ReadDir("../functions")
	must(t, err)
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	for name := range (task.Tasks{}).Handlers() {
		tasks = append(tasks, name)
	}
	for _, list := range [][]string{states, folders, tasks} {
		slices.Sort(list)
		slices.Sort(catalogue)
		if !slices.Equal(list, catalogue) {
			t.Errorf("%v, and the catalogue has %v", list, catalogue)
		}
	}
}

var capital = regexp.MustCompile(`([a-z])([A-Z])`)

func kebab(s string) string { return strings.ToLower(capital.ReplaceAllString(s, "$1-$2")) }

// decisions are what the tasks of each machine may decide.
var decisions = map[functions.Machine][]task.Decision{functions.Release: task.Decisions(), functions.Remediate: task.RemediationDecisions(), functions.Rotate: task.RotationDecisions(), functions.Recover: task.RecoveryDecisions()}

// TestEveryChoiceNamesADecision: what a Choice compares with is a Decision that leads where it says.
func TestEveryChoiceNamesADecision(t *testing.T) {
	for name, definition := range statemachines.Definitions() {
		t.Run(string(name), func(t *testing.T) { choices(t, parsed(t, definition), decisions[name]) })
	}
}

func choices(t *testing.T, m machine, decisions []task.Decision) {
	decision := regexp.MustCompile(`^\{% \$states\.input\.decision = '(\w+)' %\}$`)
	for name, s := range m.States {
		for _, c := range s.Choices {
			if name == "Outcome?" {
				continue
			}
			m := decision.FindStringSubmatch(c.Condition)
			if m == nil {
				t.Errorf("%s switches on %s", name, c.Condition)
				continue
			}
			known := slices.Contains(decisions, task.Decision(m[1]))
			ends := (c.Next == "Succeeded" || c.Next == "NothingDue") && (m[1] == string(task.Queue) || m[1] == string(task.Ignore))
			if !known || m[1] != c.Next && !ends {
				t.Errorf("%s: decision %s leads to %s", name, m[1], c.Next)
			}
		}
	}
}
