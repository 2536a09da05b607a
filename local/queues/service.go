package queues

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/local/bus"
)

// Letters is where the messages are kept: *bus.Bus.
type Letters interface {
	Letters() ([]bus.Letter, error)
	Bury(bus.Letter) error
	Discard(id string) error
}

// Message is a message as a receiver sees it.
type Message struct {
	ID, Receipt, Body string
	Attributes        map[string]string // of the message: what EventBridge says of a dead letter
	Sent              time.Time
	Received          int // times, this one included
}

// ErrNoQueue is returned for a queue that is not of this service.
var ErrNoQueue = errors.New("there is no such queue")

// Service is queues. It is safe for concurrent use.
type Service struct {
	names   []string
	letters Letters
	now     func() time.Time
	mu      sync.Mutex
	seen    map[string]*seen // by letter's id
}

// seen is what is known of a letter that was received.
type seen struct {
	hidden   time.Time // until then
	receipt  string    // the newest
	received int
}

// New makes a service of the named queues.
func New(names []string, letters Letters, now func() time.Time) *Service {
	return &Service{names: names, letters: letters, now: now, seen: map[string]*seen{}}
}

// Receive hands out at most n messages of a queue, oldest first, and hides them for a while.
func (s *Service) Receive(queue string, n int, hide time.Duration) ([]Message, error) {
	waiting, err := s.of(queue)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, l := range waiting {
		before := s.seen[l.ID]
		if len(out) == n || before != nil && before.hidden.After(s.now()) {
			continue
		}
		now := &seen{hidden: s.now().Add(hide), receipt: l.ID + " " + uuid.NewString(), received: 1}
		if before != nil {
			now.received += before.received
		}
		s.seen[l.ID] = now
		out = append(out, Message{ID: l.ID, Receipt: now.receipt, Body: string(body(l)), Attributes: attributes(l), Sent: l.At, Received: now.received})
	}
	return out, nil
}

// Delete removes the message that was received with that receipt. One that was
// deleted already, or received again since, is no error, as on AWS.
func (s *Service) Delete(queue, receipt string) error {
	if !slices.Contains(s.names, queue) {
		return fmt.Errorf("%w: %s", ErrNoQueue, queue)
	}
	id, _, _ := strings.Cut(receipt, " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.seen[id]; known == nil || known.receipt != receipt {
		return nil
	}
	if err := s.letters.Discard(id); err != nil {
		return err
	}
	delete(s.seen, id)
	return nil
}

// Send puts a message with attributes into a queue.
func (s *Service) Send(queue, text string, attributes map[string]string) (id string, err error) {
	if !slices.Contains(s.names, queue) {
		return "", fmt.Errorf("%w: %s", ErrNoQueue, queue)
	}
	event, err := json.Marshal(sentBody{Text: text, Attributes: attributes})
	if err != nil {
		return "", err
	}
	id = uuid.NewString()
	return id, s.letters.Bury(bus.Letter{ID: id, Queue: queue, Event: event, At: s.now().UTC(), Reason: sent})
}

// Waiting counts the messages of a queue, those that are hidden apart.
func (s *Service) Waiting(queue string) (visible, hidden int, err error) {
	waiting, err := s.of(queue)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range waiting {
		if known := s.seen[l.ID]; known != nil && known.hidden.After(s.now()) {
			hidden++
			continue
		}
		visible++
	}
	return visible, hidden, err
}

func (s *Service) of(queue string) ([]bus.Letter, error) {
	if !slices.Contains(s.names, queue) {
		return nil, fmt.Errorf("%w: %s", ErrNoQueue, queue)
	}
	all, err := s.letters.Letters()
	return slices.DeleteFunc(all, func(l bus.Letter) bool { return l.Queue != queue }), err
}

// sent is the reason of a letter that somebody sent: it is no event that failed.
const sent = "SENT"

// sentBody is what is kept of such a message.
type sentBody struct {
	Text       string            `json:"text"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

func body(l bus.Letter) []byte {
	var own sentBody
	if l.Reason == sent && json.Unmarshal(l.Event, &own) == nil {
		return []byte(own.Text)
	}
	return l.Event
}

// attributes are what EventBridge and EventBridge Scheduler write to a message.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
func attributes(l bus.Letter) map[string]string {
	var own sentBody
	if l.Reason == sent && json.Unmarshal(l.Event, &own) == nil {
		return own.Attributes
	}
	origin := "RULE_ARN"
	if strings.Contains(l.Origin, ":schedule/") {
		origin = "SCHEDULE_ARN"
	}
	out := map[string]string{
		origin: l.Origin, "TARGET_ARN": l.Target.ARN, "ERROR_CODE": "ERROR_FROM_TARGET", "ERROR_MESSAGE": l.Cause,
		"RETRY_ATTEMPTS": strconv.Itoa(max(l.Tries-1, 0)),
	}
	switch l.Reason {
	case "RETRIES_EXHAUSTED":
		out["EXHAUSTED_RETRY_CONDITION"] = "MaximumRetryAttempts"
	case "MAXIMUM_AGE_EXCEEDED":
		out["EXHAUSTED_RETRY_CONDITION"] = "MaximumEventAgeInSeconds"
	case "REFUSED":
		out["ERROR_CODE"] = "NO_RESOURCE"
	}
	return out
}
