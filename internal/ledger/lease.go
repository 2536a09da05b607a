package ledger

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Lease says who may change the application now.
type Lease struct {
	Holder  string    `json:"holder"`  // ARN of the execution; empty while it was handed over and not taken up
	Release string    `json:"release"` // id of the release, or of the rotation
	For     LeaseFor  `json:"for,omitempty"`
	Fence   int64     `json:"fence"`
	Taken   time.Time `json:"taken"`
	Expires time.Time `json:"expires"` // renewed by every step

	Writes   string         `json:"writes,omitempty"`   // what the holder is about to write to the cluster, or has, in words
	Cancel   *CancelRequest `json:"cancel,omitempty"`   // somebody asked the holder to stop
	Approval *Approval      `json:"approval,omitempty"` // of the change that the lease was handed to
}

// LeaseFor says what a lease was taken for.
type LeaseFor string

// What a lease is taken for.
const (
	ForRelease  LeaseFor = ""
	ForRotation LeaseFor = "Rotation" // a savepoint is taken, verified or retired; it gives way to a change that waits
)

// CancelRequest asks whoever holds the lease to undo what was done and end.
type CancelRequest struct {
	By  string    `json:"by,omitempty"`
	Why string    `json:"why,omitempty"`
	At  time.Time `json:"at"`
}

// Of tells whether a lease is that release's: taken by that holder, or handed
// over and not taken up yet. No lease is nobody's.
func (l *Lease) Of(holder, release string) bool {
	return l != nil && l.Release == release && (l.Holder == "" || l.Holder == holder)
}

// Held tells whether somebody's lease is good at that moment.
func (d *Document) Held(now time.Time) bool { return d.Lease != nil && now.Before(d.Lease.Expires) }

// Take gives the lease to a release and raises the fence. It fails with
// Conflict while another release holds it; the same holder may take it again,
// and a release that was handed the lease takes it up.
func (d *Document) Take(holder, release string, now time.Time, term time.Duration) (int64, error) {
	own := d.Lease.Of(holder, release)
	if d.Held(now) && !own {
		return 0, flink.Errorf(flink.Conflict, "take the lease", "release %s holds %s until %s", d.Lease.Release, d.Application, d.Lease.Expires.Format(time.RFC3339))
	}
	if !own {
		d.Fence++
		d.Lease = &Lease{Holder: holder, Release: release, Fence: d.Fence, Taken: now}
	}
	d.Lease.Holder = holder
	d.Lease.Expires = now.Add(term)
	return d.Lease.Fence, nil
}

// HandOver gives the lease to a release whose execution does not run yet.
func (d *Document) HandOver(release string, now time.Time, term time.Duration) {
	d.Fence++
	d.Lease = &Lease{Release: release, Fence: d.Fence, Taken: now, Expires: now.Add(term)}
}

// Release ends whoever holds the lease, and hands it to the change that waits.
func (d *Document) Release(now time.Time, term time.Duration) {
	d.Lease = nil
	if d.Pending == nil {
		return
	}
	next := *d.Pending
	d.Pending = nil
	d.HandTo(next, now, term)
}

// HandTo gives the lease to a change and posts the message that starts it.
func (d *Document) HandTo(c Change, now time.Time, term time.Duration) {
	d.HandOver(c.ID, now, term)
	d.Lease.Approval = c.Approval
	d.Post(Message{Name: d.Lease.StartName(), Kind: StartRelease, Payload: c.Event})
}

// StartName is the name of the execution that takes up a lease that was handed
// over. It is its own for each time: a change that was handed the lease, had to
// wait for a window and then for another release has had an execution already,
// and Step Functions starts none twice under one name.
func (l *Lease) StartName() string { return fmt.Sprintf("%s-%d", l.Release, l.Fence) }

// Renew lengthens the lease of whoever holds that fence, or says LeaseLost.
func (d *Document) Renew(release string, fence int64, now time.Time, term time.Duration) error {
	if d.Lease == nil || d.Lease.Release != release || d.Lease.Fence != fence {
		return flink.Errorf(flink.LeaseLost, "renew the lease", "release %s no longer holds %s%s", release, d.Application, d.otherHolder())
	}
	d.Lease.Expires = now.Add(term)
	return nil
}

func (d *Document) otherHolder() string {
	if d.Lease == nil {
		return ": its lease was ended"
	}
	return fmt.Sprintf(": release %s does, with fence %d", d.Lease.Release, d.Lease.Fence)
}

// AskCancel asks the release that holds the lease to stop; false when no such release does.
func (d *Document) AskCancel(release string, c CancelRequest) bool {
	if d.Lease == nil || release != "" && d.Lease.Release != release {
		return false
	}
	if release == "" && d.Lease.For == ForRotation { // whatever waits is meant, to which it gives way by itself
		return false
	}
	if d.Lease.Cancel == nil {
		d.Lease.Cancel = &c
	}
	return true
}
