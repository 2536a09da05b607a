package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/bus/pattern"
)

// quick is a clock on which waiting takes no time.
type quick struct {
	mu  sync.Mutex
	now time.Time
}

func (q *quick) Now() time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.now
}

func (q *quick) Sleep(ctx context.Context, d time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.now = q.now.Add(d)
	return ctx.Err()
}

// target answers tries in order; when it has no answer left it takes the event.
type target struct {
	mu      sync.Mutex
	answers []error
	names   []string
	taken   chan string
}

func newTarget(answers ...error) *target {
	return &target{answers: answers, taken: make(chan string, 100)}
}

func (t *target) deliver(_ context.Context, _, name string, event []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names = append(t.names, name)
	if len(t.answers) > 0 {
		answer := t.answers[0]
		t.answers = t.answers[1:]
		return answer
	}
	var e events.Event
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	t.taken <- e.ID
	return nil
}

func open(t *testing.T, dir string, to bus.Target, deliver bus.Deliver) *bus.Bus {
	t.Helper()
	jars, err := pattern.Compile([]byte(`{"source": ["aws.s3"], "detail": {"object": {"key": [{"suffix": ".jar"}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bus.Open(bus.Options{
		Dir: dir, Buses: []string{"default", "ours"}, Rules: []bus.Rule{{Name: "jars", Bus: "default", Pattern: jars, Targets: []bus.Target{to}}},
		Deliver: deliver, Clock: &quick{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, Log: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func created(id, key string) events.Event {
	return events.Event{ID: id, Source: "aws.s3", DetailType: "Object Created", Detail: json.RawMessage(`{"object": {"key": "` + key + `"}}`)}
}

var patient = bus.Target{ID: "Target0", ARN: "arn:machine", Queue: "undelivered", MaxAge: 24 * time.Hour, Retries: 185}

func TestOnlyMatchingEventsOfTheRulesBusAreDelivered(t *testing.T) {
	to := newTarget()
	b := open(t, t.TempDir(), patient, to.deliver)
	for _, put := range []struct {
		bus   string
		event events.Event
	}{{"ours", created("1", "a.jar")}, {"default", created("2", "a.txt")}, {"default", created("3", "a.jar")}} {
		if err := b.Put(put.bus, put.event); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-to.taken; got != "3" {
		t.Errorf("event %s arrived", got)
	}
	b.Close()
	if len(to.taken) != 0 {
		t.Errorf("%d more arrived", len(to.taken))
	}
}

func TestAnEventForNoBusIsRefused(t *testing.T) {
	b := open(t, t.TempDir(), patient, newTarget().deliver)
	if err := b.Put("theirs", created("1", "a.jar")); !errors.Is(err, bus.ErrNoBus) {
		t.Errorf("got %v", err)
	}
}

func TestADeliveryIsTriedAgainUnderItsName(t *testing.T) {
	to := newTarget(errors.New("busy"), errors.New("busy"))
	b := open(t, t.TempDir(), patient, to.deliver)
	if err := b.Put("default", created("1", "a.jar")); err != nil {
		t.Fatal(err)
	}
	<-to.taken
	if len(to.names) != 3 || to.names[0] != to.names[2] {
		t.Errorf("tries under the names %v", to.names)
	}
}

func TestWhatCannotBeDeliveredBecomesADeadLetter(t *testing.T) {
	busy := errors.New("busy")
	cases := map[string]struct {
		to      bus.Target
		answers []error
		reason  string
		tries   int
	}{
		"refused":  {patient, []error{fmt.Errorf("no: %w", bus.ErrRefused)}, "REFUSED", 1},
		"too many": {bus.Target{ARN: "x", Queue: "q", MaxAge: time.Hour, Retries: 2}, []error{busy, busy, busy}, "RETRIES_EXHAUSTED", 3},
		"too old":  {bus.Target{ARN: "x", Queue: "q", MaxAge: time.Second / 4, Retries: 9}, []error{busy, busy, busy}, "MAXIMUM_AGE_EXCEEDED", 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir, to := t.TempDir(), newTarget(c.answers...)
			b := open(t, dir, c.to, to.deliver)
			if err := b.Put("default", created("1", "a.jar")); err != nil {
				t.Fatal(err)
			}
			letters := waitForLetter(t, dir)
			if l := letters[0]; l.Reason != c.reason || l.Tries != c.tries || l.Queue != c.to.Queue || l.Cause == "" {
				t.Errorf("got %+v", l)
			}
			to.mu.Lock()
			to.answers = nil
			to.mu.Unlock()
			if err := b.Replay(letters[0].ID); err != nil {
				t.Fatal(err)
			}
			if got := <-to.taken; got != "1" {
				t.Errorf("event %s arrived", got)
			}
			if left, err := bus.Letters(dir); len(left) != 0 || err != nil {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

func waitForLetter(t *testing.T, dir string) []bus.Letter {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		letters, err := bus.Letters(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(letters) > 0 {
			return letters
		}
	}
	return nil
}

func TestWhatAProcessLeavesUndeliveredTheNextOneDelivers(t *testing.T) {
	dir := t.TempDir()
	tried := make(chan struct{}, 1)
	first := open(t, dir, patient, func(ctx context.Context, _, _ string, _ []byte) error {
		tried <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	if err := first.Put("default", created("1", "a.jar")); err != nil {
		t.Fatal(err)
	}
	<-tried
	first.Close()

	to := newTarget()
	open(t, dir, patient, to.deliver)
	if got := <-to.taken; got != "1" {
		t.Errorf("event %s arrived", got)
	}
}
