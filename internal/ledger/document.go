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
	Down        *Down                           `json:"down,omitempty"`        // a stop after which no version was seen running yet
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
	Release  string         `json:"release"` // that stopped it
	Snapshot flink.Snapshot `json:"snapshot"`
}

// Change is an event that waits for its turn, as it came.
type Change struct {
	ID    string             `json:"id"` // release id it will have
	Kind  flink.ArtifactKind `json:"kind"`
	Key   string             `json:"key"`
	Event json.RawMessage    `json:"event"`
	Since time.Time          `json:"since"`
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
)

const (
	seenLimit     = 200
	snapshotLimit = 50
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
func (d *Document) Forget() { d.Current, d.LastGood, d.Newest, d.Down = "", "", nil, nil }

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
