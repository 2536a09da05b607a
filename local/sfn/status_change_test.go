package sfn_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/local/sfn"
)

func TestAnExecutionsEndIsToldInTheFormOfTheService(t *testing.T) {
	e := sfn.Execution{
		ARN: "arn:aws:states:us-east-2:1:execution:demo:one", Name: "one", MachineARN: "arn:aws:states:us-east-2:1:stateMachine:demo", Status: "FAILED",
		Started: time.UnixMilli(1551225146847), Ended: time.UnixMilli(1551225151881), Input: []byte(`{}`), Error: "Sluice.Internal", Cause: "a bug",
	}
	got := e.StatusChange("1", "us-east-2")
	if got.Source != "aws.states" || got.DetailType != "Step Functions Execution Status Change" || got.Resources[0] != e.ARN || got.Time.Format(time.RFC3339) != "2019-02-26T23:52:31Z" {
		t.Errorf("got %+v", got)
	}
	want := `{"executionArn":"arn:aws:states:us-east-2:1:execution:demo:one","stateMachineArn":"arn:aws:states:us-east-2:1:stateMachine:demo","name":"one","status":"FAILED",` +
		`"startDate":1551225146847,"stopDate":1551225151881,"input":"{}","inputDetails":{"included":true},"output":null,"outputDetails":null,` +
		`"stateMachineVersionArn":null,"stateMachineAliasArn":null,"redriveCount":0,"error":"Sluice.Internal","cause":"a bug"}`
	if string(got.Detail) != want {
		t.Errorf("got  %s\nwant %s", got.Detail, want)
	}
}

func TestAnEventLeavesOutWhatIsTooLongForIt(t *testing.T) {
	long, err := json.Marshal(strings.Repeat("x", 250<<10))
	if err != nil {
		t.Fatal(err)
	}
	e := sfn.Execution{Status: "SUCCEEDED", Input: long, Output: []byte(`1`)}
	if got := string(e.StatusChange("1", "x").Detail); !strings.Contains(got, `"input":null,"inputDetails":{"included":false},"output":null,"outputDetails":{"included":false}`) {
		t.Errorf("got %.400s", got)
	}
}
