package queues_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/queues"
)

// shelf keeps letters in memory.
type shelf struct{ letters []bus.Letter }

func (s *shelf) Letters() ([]bus.Letter, error) { return slices.Clone(s.letters), nil }

func (s *shelf) Bury(l bus.Letter) error { s.letters = append(s.letters, l); return nil }

func (s *shelf) Discard(id string) error {
	s.letters = slices.DeleteFunc(s.letters, func(l bus.Letter) bool { return l.ID == id })
	return nil
}

var letter = bus.Letter{
	ID: "one", Queue: "dead", Rule: "jars", Origin: "arn:aws:events:us-east-1:1:rule/jars", Target: bus.Target{ARN: "arn:machine"},
	Event: []byte(`{"source":"aws.s3"}`), Tries: 3, Reason: "RETRIES_EXHAUSTED", Cause: "busy",
}

func TestAMessageIsHiddenOnceReceivedAndComesBackUnlessItIsDeleted(t *testing.T) {
	now := time.Unix(1000, 0)
	kept := &shelf{letters: []bus.Letter{letter, {ID: "two", Queue: "other"}}}
	s := queues.New([]string{"dead", "other"}, kept, func() time.Time { return now })
	first, err := s.Receive("dead", 10, 30*time.Second)
	if err != nil || len(first) != 1 || first[0].Body != `{"source":"aws.s3"}` || first[0].Received != 1 {
		t.Fatalf("got %+v, %v", first, err)
	}
	if again, err := s.Receive("dead", 10, 30*time.Second); len(again) != 0 || err != nil {
		t.Errorf("received while it is hidden: %+v, %v", again, err)
	}
	now = now.Add(31 * time.Second)
	second, err := s.Receive("dead", 10, 30*time.Second)
	if err != nil || len(second) != 1 || second[0].Received != 2 {
		t.Fatalf("got %+v, %v", second, err)
	}
	if err := s.Delete("dead", first[0].Receipt); err != nil || len(kept.letters) != 2 {
		t.Errorf("an old receipt deletes: %v, %v", kept.letters, err)
	}
	if err := s.Delete("dead", second[0].Receipt); err != nil || len(kept.letters) != 1 {
		t.Errorf("left %v, %v", kept.letters, err)
	}
	if err := s.Delete("dead", second[0].Receipt); err != nil {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestADeadLetterSaysWhatEventBridgeSays(t *testing.T) {
	scheduled := bus.Letter{ID: "s", Queue: "dead", Origin: "arn:aws:scheduler:us-east-1:1:schedule/default/probe", Target: bus.Target{ARN: "arn:fn"}, Reason: "REFUSED", Cause: "no", Tries: 1}
	s := queues.New([]string{"dead"}, &shelf{letters: []bus.Letter{letter, scheduled}}, time.Now)
	got, err := s.Receive("dead", 10, time.Second)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	for name, want := range map[string]string{
		"RULE_ARN": letter.Origin, "TARGET_ARN": "arn:machine", "ERROR_CODE": "ERROR_FROM_TARGET", "ERROR_MESSAGE": "busy",
		"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "2",
	} {
		if got[0].Attributes[name] != want {
			t.Errorf("%s is %q, want %q", name, got[0].Attributes[name], want)
		}
	}
	if a := got[1].Attributes; a["SCHEDULE_ARN"] != scheduled.Origin || a["ERROR_CODE"] != "NO_RESOURCE" || a["EXHAUSTED_RETRY_CONDITION"] != "" || a["RULE_ARN"] != "" {
		t.Errorf("got %v", a)
	}
}

func TestAMessageThatWasSentComesBackAsItWasSent(t *testing.T) {
	s := queues.New([]string{"dead"}, &shelf{}, time.Now)
	if _, err := s.Send("dead", "not json", map[string]string{"RULE_ARN": "arn:r"}); err != nil {
		t.Fatal(err)
	}
	if visible, hidden, err := s.Waiting("dead"); visible != 1 || hidden != 0 || err != nil {
		t.Errorf("%d visible, %d hidden, %v", visible, hidden, err)
	}
	got, err := s.Receive("dead", 1, time.Minute)
	if err != nil || len(got) != 1 || got[0].Body != "not json" || got[0].Attributes["RULE_ARN"] != "arn:r" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.Receive("gone", 1, time.Minute); !errors.Is(err, queues.ErrNoQueue) {
		t.Errorf("got %v", err)
	}
}
