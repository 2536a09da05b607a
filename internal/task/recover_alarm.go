package task

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// hearAgain has an alarm's event start its machine once more, whose execution
// died: before it had opened an incident nothing stands anywhere that the tick
// could find. An event that was dealt with, or is, changes nothing. One whose
// executions die again and again calls somebody.
func (t Tasks) hearAgain(ctx context.Context, r *Recovery, died events.ExecutionChangedDetail) error {
	a, err := readAlarm([]byte(died.Input))
	if err != nil || a == nil {
		return nil // it was started with another's event
	}
	again := timesJoined(died.ExecutionArn) + 1
	if again > rejoinLimit {
		_, err := t.escalateUnknown(ctx, unheard(died))
		r.did(ledger.NoApplication, remedy{action: Report, message: "the executions for an event of alarm " + line(a.AlarmName) + " have died " + fmt.Sprint(again) + " times: somebody is called"}, err)
		return err
	}
	payload, err := json.Marshal(ledger.Start{Machine: died.StateMachineArn, Input: json.RawMessage(died.Input)})
	if err != nil {
		return flink.Errorf(flink.Internal, "start the event of alarm "+line(a.AlarmName)+" again", "%w", err)
	}
	err = t.Sender.Send(ctx, ledger.NoApplication, ledger.Message{Name: fmt.Sprintf("%s-again-%d", a.id, again), Kind: ledger.StartMachine, Payload: payload})
	r.did(ledger.NoApplication, remedy{action: Reopen, message: "the execution for an event of alarm " + line(a.AlarmName) + " has ended (" + died.Status + "): the event is started again"}, err)
	return err
}

// unheard is the document of an execution that is dead, as Escalate takes it.
func unheard(died events.ExecutionChangedDetail) Remediation {
	r := Remediation{Event: json.RawMessage(died.Input), Execution: died.ExecutionArn, Started: time.UnixMilli(died.StartDate).UTC(),
		FailedIn: "the execution " + died.Name, Error: &CaughtError{Error: died.Error, Cause: died.Cause}}
	r.concludeError()
	return r
}
