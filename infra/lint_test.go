package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
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
		PluginReports []json.RawMessage
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	if report.Title != "Validation Report" || report.PluginReports == nil || len(report.PluginReports) > 0 {
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
	for _, stack := range []string{publicStack, privateStack} {
		// W3005: the CDK names the role among a function's dependencies although the reference says it already.
		if out, err := exec.Command(lint, "--ignore-checks", "W3005", "--", templateFile(stack)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", stack, err, out)
		}
	}
}
