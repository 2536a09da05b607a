package sfn

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/events"
)

// What Step Functions calls its events.
const (
	eventSource     = "aws.states"
	eventDetailType = "Step Functions Execution Status Change"
)

// maxEventData is how much input and output an event carries, in bytes; what is
// longer is left out, and said to be.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
const maxEventData = 248 << 10

// statusDetail is the detail of the event.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
type statusDetail struct {
	ExecutionARN    string    `json:"executionArn"`
	StateMachineARN string    `json:"stateMachineArn"`
	Name            string    `json:"name"`
	Status          string    `json:"status"`
	StartDate       int64     `json:"startDate"` // milliseconds since 1970
	StopDate        *int64    `json:"stopDate"`
	Input           *string   `json:"input"`
	InputDetails    *included `json:"inputDetails"`
	Output          *string   `json:"output"`
	OutputDetails   *included `json:"outputDetails"`
	VersionARN      *string   `json:"stateMachineVersionArn"` // there are no versions and aliases here
	AliasARN        *string   `json:"stateMachineAliasArn"`
	RedriveCount    int       `json:"redriveCount"`
	Error           *string   `json:"error"`
	Cause           *string   `json:"cause"`
}

type included struct {
	Included bool `json:"included"`
}

// StatusChange is the event that Step Functions puts on the default bus when
// an execution has come to the status that e has.
func (e Execution) StatusChange(account, region string) events.Event {
	at := e.Started
	d := statusDetail{
		ExecutionARN: e.ARN, StateMachineARN: e.MachineARN, Name: e.Name, Status: e.Status,
		StartDate: e.Started.UnixMilli(), Error: given(e.Error), Cause: given(e.Cause),
	}
	if !e.Ended.IsZero() {
		stop := e.Ended.UnixMilli()
		d.StopDate, at = &stop, e.Ended
	}
	fits := len(e.Input)+len(e.Output) <= maxEventData
	d.Input, d.InputDetails = data(e.Input, fits)
	d.Output, d.OutputDetails = data(e.Output, fits)
	detail, err := json.Marshal(d)
	if err != nil {
		panic(err) // a struct of texts and numbers can always be written
	}
	return events.Event{
		Version: "0", ID: uuid.NewString(), Source: eventSource, DetailType: eventDetailType, Account: account, Region: region,
		Time: at.UTC().Truncate(time.Second), Resources: []string{e.ARN}, Detail: detail,
	}
}

func data(raw json.RawMessage, fits bool) (*string, *included) {
	if raw == nil {
		return nil, nil
	}
	if !fits {
		return nil, &included{}
	}
	text := string(raw)
	return &text, &included{Included: true}
}

func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
