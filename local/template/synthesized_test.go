package template_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/local/template"
)

func TestTheSynthesizedTemplateIsUnderstoodWhole(t *testing.T) {
	text, err := os.ReadFile("../../infra/testdata/eventplane.template.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the synthesized template is not there: run make golden")
	}
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	stack, err := parsed.Resolve(place, required)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(stack.Functions), len(functions.Catalogue()); got != want {
		t.Errorf("the template has %d functions, the catalogue %d", got, want)
	}
	if len(stack.Machines) == 0 || len(stack.Rules) == 0 || len(stack.Buckets) == 0 {
		t.Errorf("something is missing: %d machines, %d rules, %d buckets", len(stack.Machines), len(stack.Rules), len(stack.Buckets))
	}
}

// required are parameters that a stack on AWS has to be given.
var required = map[string]string{
	"ClusterCertificateAuthority": "Zm9v", "ClusterEndpoint": "https://example.com", "ClusterName": "demo",
	"DataBucketName": "demo-data", "JobExecutionRoleArn": "arn:aws:iam::111122223333:role/jobs",
}
