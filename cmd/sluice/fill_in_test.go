package main

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

const sessionText = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: session}
spec:
  executionRoleArn: ${JOB_EXECUTION_ROLE_ARN}
  flinkConfiguration: {taskmanager.numberOfTaskSlots: 2}
---
apiVersion: flink.apache.org/v1beta1
kind: FlinkSessionJob
metadata: {name: first}
spec: {deploymentName: "${APPLICATION}"}
`

const outputsText = `{
  "acme-data": {"StateBucketName": "acme-state"},
  "acme-eventplane": {"LedgerBucketName": "acme-ledger", "Placeholders": "{\"DATA_BUCKET\":\"acme-state\",\"JOB_EXECUTION_ROLE_ARN\":\"arn:aws:iam::1:role/acme-job-${NAMESPACE}\"}"}
}`

func TestAManifestIsFilledInFromTheStacksOutputs(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", sessionText)
	write(t, ".", "outputs.json", outputsText)
	code, out, errs := call(t, nil, "render", ".", "--application", "team-a/session", "--outputs", "outputs.json")
	want := `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata:
  name: session
  namespace: team-a
spec:
  executionRoleArn: arn:aws:iam::1:role/acme-job-team-a
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: "2"
---
apiVersion: flink.apache.org/v1beta1
kind: FlinkSessionJob
metadata:
  name: first
  namespace: team-a
spec:
  deploymentName: session
`
	if code != exitWell || out != want || errs != "" {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
	code, out, _ = call(t, nil, "render", ".", "--outputs", "outputs.json", "-o", "json")
	if code != exitWell || !strings.Contains(out, `"kind": "List"`) || !strings.Contains(out, `"namespace": "default"`) {
		t.Errorf("exit %d, %s", code, out)
	}
}

func TestAManifestIsNeverFilledInWithStandIns(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", sessionText)
	code, out, errs := call(t, nil, "render", "application.yaml")
	if code != exitFault || out != "" || !strings.Contains(errs, "${JOB_EXECUTION_ROLE_ARN} is unknown") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
	if code, out, _ := call(t, nil, "render", "application.yaml", "--set", "JOB_EXECUTION_ROLE_ARN=arn:x"); code != exitWell || !strings.Contains(out, "executionRoleArn: arn:x\n") {
		t.Errorf("exit %d, %s", code, out)
	}
}

func TestAFileWithoutTheOutputsIsToldWithWhatWritesOne(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", sessionText)
	for text, want := range map[string]string{
		`[]`:                "is no file of outputs",
		`{"acme-data": {}}`: "has 0 stacks with the output Placeholders",
		`{"a": {"Placeholders": "{}"}, "b": {"Placeholders": "{}"}}`: "has 2 stacks with the output Placeholders (a, b)",
		`{"a": {"Placeholders": "none"}}`:                            "the output Placeholders of a is no JSON object",
	} {
		write(t, ".", "outputs.json", text)
		if code, out, errs := call(t, nil, "render", "application.yaml", "--outputs", "outputs.json"); code != exitFault || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s, %s", text, code, out, errs)
		}
	}
	if code, _, errs := call(t, nil, "render", "application.yaml", "--outputs", "nowhere.json"); code != exitFault || !strings.Contains(errs, "read the stacks' outputs") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestWithoutAFileThePlaceholdersAreThoseOfTheLocalPlane(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", sessionText)
	if err := whereabouts.Write(".", whereabouts.Whereabouts{Placeholders: map[string]string{"JOB_EXECUTION_ROLE_ARN": "arn:local"}}); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, nil, "render", "application.yaml", "--dir", "."); code != exitWell || !strings.Contains(out, "executionRoleArn: arn:local\n") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
	if code, out, errs := call(t, nil, "render", "application.yaml", "--dir", "elsewhere"); code != exitFault || out != "" || !strings.Contains(errs, "no local plane runs in elsewhere") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
}
