package lint_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl/asltest"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/asl/lint"
)

var known = lint.Known{
	Errors:        []string{"LeaseHeld", "Lambda.ServiceException"},
	Functions:     []string{"Admit", "Observe"},
	Substitutions: []string{"Admit", "Observe", "Table"},
	Resources:     []string{"arn:aws:states:::lambda:invoke"},
}

func sound(t *testing.T) string {
	t.Helper()
	if _, err := jsonata.Find(); err != nil {
		t.Skip(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "sound.asl.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestASoundDefinitionHasNoFindings(t *testing.T) {
	for _, finding := range lint.Lint([]byte(sound(t)), known) {
		t.Error(finding)
	}
}

func TestASoundDefinitionIsSoundForAslValidatorToo(t *testing.T) {
	asltest.Validate(t, []byte(sound(t)))
}

// Every row plants one fault in the sound definition and names what is found: as
// a rule one finding, more (one a line) where the fault cuts states off.
func TestEachPlantedFaultIsFound(t *testing.T) {
	definition := sound(t)
	long := strings.Repeat("x", 81)
	cases := []struct{ name, old, new, finding string }{
		{"a machine without a comment", `"Comment": "A sound machine.",`, ``,
			`Comment: is missing: say what the state machine is for (comment)`},
		{"a state without a comment", `"Comment": "Ends well."`, `"Comment": " "`,
			`state "Succeeded", Comment: is missing: say what the state does and why (comment)`},
		{"a target that does not exist", `"Comment": "Looks.", "Next": "Healthy?"`, `"Comment": "Looks.", "Next": "Healty?"`,
			`state "Observe", Next: names "Healty?", which is not a state here: correct the name or add the state (definition)
state "Each": is never reached from "Admit": lead a state to it or remove it (reachable)
state "Healthy?": is never reached from "Admit": lead a state to it or remove it (reachable)
state "Note": is never reached from "Admit": lead a state to it or remove it (reachable)
state "Pause": is never reached from "Admit": lead a state to it or remove it (reachable)`},
		{"a state that is not reached", `"Succeeded": {`, `"Lonely": {"Type": "Pass", "Comment": "Alone.", "End": true}, "Succeeded": {`,
			`state "Lonely": is never reached from "Admit": lead a state to it or remove it (reachable)`},
		{"a trap", `"Type": "Pass", "Comment": "Notes.", "Next": "Succeeded"`, `"Type": "Pass", "Comment": "Notes.", "Next": "Note"`,
			`state "Each": leads to no end: give the loop a way
state "Note": leads to no end: give the loop a way to a state with "End": true, a Succeed or a Fail (ends)`},
		{"a choice without a default", `"Default": "Pause",`, ``,
			`state "Pause": is never reached from "Admit": lead a state to it or remove it (reachable)
state "Healthy?", Default: is missing: an execution for which no rule holds would fail with States.NoChoiceMatched (default)`},
		{"a task without retries", `"Retry": [{"ErrorEquals": ["Lambda.ServiceException"]}],`, ``,
			`state "Admit", Retry: is missing: say which errors pass by themselves, at least Lambda's own (retry)`},
		{"a task without catchers", `"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "FailedDirty"}],`, ``,
			`state "Observe", Catch: is missing: say where the execution goes when the task has failed for good (catch)`},
		{"a task without a timeout", `"TimeoutSeconds": 120,`, ``,
			`state "Observe", TimeoutSeconds: is missing: without it a task that hangs holds the execution for up to a year (timeout)`},
		{"an unknown resource", `"Resource": "arn:aws:states:::lambda:invoke", "Comment": "Looks."`, `"Resource": "arn:aws:states:::sns:publish", "Comment": "Looks."`,
			`state "Observe", Resource: "arn:aws:states:::sns:publish" is not known here: use one of arn:aws:states:::lambda:invoke (resource)`},
		{"a function that does not exist", `"FunctionName": "${Observe}"`, `"FunctionName": "${Table}", "x": "${Observe}"`,
			`state "Observe", Arguments.FunctionName: ${Table} is no function: add the function or correct the name (function)`},
		{"a function by its ARN", `"FunctionName": "${Observe}"`, `"FunctionName": "arn:x", "x": "${Observe}"`,
			`state "Observe", Arguments.FunctionName: must be the placeholder of a function, ${…}, not "arn:x" (function)`},
		{"an error that nothing reports", `["LeaseHeld"]`, `["LeaseHeld", "LeaseLost"]`,
			`state "Admit", Catch: "LeaseLost" is an error that nothing reports: correct the name or remove it (error)`},
		{"an error of AWS that does not exist", `["LeaseHeld"]`, `["LeaseHeld", "States.Everything"]`,
			`state "Admit", Catch[0].ErrorEquals: "States.Everything" is not an error of the language, and the prefix States. is reserved (definition)`},
		{"States.ALL not alone", `["LeaseHeld"]`, `["LeaseHeld", "States.ALL"]`,
			`state "Admit", Catch[0].ErrorEquals: States.ALL must stand alone and in the last entry (definition)`},
		{"States.ALL not last", `["LeaseHeld"]`, `["States.ALL"]`,
			`state "Admit", Catch[0].ErrorEquals: States.ALL must stand alone and in the last entry (definition)`},
		{"a placeholder that is not replaced", `"table": "${Table}"`, `"table": "${Table}", "other": "${Bucket}"`,
			`state "Admit", Arguments.Payload.other: ${Bucket} is not among the substitutions: add it or correct the name (substitution)`},
		{"a substitution that is not used", `"table": "${Table}"`, `"table": "x"`,
			`the substitution Table is used nowhere: remove it or refer to it as ${Table} (substitution)`},
		{"a name that is too long", `"Succeeded": {`, `"` + long + `": {"Type": "Pass", "Comment": "Long.", "Next": "Succeeded"}, "Succeeded": {`,
			`state "` + long + `": has a name of 81 characters, at most 80 are allowed (definition)
state "` + long + `": is never reached`},
		{"a syntax error", `{% $states.input.seconds %}`, `{% $states.input.seconds + %}`,
			`state "Pause", Seconds: cannot be read at character 25: S0207: Unexpected end of expression (syntax)`},
		{"an operator that AWS does not have", `{% $states.input.seconds %}`, `{% $a := 1 ?: 2 %}`,
			`state "Pause", Seconds: cannot be read at character`},
		{"an unknown function", `{% $states.input.seconds %}`, `{% $toNumber($states.input.seconds) %}`,
			`state "Pause", Seconds: $toNumber is not a function that Step Functions has: correct its name (jsonata)`},
		{"the forbidden function", `{% $states.input.seconds %}`, `{% $eval('1') %}`,
			`state "Pause", Seconds: $eval is not a function that Step Functions has: read JSON with $parse (jsonata)`},
		{"a name without a value", `{% $states.input.seconds %}`, `{% seconds %}`,
			`state "Pause", Seconds: seconds has nothing to be looked up in and is always undefined: write $states.input.seconds (jsonata)`},
		{"a field that $states has not", `{% $states.input.seconds %}`, `{% $states.inputs.seconds %}`,
			`state "Pause", Seconds: $states.inputs does not exist: there are input, result, errorOutput and context (states)`},
		{"a result before there is one", `{% $states.input.seconds %}`, `{% $states.result %}`,
			`state "Pause", Seconds: $states.result exists only in Output and Assign of Task, Parallel and Map (states)`},
		{"an error output outside a catcher", `{% $states.input.seconds %}`, `{% $states.errorOutput.Cause %}`,
			`state "Pause", Seconds: $states.errorOutput exists only in a catcher: assign it to a variable there (states)`},
		{"a variable that is assigned nowhere", `{% $states.input.seconds %}`, `{% $pause %}`,
			`state "Pause", Seconds: $pause is not assigned on every path to this state: assign it before, or ask $exists($pause) (variable)`},
		{"a variable that one path leaves out", `"Assign": {"release": "unknown", "why": "{% $states.errorOutput.Cause %}"}`, `"Assign": {"why": "{% $states.errorOutput.Cause %}"}`,
			`state "FailedDirty", Cause: $release is not assigned on every path to this state: assign it before, or ask $exists($release) (variable)`},
		{"a variable of a branch, used outside", `"Output": "{% $own %}"`, `"Output": "{% $elsewhere %}"`,
			`state "One", Output: $elsewhere is not assigned on every path to this state: assign it before, or ask $exists($elsewhere) (variable)`},
		{"an outer variable in a distributed map", `"ItemProcessor": {`, `"MaxConcurrency": 2, "ToleratedFailureCount": 0, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},`,
			`state "Shape", Assign.own: $release is not assigned on every path to this state: assign it before, or ask $exists($release) (variable)`},
		{"a variable that hides a function", `"Assign": {"verdict"`, `"Assign": {"count": 1, "verdict"`,
			`state "Observe", Assign.count: hides the function $count: take another name (variable)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(definition, c.old) != 1 {
				t.Fatalf("%q is in the definition %d times", c.old, strings.Count(definition, c.old))
			}
			var found []string
			for _, finding := range lint.Lint([]byte(strings.Replace(definition, c.old, c.new, 1)), known) {
				found = append(found, finding.String())
			}
			if !slices.EqualFunc(found, strings.Split(c.finding, "\n"), strings.HasPrefix) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), c.finding)
			}
		})
	}
}

func TestADistributedMapSaysHowManyAtOnceAndHowManyMayFail(t *testing.T) {
	sound(t) // skips without jsonata.js
	definition := `{"QueryLanguage":"JSONata","Comment":"c","StartAt":"Each","States":{"Each":{"Type":"Map","Comment":"c",
		"ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Arguments":{"Bucket":"${Bucket}","Key":"{% $key %}"}},
		"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"One","States":{"One":{"Type":"Succeed","Comment":"c"}}},"End":true}}}`
	var rules []string
	for _, finding := range lint.Lint([]byte(definition), lint.Known{}) {
		rules = append(rules, finding.Rule)
	}
	want := []string{lint.RuleSubstitution, lint.RuleConcurrency, lint.RuleTolerance, lint.RuleRetry, lint.RuleCatch, lint.RuleVariable}
	if !slices.Equal(rules, want) {
		t.Errorf("found %v, want %v", rules, want)
	}
}

func TestWhatIsNotJSONIsOneFinding(t *testing.T) {
	found := lint.Lint([]byte(`{`), known)
	if len(found) != 1 || found[0].Rule != lint.RuleDefinition {
		t.Errorf("found %v", found)
	}
}

func TestAVariableAssignedInALoopIsNotAssignedBeforeIt(t *testing.T) {
	sound(t) // skips without jsonata.js
	definition := `{"QueryLanguage":"JSONata","Comment":"c","StartAt":"Use","States":{
		"Use":{"Type":"Pass","Comment":"c","Output":"{% $n %}","Next":"Again?"},
		"Again?":{"Type":"Choice","Comment":"c","Choices":[{"Condition":"{% $states.input > 1 %}","Assign":{"n":1},"Next":"Use"}],"Default":"End"},
		"End":{"Type":"Succeed","Comment":"c","Output":"{% $exists($n) ? $n : 0 %}"}}}`
	found := lint.Lint([]byte(definition), lint.Known{})
	if len(found) != 1 || found[0].State != "Use" || found[0].Rule != lint.RuleVariable {
		t.Errorf("found %v", found)
	}
}
