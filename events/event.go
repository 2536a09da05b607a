package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// Source is who sends Sluice's own events.
const Source = "sluice"

// Event is the EventBridge envelope, as targets receive it
// (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html).
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// Parse reads an envelope. It checks that there is a source, a detail type and
// a detail, and leaves the detail to the file of its type.
func Parse(b []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(b, &e); err != nil {
		return Event{}, fmt.Errorf("the event is no JSON object of EventBridge's form: %w", err)
	}
	if e.Source == "" || e.DetailType == "" || len(e.Detail) == 0 {
		return Event{}, fmt.Errorf("the event lacks source, detail-type or detail; send it as EventBridge would, see testevents/")
	}
	return e, nil
}

// Pattern is an EventBridge event pattern. It marshals to the JSON that a rule takes.
type Pattern struct {
	Source     []string       `json:"source,omitempty"`
	DetailType []string       `json:"detail-type,omitempty"`
	Detail     map[string]any `json:"detail,omitempty"`
}
