package statemachines_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl/asltest"
	"github.com/sluice-flink/sluice/internal/asl/lint"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// lambdaErrors are the names that Lambda and the service integration fail with
// (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html).
var lambdaErrors = []string{"Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"}

func TestTheReleaseMachineHasNoFindings(t *testing.T) {
	var substitutions []string
	for _, f := range functions.Catalogue() {
		substitutions = append(substitutions, f.Substitution())
	}
	known := lint.Known{Errors: append(task.ErrorNames(), lambdaErrors...), Functions: substitutions, Substitutions: substitutions,
		Resources: []string{"arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke.waitForTaskToken"}}
	for _, f := range lint.Lint(statemachines.Release, known) {
		t.Error(f)
	}
}

func TestTheReleaseMachinePassesTheNpmValidator(t *testing.T) {
	asltest.Validate(t, statemachines.Release)
}

// machine is the part of a definition that the tests below look at.
type machine struct {
	States map[string]struct {
		Type    string
		Choices []struct{ Condition, Next string }
	}
}

func release(t *testing.T) machine {
	var m machine
	must(t, json.Unmarshal(statemachines.Release, &m))
	return m
}

// TestOneWordThreePlaces: the state, the function's folder and the task carry one name.
func TestOneWordThreePlaces(t *testing.T) {
	var states, catalogue, folders, tasks []string
	for name, s := range release(t).States {
		if s.Type == "Task" {
			states = append(states, kebab(name))
		}
	}
	for _, f := range functions.Catalogue() {
		if f.Name != kebab(f.State) {
			t.Errorf("function %s serves state %s", f.Name, f.State)
		}
		catalogue = append(catalogue, f.Name)
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

// TestEveryChoiceNamesADecision: what a Choice compares with is a Decision that leads where it says.
func TestEveryChoiceNamesADecision(t *testing.T) {
	decision := regexp.MustCompile(`^\{% \$states\.input\.decision = '(\w+)' %\}$`)
	for name, s := range release(t).States {
		for _, c := range s.Choices {
			if name == "Outcome?" {
				continue
			}
			m := decision.FindStringSubmatch(c.Condition)
			if m == nil {
				t.Errorf("%s switches on %s", name, c.Condition)
				continue
			}
			known := slices.Contains(task.Decisions(), task.Decision(m[1]))
			ends := c.Next == "Succeeded" && (m[1] == string(task.Queue) || m[1] == string(task.Ignore))
			if !known || m[1] != c.Next && !ends {
				t.Errorf("%s: decision %s leads to %s", name, m[1], c.Next)
			}
		}
	}
}
