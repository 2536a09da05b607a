package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/cost"
)

const shipped = "../../infra/platform.yaml"

func TestTheCostOfTheShippedPlatformIsPrinted(t *testing.T) {
	code, out, errs := call(t, nil, "cost", "platform", "--platform", shipped)
	if code != exitWell || errs != "" {
		t.Fatalf("exit %d, %s", code, errs)
	}
	golden(t, "cost-platform", out)
	_, out, _ = call(t, nil, "cost", "platform", "--platform", shipped, "-o", "json")
	var b cost.Bill
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.Total <= 0 || len(b.Items) == 0 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPricesOfTheRegionAreTakenFromTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "eu-west-1.yaml")
	if err := os.WriteFile(file, []byte("region: eu-west-1\nprices: {eks.cluster: {dollars: 0.2, source: https://aws.amazon.com/eks/pricing/, asked: 2026-11-21}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := call(t, nil, "cost", "platform", "--platform", shipped, "--region-prices", file)
	if code != exitWell || !strings.Contains(out, "146.00") || !strings.Contains(out, "Prices are those of eu-west-1 and us-east-1") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestWhatIsWrongWithThePlatformsFileIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "platform.yaml")
	if err := os.WriteFile(file, []byte("region: eu-west-9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"line 1: region: there is no region eu-west-9": {"cost", "platform", "--platform", file},
		"infra/platform.yaml is one to copy":           {"cost", "platform", "--platform", file + ".none"},
		"infra/prices/us-east-1.yaml is a file":        {"cost", "platform", "--platform", shipped, "--region-prices", file + ".none"},
	} {
		if code, _, errs := call(t, nil, args...); code != exitFault || !strings.Contains(errs, want) {
			t.Errorf("exit %d: %s, want %s", code, errs, want)
		}
	}
	if code, _, errs := call(t, nil, "cost", "platform", "--platform", shipped, "--applications", "-1"); code != exitUsage {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// The CDK starts a node process, which no command of ours needs.
func TestTheCommandDoesNotCarryTheCDK(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.SplitSeq(string(out), "\n") {
		if strings.Contains(dep, "jsii") || strings.Contains(dep, "aws-cdk-go") {
			t.Errorf("it depends on %s", dep)
		}
	}
}
