package main

import (
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/stacks"
)

func TestContextDecidesWhatAParameterCannot(t *testing.T) {
	network := &constructs.Network{SubnetIDs: *jsii.Strings("subnet-a", "subnet-b"), SecurityGroupIDs: *jsii.Strings("sg-a")}
	for name, c := range map[string]struct {
		context map[string]string
		want    stacks.EventPlaneProps
		fault   string
	}{
		"nothing is said":                    {nil, stacks.EventPlaneProps{Binaries: "build/functions"}, ""},
		"the binaries are elsewhere":         {map[string]string{"binaries": "out"}, stacks.EventPlaneProps{Binaries: "out"}, ""},
		"the endpoint is private":            {map[string]string{"subnetIds": "subnet-a, subnet-b", "securityGroupIds": "sg-a"}, stacks.EventPlaneProps{Binaries: "build/functions", Private: network}, ""},
		"subnets without a security group":   {map[string]string{"subnetIds": "subnet-a"}, stacks.EventPlaneProps{}, "needs both"},
		"a security group without subnets":   {map[string]string{"securityGroupIds": "sg-a"}, stacks.EventPlaneProps{}, "needs both"},
		"access entries are others' to make": {map[string]string{"accessEntries": "false"}, stacks.EventPlaneProps{Binaries: "build/functions", NoAccessEntries: true}, ""},
		"the probe is shared":                {map[string]string{"probeShards": "4"}, stacks.EventPlaneProps{Binaries: "build/functions", ProbeShards: 4}, ""},
		"no number of shards":                {map[string]string{"probeShards": "many"}, stacks.EventPlaneProps{}, "probeShards"},
		"neither true nor false":             {map[string]string{"accessEntries": "no"}, stacks.EventPlaneProps{}, "say true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := propsOf(func(key string) string { return c.context[key] })
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Fatalf("the error is %v, want one that says %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFunctionThatIsNotBuiltIsNamedWithWhatToDo(t *testing.T) {
	err := stacks.CheckBinaries(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "admit") || !strings.Contains(err.Error(), "make build") {
		t.Errorf("the error is %v", err)
	}
}
