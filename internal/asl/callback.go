package asl

import (
	"context"
	"encoding/json"
)

// callback calls with the token in the arguments and then waits for whoever
// has it. What the call itself answers is noted and not the task's result. An
// answer to the token that came while the call was under way counts even if the
// call then failed: whoever gave it was told that it was taken.
func (s *taskState) callback(ctx context.Context, v *visit, arguments json.RawMessage) (json.RawMessage, *Error) {
	waiting, w := v.Tokens.open(ctx, v.token, func() { Heartbeat(ctx) })
	submitted, failed := v.Caller.Call(ctx, s.resource, arguments)
	if failed == nil && v.ctx.Err() == nil {
		v.record(Event{Type: s.eventKind() + "Submitted", Resource: s.resource, Output: submitted})
		v.idle(waiting, w)
	}
	expirePassed(ctx, v.Clock.Now())
	if !v.Tokens.close(v.token, w) || v.ctx.Err() != nil {
		return s.outcome(ctx, v, submitted, failed)
	}
	if w.failure != nil {
		return nil, w.failure
	}
	return w.output, nil
}

// idle lets time pass until the token was answered or a deadline has come,
// which a heartbeat may have moved meanwhile.
func (v *visit) idle(ctx context.Context, w *tokenWait) {
	answered := func() bool { return v.Tokens.isAnswered(w) }
	for !answered() && ctx.Err() == nil {
		limit := earliestDeadline(ctx) // there is one: a task that waits has a timeout
		until := limit.when()
		if v.Idle != nil {
			v.Idle(ctx, until, answered)
		}
		if !answered() && ctx.Err() == nil {
			_ = v.Clock.Sleep(ctx, until.Sub(v.Clock.Now())) // the loop sees why it ended
		}
		if !answered() && !v.Clock.Now().Before(limit.when()) {
			limit.expire()
		}
	}
}
