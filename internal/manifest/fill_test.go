package manifest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const session = `kind: FlinkDeployment
metadata: {name: fraud}
spec:
  executionRoleArn: ${JOB_EXECUTION_ROLE_ARN}
  flinkConfiguration: {taskmanager.numberOfTaskSlots: 2, state.checkpoints.dir: "s3://${DATA_BUCKET}/${NAMESPACE}/${APPLICATION}"}
---
kind: FlinkSessionJob
metadata: {name: first, namespace: elsewhere}
spec: {deploymentName: "${APPLICATION}"}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec: {}
`

func TestWhatNoReleaseTakesIsFilledInForKubectl(t *testing.T) {
	got, err := Fill([]byte(session), fraud, placeholders)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"kind": "FlinkDeployment", "metadata": map[string]any{"name": "fraud", "namespace": "team-a"}, "spec": map[string]any{
			"executionRoleArn":   "arn:aws:iam::111122223333:role/flink",
			"flinkConfiguration": map[string]any{"taskmanager.numberOfTaskSlots": "2", "state.checkpoints.dir": "s3://acme-data/team-a/fraud"},
		}},
		{"kind": "FlinkSessionJob", "metadata": map[string]any{"name": "first", "namespace": "elsewhere"}, "spec": map[string]any{"deploymentName": "fraud"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeFilledInIsToldWithItsPlace(t *testing.T) {
	for doc, want := range map[string]string{
		"kind: FlinkDeployment\nmetadata: {name: fraud}\nspec: {image: \"${NOBODY}\"}\n": "line 3, column 15: spec.image: ${NOBODY} is unknown",
		"kind: FlinkDeployment\nspec: {}\n":                                              "metadata: it has no name",
		"- a\n":                                                                          "document 1 is a list",
		"":                                                                               "there is no resource in it",
		"a: b: c\n":                                                                      "this is no YAML",
	} {
		resources, err := Fill([]byte(doc), fraud, placeholders)
		var faults *Faults
		if resources != nil || !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", doc, resources, err)
		}
	}
}
