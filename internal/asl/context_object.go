package asl

import (
	"encoding/json"
	"time"
)

// timeFormat is how Step Functions writes times.
const timeFormat = "2006-01-02T15:04:05.000Z"

// contextObject is $states.context.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
type contextObject struct {
	Execution struct {
		ID           string `json:"Id"`
		Input        json.RawMessage
		StartTime    string
		Name         string
		RoleArn      string
		RedriveCount int
	}
	StateMachine struct {
		ID   string `json:"Id"`
		Name string
	}
	State struct {
		EnteredTime string
		Name        string
		RetryCount  int
	}
	Task *taskContext `json:",omitempty"`
	Map  *mapContext  `json:",omitempty"`
}

type taskContext struct{ Token string }

type mapContext struct{ Item mapItem }

type mapItem struct {
	Index int
	Value json.RawMessage
}

func (v *visit) contextObject() json.RawMessage {
	execution := v.execution
	var c contextObject
	c.Execution.ID, c.Execution.Name, c.Execution.RoleArn = execution.ARN, execution.Name, execution.RoleARN
	c.Execution.Input, c.Execution.StartTime = v.strand.input, stamp(execution.Start)
	c.StateMachine.ID, c.StateMachine.Name = execution.StateMachineARN, execution.StateMachineName
	c.State.Name, c.State.EnteredTime, c.State.RetryCount = v.name, stamp(v.entered), v.retries
	if v.token != "" {
		c.Task = &taskContext{v.token}
	}
	if v.strand.item != nil {
		c.Map = &mapContext{*v.strand.item}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return json.RawMessage(`{}`) // all of it is JSON already
	}
	return text
}

func stamp(t time.Time) string { return t.UTC().Format(timeFormat) }
