package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/stacks"
)

// lookup returns the text of a context value, or "" when it is not set.
type lookup func(name string) string

func contextOf(app awscdk.App) lookup {
	return func(name string) string {
		switch v := app.Node().TryGetContext(jsii.String(name)).(type) {
		case nil:
			return ""
		default:
			return fmt.Sprint(v)
		}
	}
}

// propsOf reads what the context decides. A private endpoint needs both its
// values: half of them would deploy functions that reach nothing.
func propsOf(get lookup) (stacks.EventPlaneProps, error) {
	props := stacks.EventPlaneProps{Binaries: "build/functions"}
	if dir := get("binaries"); dir != "" {
		props.Binaries = dir
	}
	switch entries := get("accessEntries"); entries {
	case "", "true":
	case "false":
		props.NoAccessEntries = true
	default:
		return props, fmt.Errorf("accessEntries is %q: say true or false", entries)
	}
	if shards := get("probeShards"); shards != "" {
		n, err := strconv.Atoi(shards)
		if err != nil || n < 1 || n > platform.MaxProbeShards {
			return props, fmt.Errorf("probeShards is %q: say how many invocations share the applications, 1 to %d", shards, platform.MaxProbeShards)
		}
		props.ProbeShards = n
	}
	subnets, groups := list(get("subnetIds")), list(get("securityGroupIds"))
	if (len(subnets) == 0) != (len(groups) == 0) {
		return props, fmt.Errorf("a private endpoint needs both -c subnetIds=... and -c securityGroupIds=...: only one is set")
	}
	if len(subnets) > 0 {
		props.Private = &constructs.Network{SubnetIDs: *jsii.Strings(subnets...), SecurityGroupIDs: *jsii.Strings(groups...)}
	}
	return props, nil
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
