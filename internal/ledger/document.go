package ledger

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Schema is the version of the document's form that this program writes.
const Schema = 1

// Document is everything known about one application. It is never deleted.
type Document struct {
	Schema      int                             `json:"schema"`
	Token       string                          `json:"token"` // unique to each write: tells whether a write whose answer was lost had won
	Application flink.Application               `json:"application"`
	Fence       int64                           `json:"fence"` // of the newest lease; only grows
	Lease       *Lease                          `json:"lease,omitempty"`
	Current     string                          `json:"current,omitempty"`     // revision that runs
	LastGood    string                          `json:"lastGood,omitempty"`    // newest revision that was promoted
	LastRelease string                          `json:"lastRelease,omitempty"` // newest release that was settled
	Newest      map[flink.ArtifactKind]Admitted `json:"newest,omitempty"`      // newest artifact of each kind that was admitted
	Seen        []string                        `json:"seen,omitempty"`        // events admitted, newest last, at most seenLimit
	Pending     *Change                         `json:"pending,omitempty"`     // what waits for the release in flight; the newest wins
	Parked      *Parked                         `json:"parked,omitempty"`      // what waits for an answer or for a window, without a lease; the newest wins
	Down        *Down                           `json:"down,omitempty"`        // a stop after which no version was seen running yet
	Applied     string                          `json:"applied,omitempty"`     // revision that was written to the cluster and not verified yet
	Suspended   *Down                           `json:"suspended,omitempty"`   // the job was suspended on purpose, with this savepoint
	Deleted     *Tombstone                      `json:"deleted,omitempty"`     // the application was deleted on purpose
	History     []Deployed                      `json:"history,omitempty"`     // revisions that were promoted, newest last, at most historyLimit
	Snapshots   []flink.Snapshot                `json:"snapshots,omitempty"`
	Circuit     *Circuit                        `json:"circuit,omitempty"` // open: nothing automatic happens until somebody resumes
	Outbox      []Message                       `json:"outbox,omitempty"`  // written with the outcome, sent afterwards, removed when sent
}

// Lease says who may change the application now.
type Lease struct {
	Holder  string    `json:"holder"`  // ARN of the execution; empty while it was handed over and not taken up
	Release string    `json:"release"` // id of the release
	Fence   int64     `json:"fence"`
	Taken   time.Time `json:"taken"`
	Expires time.Time `json:"expires"` // renewed by every step

	Cancel *CancelRequest `json:"cancel,omitempty"` // somebody asked the holder to stop
}

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

// Admitted is an artifact version that was admitted.
type Admitted struct {
	Key      string    `json:"key"`
	Version  string    `json:"version,omitempty"`
	Modified time.Time `json:"modified"`
}

// Down says from which savepoint a job that was stopped can go on.
type Down struct {
	Release    string         `json:"release"` // that stopped it
	Snapshot   flink.Snapshot `json:"snapshot"`
	Generation int64          `json:"generation,omitempty"` // of the resource then: tells whether somebody has written it since
}

// Change is an event that waits for its turn, as it came.
type Change struct {
	ID     string             `json:"id"`             // release id it will have
	Change flink.Change       `json:"change"`         // what is asked for
	Kind   flink.ArtifactKind `json:"kind,omitempty"` // of an upload
	Key    string             `json:"key,omitempty"`  // of an upload
	Event  json.RawMessage    `json:"event"`
	Since  time.Time          `json:"since"`
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

// Tombstone says that, and how, the application was deleted.
type Tombstone struct {
	Release  string          `json:"release"`
	At       time.Time       `json:"at"`
	By       string          `json:"by,omitempty"`
	Revision string          `json:"revision,omitempty"` // that ran last
	Snapshot *flink.Snapshot `json:"snapshot,omitempty"` // the final savepoint; nil when there was none
}

// Deployed is a revision that was promoted.
type Deployed struct {
	Revision string    `json:"revision"`
	Jar      string    `json:"jar,omitempty"` // file name it was dropped under
	Release  string    `json:"release"`
	At       time.Time `json:"at"`
}

// Circuit says since when and why nothing automatic happens.
type Circuit struct {
	Release string    `json:"release"`
	Since   time.Time `json:"since"`
	Message string    `json:"message"`
}

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
	EndWait      MessageKind = "EndWait"      // a task token: Wake
)

// Wake is the payload of EndWait: the execution that sleeps on the token is
// woken, and finds out by the ledger what became of its change.
type Wake struct {
	Token string `json:"token"`
}

const (
	seenLimit     = 200
	snapshotLimit = 50
	historyLimit  = 20
)

// HasSeen tells whether an event was admitted before.
func (d *Document) HasSeen(event string) bool {
	for _, s := range d.Seen {
		if s == event {
			return true
		}
	}
	return false
}

// See remembers an event.
func (d *Document) See(event string) { d.Seen = newestOf(append(d.Seen, event), seenLimit) }

// AddSnapshot remembers a savepoint; the same path twice is kept once.
func (d *Document) AddSnapshot(s flink.Snapshot) {
	for _, known := range d.Snapshots {
		if flink.SamePath(known.Path, s.Path) {
			return
		}
	}
	d.Snapshots = newestOf(append(d.Snapshots, s), snapshotLimit)
}

func newestOf[T any](all []T, limit int) []T {
	if len(all) > limit {
		return all[len(all)-limit:]
	}
	return all
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
	d.HandOver(d.Pending.ID, now, term)
	d.Post(Message{Name: d.Pending.ID, Kind: StartRelease, Payload: d.Pending.Event})
	d.Pending = nil
}

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

// Forget makes the application one that has never been deployed: what runs is
// not known any more, its savepoints and what was seen of events are.
func (d *Document) Forget() {
	d.Current, d.LastGood, d.Applied, d.Newest = "", "", "", nil
	d.Down, d.Suspended, d.Deleted, d.History = nil, nil, nil, nil
}

// Promote makes a revision the one that runs and is good.
func (d *Document) Promote(v Deployed) {
	d.Current, d.LastGood, d.Applied = v.Revision, v.Revision, ""
	d.Down, d.Suspended, d.Deleted = nil, nil, nil
	if n := len(d.History); n > 0 && d.History[n-1].Revision == v.Revision {
		d.History[n-1].Release, d.History[n-1].At = v.Release, v.At
		return
	}
	d.History = newestOf(append(d.History, v), historyLimit)
}

// GoodBefore is the newest revision that was promoted before the one that runs; empty when there is none.
func (d *Document) GoodBefore(running string) string {
	for i := len(d.History) - 1; i >= 0; i-- {
		if d.History[i].Revision != running {
			return d.History[i].Revision
		}
	}
	return ""
}

// IsParked tells whether it is that release that is parked.
func (d *Document) IsParked(release string) bool { return d.Parked != nil && d.Parked.ID == release }

// Unpark takes the parked change away; whoever sleeps on its token is woken.
func (d *Document) Unpark() {
	if d.Parked != nil && d.Parked.Token != "" {
		payload, _ := json.Marshal(Wake{Token: d.Parked.Token}) // a string: cannot fail
		d.Post(Message{Name: "wake-" + d.Parked.ID, Kind: EndWait, Payload: payload})
	}
	d.Parked = nil
}

// AskCancel asks the release that holds the lease to stop; false when no such release does.
func (d *Document) AskCancel(release string, c CancelRequest) bool {
	if d.Lease == nil || release != "" && d.Lease.Release != release {
		return false
	}
	if d.Lease.Cancel == nil {
		d.Lease.Cancel = &c
	}
	return true
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
