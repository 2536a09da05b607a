package boot

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
)

func TestSignalsAreWiredWhereThereAreAny(t *testing.T) {
	both := functions.Function{Grants: []functions.Grant{functions.ReadAlarms, functions.QueryMetrics}}
	for name, c := range map[string]struct {
		f               functions.Function
		e               Environment
		alarms, queries bool
	}{
		"on AWS":                                 {both, Environment{}, true, false},
		"on AWS, with a Prometheus":              {both, Environment{Prometheus: "http://prometheus:9090"}, true, true},
		"on one machine":                         {both, Environment{S3Endpoint: "http://127.0.0.1:1"}, false, false},
		"on one machine, with alarms of its own": {both, Environment{S3Endpoint: "http://127.0.0.1:1", AlarmsEndpoint: "http://127.0.0.1:2"}, true, false},
		"in a function that has no such grants":  {functions.Function{}, Environment{Prometheus: "http://prometheus:9090"}, false, false},
	} {
		s, err := wireSignals(aws.Config{Region: "eu-west-1"}, c.f, c.e)
		if err != nil || (s.Alarms != nil) != c.alarms || (s.Queries != nil) != c.queries {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := wireSignals(aws.Config{}, both, Environment{Prometheus: "prometheus:9090"}); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("an address that is none: %v", err)
	}
}

func TestWhoChecksAnAnalysisAndWhoCarriesItOutMayReadTheSame(t *testing.T) {
	grants := map[string][2]bool{}
	for _, f := range functions.Catalogue() {
		s, err := wireSignals(aws.Config{Region: "eu-west-1"}, f, Environment{Prometheus: "http://prometheus:9090"})
		if err != nil {
			t.Fatal(err)
		}
		grants[f.Name] = [2]bool{s.Alarms != nil, s.Queries != nil}
	}
	if all := [2]bool{true, true}; grants["prepare"] != all || grants["observe"] != all {
		t.Errorf("prepare reads %v, observe %v", grants["prepare"], grants["observe"])
	}
}
