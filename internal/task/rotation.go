package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Rotation is the one document that goes in and out of the handlers of the
// rotate machine, one for each application that is due.
type Rotation struct {
	Decision Decision `json:"decision,omitempty"` // every state: what comes next; the Choice after it switches on this alone

	RotationItem
	Execution string          `json:"execution"`        // the machine
	Started   time.Time       `json:"started,omitzero"` // RotateSavepoint
	Due       string          `json:"due,omitempty"`    // RotateSavepoint: why it was begun
	Fence     int64           `json:"fence,omitempty"`  // RotateSavepoint: of the lease taken; 0 while there is none
	Revision  string          `json:"revision,omitempty"`
	JobID     string          `json:"jobId,omitempty"`
	Directory string          `json:"directory,omitempty"` // RotateSavepoint: below which the application keeps savepoints
	Policy    flink.Snapshots `json:"policy"`              // RotateSavepoint
	Asked     time.Time       `json:"asked,omitzero"`      // RotateSavepoint: when Flink was first asked

	Snapshot *flink.Snapshot `json:"snapshot,omitempty"` // RotateSavepoint; VerifySnapshot: with its proof
	Skipped  string          `json:"skipped,omitempty"`  // RotateSavepoint: why none was taken
	GaveWay  string          `json:"gaveWay,omitempty"`  // every state: to what
	Proof    *Proof          `json:"proof,omitempty"`    // VerifySnapshot
	Damaged  []string        `json:"damaged,omitempty"`  // VerifySnapshot
	Retired  []ledger.Gone   `json:"retired,omitempty"`  // Retire
	Strays   int             `json:"strays,omitempty"`   // Retire

	Timeline []ledger.Moment `json:"timeline,omitempty"` // every state
	Error    *CaughtError    `json:"error,omitempty"`    // the machine, when it caught one
	FailedIn string          `json:"failedIn,omitempty"` // the machine: the state that failed
}

// RotationItem is one item of the list of what is due.
type RotationItem struct {
	Application flink.Application `json:"application"`
	ID          string            `json:"id"`               // of this application's rotation: sorts by time, the same for the same tick
	Listed      string            `json:"listed"`           // execution that made the list
	ByHand      bool              `json:"byHand,omitempty"` // somebody asked for it
}

// Proof is how far the proving of a snapshot is.
type Proof struct {
	Path   string           `json:"path"`
	Taken  bool             `json:"taken"`          // it is the one that was just taken
	Listed bool             `json:"listed"`         // its checksums are kept
	Report savepoint.Report `json:"report"`         // of its files
	Since  time.Time        `json:"since,omitzero"` // of the rehearsal
}

// The decisions of the rotate machine. A test holds them against the Choice states.
const (
	ToRotateEach      Decision = "RotateEach"
	ToRotateSavepoint Decision = "RotateSavepoint"
	ToVerifySnapshot  Decision = "VerifySnapshot"
	ToRetire          Decision = "Retire"
	ToSettleRotation  Decision = "SettleRotation"
)

// RotationDecisions lists them all.
func RotationDecisions() []Decision {
	return []Decision{ToRotateEach, ToRotateSavepoint, ToVerifySnapshot, ToRetire, ToSettleRotation, Ignore}
}

// rotationTimeline bounds a rotation's timeline.
const rotationTimeline = 40

// note adds a line to the timeline; the same line twice in a row is kept once.
func (r *Rotation) note(now time.Time, state, text string) {
	if len(r.Timeline) < rotationTimeline {
		r.Timeline = noted(r.Timeline, now, state, text)
	}
}

// skip ends the rotation without a savepoint.
func (r *Rotation) skip(now time.Time, why string) {
	r.Skipped, r.Decision = line(why), ToSettleRotation
	r.note(now, "RotateSavepoint", "no savepoint: "+why)
}

// keep changes the document under the rotation's lease, which it renews. It
// tells whether the rotation has to give way: then nothing is changed, and the
// rotation is on its way to its end.
func (t Tasks) keep(ctx context.Context, r *Rotation, state string, change func(*ledger.Document)) (ledger.Document, bool, error) {
	d, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if err := d.Renew(r.ID, r.Fence, t.Clock.Now(), leaseTerm); err != nil {
			return err
		}
		r.GaveWay = ""
		if waiting := waitsFor(d); waiting != "" {
			r.GaveWay = waiting
			return nil
		}
		change(d)
		return nil
	})
	if err != nil {
		return d, false, err
	}
	return d, t.gone(r, state), nil
}

// givesWay looks whether the rotation has to give way, without writing.
func (t Tasks) givesWay(ctx context.Context, r *Rotation, state string) (bool, error) {
	if r.GaveWay == "" {
		d, _, err := t.Ledger.Document(ctx, r.Application)
		if err != nil {
			return false, err
		}
		if err := d.Renew(r.ID, r.Fence, t.Clock.Now(), leaseTerm); err != nil { // not written: only asked
			return false, err
		}
		r.GaveWay = waitsFor(&d)
	}
	return t.gone(r, state), nil
}

// gone sends a rotation that gives way to its end.
func (t Tasks) gone(r *Rotation, state string) bool {
	if r.GaveWay == "" {
		return false
	}
	r.note(t.Clock.Now(), state, "gives way to "+r.GaveWay)
	r.Decision = ToSettleRotation
	return true
}

// waitsFor is what a rotation has to give way to, in words.
func waitsFor(d *ledger.Document) string {
	switch {
	case d.Lease != nil && d.Lease.Cancel != nil:
		return "nothing: " + whoCancelled(d.Lease.Cancel)
	case d.Pending != nil:
		return "the change " + d.Pending.ID
	case d.Incident != nil:
		return "the incident " + d.Incident.ID
	}
	return ""
}

func noChange(*ledger.Document) {}
