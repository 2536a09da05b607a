package local_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTheEndOfAnExecutionIsAnEventOfTheDefaultBus(t *testing.T) {
	if noTemplate != nil {
		t.Skip("the synthesized template is not there: run make golden")
	}
	var text map[string]any
	if err := json.Unmarshal(template, &text); err != nil {
		t.Fatal(err)
	}
	text["Resources"].(map[string]any)["EndsRule"] = map[string]any{"Type": "AWS::Events::Rule", "Properties": map[string]any{
		"EventPattern": map[string]any{"source": []string{"aws.states"}, "detail-type": []string{"Step Functions Execution Status Change"},
			"detail": map[string]any{"name": []string{"first"}, "status": []string{"SUCCEEDED"}}},
		"Targets": []any{map[string]any{"Id": "Target0", "Arn": map[string]string{"Ref": "Machine6FC8AE80"}}},
	}}
	changed, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	a := &admitted{}
	p, ended := start(t, t.TempDir(), changed, a.build)
	if _, err := p.Executions().Start(p.Output("ReleaseMachineArn"), "first", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	first, second := <-ended, <-ended
	if first.Name != "first" { // what its end starts may be told of before it
		first, second = second, first
	}
	if first.Name != "first" || !strings.Contains(string(second.Input), `"source":"aws.states"`) || !strings.Contains(string(second.Input), first.ARN) {
		t.Errorf("the event %s came of %+v", second.Input, first)
	}
}
