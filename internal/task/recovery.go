package task

import (
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Recovery is the one document that goes in and out of the recover machine's
// handlers.
type Recovery struct {
	Decision Decision `json:"decision"` // Sweep: what comes next; the Choice after it switches on this alone

	Event json.RawMessage `json:"event,omitempty"` // Begin: as it came; Sweep drops it once nothing more follows from it

	Only   *flink.Application `json:"only,omitempty"`   // Sweep: the application that the event is about; nil: all of them
	After  string             `json:"after,omitempty"`  // Sweep: the application that was looked at last; the next call goes on behind it
	Until  time.Time          `json:"until,omitzero"`   // Sweep: when the dead execution's last function has ended for certain
	Looked int                `json:"looked,omitempty"` // Sweep: how many applications were looked at
	Done   []Remedied         `json:"done,omitempty"`   // Sweep: what was done, at most remediedLimit
	Failed []Remedied         `json:"failed,omitempty"` // Sweep: what could not be done now and is tried at the next tick, at most remediedLimit
}

// Remedied is something that recovery did, or failed to do.
type Remedied struct {
	Application flink.Application `json:"application"`
	Action      RemedyAction      `json:"action,omitempty"`
	Message     string            `json:"message"`
}

const remediedLimit = 50

// The decisions of Sweep. A test holds them against the Choice states.
const (
	ToSweep        Decision = "Sweep"        // there are more applications than one call looks at
	ToAwaitSilence Decision = "AwaitSilence" // the execution has ended, and its last function may not have
)

// RecoveryDecisions lists them all.
func RecoveryDecisions() []Decision { return []Decision{ToSweep, ToAwaitSilence, ToSucceeded} }

// did remembers what was done, or not done, about an application.
func (r *Recovery) did(app flink.Application, m remedy, err error) {
	if err != nil {
		if len(r.Failed) < remediedLimit {
			r.Failed = append(r.Failed, Remedied{app, m.action, line(err.Error())})
		}
		return
	}
	if len(r.Done) < remediedLimit {
		r.Done = append(r.Done, Remedied{app, m.action, line(m.message)})
	}
}
