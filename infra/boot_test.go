package main

import (
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/boot"
)

// given is a deployment's parameters, and what Lambda sets by itself.
var given = map[string]string{
	"<Operator>": "emr",
	"AWS_REGION": "eu-west-1",
}

func TestEveryFunctionStartsWithTheEnvironmentItIsGiven(t *testing.T) {
	plane := read(t, publicStack)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		environment, err := boot.Read(f, func(name string) string {
			if value, ok := given[name]; ok {
				return value
			}
			set := at(function.Properties, "Environment", "Variables", name)
			if set == nil {
				return ""
			}
			if value, ok := given[text(set)]; ok {
				return value
			}
			return text(set)
		})
		if err != nil {
			t.Errorf("%s does not start: %v", f.Name, err)
		}
		if environment.Ledger != "<"+ledgerID(t, plane)+">" {
			t.Errorf("%s keeps its ledger in %s", f.Name, environment.Ledger)
		}
	}
}
