package asl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
)

// A task that is busy at first, on a clock on which waiting takes no time.
func ExampleMachine_Run() {
	machine, err := asl.Parse([]byte(`{
		"QueryLanguage": "JSONata", "StartAt": "Ask", "States": {
			"Ask": {"Type": "Task", "Resource": "oracle", "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 30}], "Next": "Done"},
			"Done": {"Type": "Succeed"}
		}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	asked := 0
	oracle := callerFunc(func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		asked++
		if asked < 3 {
			return nil, &asl.Error{Name: "Busy", Cause: "come back later"}
		}
		return json.RawMessage(`{"answer":42}`), nil
	})
	clock := asl.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	result := machine.Run(context.Background(), nil, asl.Options{Caller: oracle, Clock: clock})
	fmt.Println(result.Status, string(result.Output), result.Path, clock.Now().Format(time.TimeOnly))
	// Output: SUCCEEDED {"answer":42} [Ask Done] 00:01:30
}
