package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/webpage"
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

// What functions fill in is what the output says, by which people try it.
func TestEachTeamOfAPlatformHasARoleOfItsOwn(t *testing.T) {
	for name, scheduler := range map[string]string{"sluice": "yunikorn", "other": "default-scheduler"} {
		hub := "docker.io"
		if name == "other" {
			hub = string(mirrored(t)) + "/docker.io"
		}
		want := map[string]string{
			"DOCKER_HUB":  hub,
			"DATA_BUCKET": "State", "LOGS_BUCKET": "Logs", "LOG_GROUP": "/" + name + "/flink/${NAMESPACE}", "SCHEDULER": scheduler,
			"JOB_EXECUTION_ROLE_ARN": "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/" + name + "-job-${NAMESPACE}",
		}
		if name == "other" { // it serves web pages
			want[webpage.DomainPlaceholder] = "flink.example.com.cn"
		}
		plane := read(t, name+"-eventplane")
		_, admit := functionOf(t, plane, functions.Catalogue()[0])
		for where, said := range map[string]any{
			"functions":  at(admit.Properties, "Environment", "Variables", functions.EnvPlaceholders),
			"the output": plane.Outputs[functions.PlaceholdersOutput]["Value"],
		} {
			var got map[string]string
			if err := json.Unmarshal([]byte(text(said)), &got); err != nil {
				t.Fatal(err)
			}
			for key, value := range got {
				got[key] = bucketOfData.ReplaceAllString(value, "$1")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", name, where, diff)
			}
		}
	}
}

// bucketOfData is a bucket of the data stack, as text writes what it exports.
var bucketOfData = regexp.MustCompile(`^map\[Fn::ImportValue:[a-z]+-data:ExportsOutputRef([A-Z][a-z]+)[0-9A-F]{16}\]$`)

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
	for _, stack := range made(t) {
		if raw, err := os.ReadFile(templateFile(stack)); err != nil || strings.HasPrefix(stack, "other-") && strings.Contains(string(raw), "arn:aws:") {
			t.Errorf("%s: something is of the partition aws (%v)", stack, err)
		}
	}
	if n := strings.Count(string(raw), "arn:aws-cn:states:::lambda:invoke"); n < len(functions.Catalogue())-1 {
		t.Errorf("%d integrations are of China's partition, and there are %d functions", n, len(functions.Catalogue()))
	}
}
