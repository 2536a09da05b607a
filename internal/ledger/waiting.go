package ledger

import (
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Change is an event that waits for its turn, as it came.
type Change struct {
	ID     string             `json:"id"`             // release id it will have
	Change flink.Change       `json:"change"`         // what is asked for
	Kind   flink.ArtifactKind `json:"kind,omitempty"` // of an upload
	Key    string             `json:"key,omitempty"`  // of an upload
	Event  json.RawMessage    `json:"event"`
	Since  time.Time          `json:"since"`

	Approval *Approval `json:"approval,omitempty"` // that it was given before the change had to wait
}

// Approval is what somebody agreed to.
type Approval struct {
	Answer
	Revision string `json:"revision"` // what would run: another needs another approval
}

// Parked is a change that waits without a lease. When it wakes it is admitted
// anew, with a fresh plan.
type Parked struct {
	Change
	Why      ParkedFor `json:"why"`
	Until    time.Time `json:"until"`              // Window: it opens then; Approval: the question expires then
	Holder   string    `json:"holder"`             // ARN of the execution that waits
	Token    string    `json:"token,omitempty"`    // task token that wakes it, once it is asleep
	Revision string    `json:"revision,omitempty"` // Approval: what the answer is about
	Plan     string    `json:"plan,omitempty"`     // Approval: what would be done, for whoever answers
	Answer   *Answer   `json:"answer,omitempty"`   // Approval
}

// ParkedFor says what a parked change waits for.
type ParkedFor string

// What there is to wait for.
const (
	ForApproval ParkedFor = "Approval"
	ForWindow   ParkedFor = "Window"
)

// Answer is what somebody said to a change that waits for approval.
type Answer struct {
	Approved bool      `json:"approved"`
	By       string    `json:"by,omitempty"`
	Why      string    `json:"why,omitempty"`
	At       time.Time `json:"at"`
}

// IsParked tells whether it is that release that is parked.
func (d *Document) IsParked(release string) bool { return d.Parked != nil && d.Parked.ID == release }

// GoesOn tells whether a release holds the lease, or waits in one way or the other.
func (d *Document) GoesOn(release string) bool {
	return d.IsParked(release) || d.Pending != nil && d.Pending.ID == release || d.Lease != nil && d.Lease.Release == release
}

// Respond notes what somebody said to the change that waits under that release,
// and wakes it. The first answer stays: the same one again wakes it again, and
// the opposite is a Conflict. It is NotFound when no such change waits.
func (d *Document) Respond(release string, a Answer) error {
	p, op := d.Parked, "answer for release "+release
	switch {
	case !d.IsParked(release):
		return flink.Errorf(flink.NotFound, op, "no change of %s waits under that id: sluice status says what waits", d.Application)
	case p.Why != ForApproval:
		return flink.Errorf(flink.Invalid, op, "it waits for a window that opens at %s, not for an approval", p.Until.UTC().Format(time.RFC3339))
	case a.Approved && p.Revision == "":
		return flink.Errorf(flink.Unavailable, op, "it is still being planned, and there is nothing to agree to yet: try again in a moment")
	case p.Answer != nil && p.Answer.Approved != a.Approved:
		return flink.Errorf(flink.Conflict, op, "%s has answered already, at %s", p.Answer.By, p.Answer.At.UTC().Format(time.RFC3339))
	case p.Answer == nil:
		a.By, a.Why = flink.Foreign(a.By, flink.MaxLine), flink.Foreign(a.Why, flink.MaxLine)
		p.Answer = &a
	}
	d.wake(*p)
	return nil
}

// Unpark takes the parked change away; whoever sleeps on its token is woken.
func (d *Document) Unpark() {
	if d.Parked != nil {
		d.wake(*d.Parked)
	}
	d.Parked = nil
}

// Replan voids what was planned and answered for the parked change, and wakes it.
func (d *Document) Replan() {
	d.wake(*d.Parked)
	d.Parked.Token, d.Parked.Revision, d.Parked.Plan, d.Parked.Answer, d.Parked.Approval = "", "", "", nil, nil
}

func (d *Document) wake(p Parked) {
	if p.Token == "" {
		return
	}
	payload, _ := json.Marshal(Wake{Token: p.Token}) // a string: cannot fail
	d.Post(Message{Name: "wake-" + p.ID, Kind: EndWait, Payload: payload})
}
