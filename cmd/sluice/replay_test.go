package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/testevents"
)

// box is a dead-letter queue in memory. What is received is hidden until somebody looks once more.
type box struct {
	waiting []letter
	hidden  bool
	started []string
	deleted []string
	refuses string // what is meant for that target
	stuck   bool   // nothing can be taken out
}

func (b *box) Letters(context.Context, time.Duration) ([]letter, error) {
	if b.hidden {
		b.hidden = false
		return nil, nil
	}
	return slices.Clone(b.waiting), nil
}

func (b *box) Start(_ context.Context, l letter) error {
	if b.refuses != "" && strings.Contains(l.Target, b.refuses) {
		return errors.New("StateMachineDoesNotExist")
	}
	b.started = append(b.started, l.ID)
	return nil
}

func (b *box) Delete(_ context.Context, l letter) error {
	if b.stuck {
		return errors.New("it was sent, and could not be taken out of the queue")
	}
	b.deleted = append(b.deleted, l.ID)
	b.waiting = slices.DeleteFunc(b.waiting, func(w letter) bool { return w.ID == l.ID })
	return nil
}

func dead(t *testing.T, id, event, origin, target string) letter {
	t.Helper()
	body, err := testevents.FS.ReadFile(event + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return letter{ID: id, At: at(float64(len(id))), Event: json.RawMessage(body), Origin: "arn:aws:events:eu-west-1:111122223333:" + origin, Target: "arn:aws:states:eu-west-1:111122223333:stateMachine:" + target,
		Why: "ERROR_FROM_TARGET, MaximumEventAgeInSeconds, the state machine does not exist", Retries: 185}
}

func full(t *testing.T) *box {
	return &box{waiting: []letter{
		dead(t, "a1", "object-created.jar", "rule/Rule", "sluice-release"),
		dead(t, "a22", "change-requested.rollback", "rule/ChangeRule", "sluice-release"),
		dead(t, "a333", "execution-status-change.aborted", "rule/DiedRule", "sluice-recover"),
		{ID: "a4444", At: at(9), Event: json.RawMessage(`{}`), Origin: "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/tick", Target: "arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-recover"},
	}}
}

func TestWhatReplaySays(t *testing.T) {
	for name, args := range map[string][]string{"replay": {"replay"}, "replay-one": {"replay", "a22"}, "replay-all": {"replay", "--all"}} {
		t.Run(name, func(t *testing.T) {
			i := memory(t, nil)
			i.Undelivered = full(t)
			code, out, errs := call(t, i, args...)
			if code != exitWell || errs != "" {
				t.Errorf("exit %d, %s", code, errs)
			}
			golden(t, name, out)
		})
	}
}

func TestALetterIsSentAndThenTakenOut(t *testing.T) {
	i, b := memory(t, nil), full(t)
	i.Undelivered = b
	b.hidden = true // somebody has just listed them
	if code, out, errs := call(t, i, "replay", "a1"); code != exitWell {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if !slices.Equal(b.started, []string{"a1"}) || !slices.Equal(b.deleted, []string{"a1"}) {
		t.Errorf("%v were sent and %v taken out", b.started, b.deleted)
	}
	if code, _, errs := call(t, i, "replay", "a1"); code != exitFault || !strings.Contains(errs, "no letter a1") {
		t.Errorf("a second time: exit %d: %s", code, errs)
	}
}

func TestALetterThatCannotBeSentStaysAndHoldsUpNoOther(t *testing.T) {
	i, b := memory(t, nil), full(t)
	i.Undelivered, b.refuses = b, "sluice-recover"
	code, out, _ := call(t, i, "replay", "--all")
	if code != exitFault || !strings.Contains(out, "a333: it waits still: StateMachineDoesNotExist") {
		t.Errorf("exit %d: %s", code, out)
	}
	if !slices.Equal(b.started, []string{"a1", "a22"}) || !slices.Equal(b.deleted, []string{"a1", "a22", "a4444"}) {
		t.Errorf("%v were sent and %v taken out", b.started, b.deleted)
	}
}

func TestALetterThatCannotBeTakenOutIsSaid(t *testing.T) {
	i, b := memory(t, nil), full(t)
	i.Undelivered, b.stuck = b, true
	if code, out, _ := call(t, i, "replay", "a1", "-o", "json"); code != exitFault || !strings.Contains(out, "could not be taken out") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestReplayTakesOneLetterOrAll(t *testing.T) {
	i := memory(t, nil)
	i.Undelivered = full(t)
	if code, _, _ := call(t, i, "replay", "a1", "--all"); code != exitUsage {
		t.Errorf("exit %d", code)
	}
	i.Undelivered = queue{}
	if code, _, errs := call(t, i, "replay"); code != exitFault || !strings.Contains(errs, "--undelivered-queue") {
		t.Errorf("without a queue: exit %d: %s", code, errs)
	}
	i.Undelivered = &box{}
	if code, out, _ := call(t, i, "replay"); code != exitWell || !strings.Contains(out, "nothing waits") {
		t.Errorf("with an empty one: exit %d: %s", code, out)
	}
}
