package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
)

const attachedStack = "sluice-eventplane"

func TestAPlaneOfAPlatformAsksForNoParameter(t *testing.T) {
	if asked := read(t, attachedStack).Parameters; len(asked) > 0 {
		t.Errorf("it asks for %v", asked)
	}
}

func TestFunctionsOfAPlatformReachItsPrivateCluster(t *testing.T) {
	plane := read(t, attachedStack)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		subnets, groups := texts(at(function.Properties, "VpcConfig", "SubnetIds")), texts(at(function.Properties, "VpcConfig", "SecurityGroupIds"))
		switch {
		case !f.ReachesCluster() && len(subnets)+len(groups) > 0:
			t.Errorf("%s stands in the VPC and has nothing to do there", f.Name)
		case f.ReachesCluster() && (len(subnets) != 2 || len(groups) != 1 || !strings.Contains(groups[0], "FunctionsGroup")):
			t.Errorf("%s stands in %v with %v", f.Name, subnets, groups)
		}
	}
}

func TestEachTeamOfAPlatformHasARoleOfItsOwn(t *testing.T) {
	_, admit := functionOf(t, read(t, attachedStack), functions.Catalogue()[0])
	var placeholders map[string]string
	if err := json.Unmarshal([]byte(text(at(admit.Properties, "Environment", "Variables", functions.EnvPlaceholders))), &placeholders); err != nil {
		t.Fatal(err)
	}
	if got, want := placeholders["JOB_EXECUTION_ROLE_ARN"], "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/sluice-job-${NAMESPACE}"; got != want {
		t.Errorf("manifests are filled in with the role %s, want %s", got, want)
	}
}

func TestFunctionsThatReadSavepointsMayUseTheKeyOfTheirBucket(t *testing.T) {
	plane := read(t, attachedStack)
	statements := statementsOf(plane)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		reads, decrypts := false, false
		for _, s := range statements[roleOf(function.Properties["Role"])] {
			reads, decrypts = reads || s.sid == "ReadSnapshots", decrypts || s.sid == "DecryptSnapshots"
		}
		if reads != decrypts {
			t.Errorf("%s reads savepoints: %v, decrypts them: %v", f.Name, reads, decrypts)
		}
	}
}

// A state machine names its partition in its own text, where no reference may stand.
func TestInChinaTheMachinesAndTheirRightsAreOfChinasPartition(t *testing.T) {
	raw, err := os.ReadFile(templateFile("other-eventplane"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "arn:aws:") {
		t.Error("something is of the partition aws")
	}
	if n := strings.Count(string(raw), "arn:aws-cn:states:::lambda:invoke"); n < len(functions.Catalogue())-1 {
		t.Errorf("%d integrations are of China's partition, and there are %d functions", n, len(functions.Catalogue()))
	}
}
