package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

func TestTheCDKsOwnValidatorFindsNothing(t *testing.T) {
	if os.Getenv("CDK_VALIDATION") == "false" {
		t.Skip("CDK_VALIDATION=false switches the CDK's validator off")
	}
	raw, err := os.ReadFile(filepath.Join(assembly, "validation-report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Title         string
		PluginReports []struct {
			Conclusion           string
			Violations           []json.RawMessage
			SuppressedViolations []struct{ RuleName string }
		}
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	found := report.Title != "Validation Report" || report.PluginReports == nil
	for _, plugin := range report.PluginReports {
		found = found || plugin.Conclusion != "success" || len(plugin.Violations) > 0
		for _, meant := range plugin.SuppressedViolations {
			found = found || meant.RuleName != hardcodedZone
		}
	}
	if found {
		t.Errorf("the validator says:\n%s", raw)
	}
}

func TestCfnLintFindsNothing(t *testing.T) {
	lint := os.Getenv("CFN_LINT")
	if lint == "" {
		lint = "cfn-lint"
	}
	if _, err := exec.LookPath(lint); err != nil {
		t.Skip("cfn-lint is not installed: pip install cfn-lint==1.58.0, or name it in CFN_LINT")
	}
	version, err := exec.Command(lint, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	// W3005: the CDK names the role among a function's dependencies although the reference says it already.
	// W6001: what manifests are filled in with is one output, and some of it another stack's.
	arguments := []string{"--ignore-checks", "W3005", "W6001", "--"}
	passed := openVerdicts(t, string(version), arguments)
	for _, stack := range made(t) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel() // a process each, which takes seconds
			file := lintable(t, stack)
			if passed.has(t, file) {
				return
			}
			if out, err := exec.Command(lint, append(slices.Clone(arguments), file)...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			passed.add(t, file)
		})
	}
}

// expressed are timeouts of Tasks that are JSONata expressions. cfn-lint's schema
// of state machines takes numbers only (E3601), though the language takes both
// (https://states-language.net/spec.html#jsonata-task-state); it was mended there for
// Wait's Seconds alone. Package lint and npm's validator look at these.
var expressed = regexp.MustCompile(`(\\"TimeoutSeconds\\": )\\"\{%[^"]*%\}\\"`)

// unlisted is an action that cfn-lint's list lacks (W3037): it is as old as
// multi-series alarms
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmContributors.html).
const unlisted = "cloudwatch:DescribeAlarmContributors"

// hardcodedZone is the rule that a template names no zone. The CDK takes it back where
// zones are asked for, as the platform's file may do.
const hardcodedZone = "W3010"

// zoned are subnets in zones that the platform's file names (W3010).
var zoned = regexp.MustCompile(`("AvailabilityZone": )"[a-z0-9-]+"`)

// lintable is a copy of a stack's template with a number for each of those, an
// action that is known instead of the one that is not, the first zone for one that
// is named, and the one partition whose service integrations cfn-lint knows (E3601).
func lintable(t *testing.T, stack string) string {
	t.Helper()
	raw, err := os.ReadFile(templateFile(stack))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), stack+".template.json")
	raw = bytes.ReplaceAll(raw, []byte(unlisted), []byte("cloudwatch:DescribeAlarms"))
	raw = zoned.ReplaceAll(raw, []byte(`${1}{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`))
	raw = bytes.ReplaceAll(raw, []byte("arn:aws-cn:states:::"), []byte("arn:aws:states:::"))
	if err := os.WriteFile(path, expressed.ReplaceAll(raw, []byte("${1}60")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
