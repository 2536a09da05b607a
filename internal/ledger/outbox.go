package ledger

import "encoding/json"

// Message is something to be sent, under a name that makes sending it twice harmless.
type Message struct {
	Name    string          `json:"name"` // deterministic; names the execution, or identifies the event
	Kind    MessageKind     `json:"kind"`
	Payload json.RawMessage `json:"payload"`
}

// MessageKind says where a message goes.
type MessageKind string

// The kinds of message.
const (
	ReleaseEnded MessageKind = "ReleaseEnded" // an event on the bus: events.ReleaseEndedDetail
	StartRelease MessageKind = "StartRelease" // an execution of the release machine: the event that waited
	ApprovalAsk  MessageKind = "ApprovalAsk"  // an event on the bus: events.ApprovalAskedDetail
	EndWait      MessageKind = "EndWait"      // a task token: Wake
	StartMachine MessageKind = "StartMachine" // an execution of another machine: Start
	Escalation   MessageKind = "Escalation"   // a notification that somebody is called by: Call
)

// Wake is the payload of EndWait: the execution that sleeps on the token is
// woken, and finds out by the ledger what became of its change.
type Wake struct {
	Token string `json:"token"`
}

// Start is the payload of StartMachine.
type Start struct {
	Machine string          `json:"machine"` // ARN
	Input   json.RawMessage `json:"input"`
}

// Call is the payload of Escalation: what somebody who is called reads.
type Call struct {
	Subject string `json:"subject"` // one line of ASCII, at most 100 characters
	Text    string `json:"text"`
}

// Post puts a message in the outbox; one of the same name is replaced.
func (d *Document) Post(m Message) {
	d.Sent(m.Name)
	d.Outbox = append(d.Outbox, m)
}

// Sent takes a message out of the outbox.
func (d *Document) Sent(name string) {
	kept := d.Outbox[:0:0]
	for _, m := range d.Outbox {
		if m.Name != name {
			kept = append(kept, m)
		}
	}
	d.Outbox = kept
}
