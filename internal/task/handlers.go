package task

import (
	"context"
	"encoding/json"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Handler is a task over JSON: the state's input in, its output out.
type Handler func(ctx context.Context, input []byte) ([]byte, error)

// Handlers gives each function of the catalogue its task, by the function's name.
func (t Tasks) Handlers() map[string]Handler {
	if t.Target != nil {
		t.Target = outside{t.Target}
	}
	if t.Signals.Alarms != nil {
		t.Signals.Alarms = outsideAlarms{t.Signals.Alarms}
	}
	if t.AlarmDetails != nil {
		t.AlarmDetails = outsideAlarmDetails{t.AlarmDetails}
	}
	t.memory, t.atRest = &answerersMemory{}, &restMemory{}
	return map[string]Handler{
		"admit":          handler(t.Admit),
		"prepare":        handler(t.Prepare),
		"take-savepoint": handler(t.TakeSavepoint),
		"stop":           handler(t.Stop),
		"apply":          handler(t.Apply),
		"observe":        handler(t.Observe),
		"promote":        handler(t.Promote),
		"roll-back":      handler(t.RollBack),
		"await-approval": handler(t.AwaitApproval),
		"remove":         handler(t.Remove),
		"settle":         handler(t.Settle),
		"probe":          handler(t.Probe),

		"diagnose": handler(t.Diagnose),
		"act":      handler(t.Act),
		"follow":   handler(t.Follow),
		"escalate": handler(t.Escalate),

		"list-due":         handler(t.ListDue),
		"rotate-savepoint": handler(t.RotateSavepoint),
		"verify-snapshot":  handler(t.VerifySnapshot),
		"retire":           handler(t.Retire),
		"settle-rotation":  handler(t.SettleRotation),

		"sweep": handler(t.Sweep),
	}
}

func handler[In, Out any](task func(context.Context, In) (Out, error)) Handler {
	return func(ctx context.Context, input []byte) ([]byte, error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, flink.Errorf(flink.Internal, "read the state's input", "%w", err)
		}
		out, err := task(ctx, in)
		if err != nil {
			return nil, coded(err)
		}
		b, err := json.Marshal(out)
		if err != nil {
			return nil, flink.Errorf(flink.Internal, "write the state's output", "%w", err)
		}
		if len(b) > maxOutput {
			return nil, flink.Errorf(flink.Internal, "write the state's output", "it has %d bytes, and a state machine takes 256 KiB", len(b))
		}
		return b, nil
	}
}

// maxOutput is the size of a document that a state machine still takes, with
// room for what a Catch adds to it
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
// It is never reached: every text in the document is bounded. Were it, this
// error is caught and the release settled, which States.DataLimitExceeded is not.
const maxOutput = 224 << 10 // bytes

// coded gives an error that is none of ours a code, and with it a sentence that
// is fit to be told.
func coded(err error) error { return &flink.Error{Code: flink.CodeOf(err), Err: err} }

// ErrorName is the name under which the state machines retry and catch a code.
func ErrorName(c flink.Code) string { return "Sluice." + string(c) }

// ErrorNames lists the names that tasks can fail with.
func ErrorNames() []string {
	var names []string
	for _, c := range flink.Codes() {
		names = append(names, ErrorName(c))
	}
	return names
}
