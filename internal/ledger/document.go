package ledger

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

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
	Snapshots   []flink.Snapshot                `json:"snapshots,omitempty"`   // oldest first; one leaves only when its files are gone
	Circuit     *Circuit                        `json:"circuit,omitempty"`     // open: nothing automatic happens until somebody resumes
	Outbox      []Message                       `json:"outbox,omitempty"`      // written with the outcome, sent afterwards, removed when sent

	Incident *Incident `json:"incident,omitempty"` // an alarm that is being dealt with; there is one at a time
	Repairs  []Repair  `json:"repairs,omitempty"`  // what was done about alarms, newest last, at most repairLimit
	Rotated  *Rotated  `json:"rotated,omitempty"`  // how the newest rotation went

	ForkedFrom *Fork  `json:"forkedFrom,omitempty"` // the application whose snapshot this one began with and may still need
	Forks      []Fork `json:"forks,omitempty"`      // applications that began with a snapshot of this one and may still need it
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

// Circuit says since when and why nothing automatic happens.
type Circuit struct {
	Release string    `json:"release"`
	Since   time.Time `json:"since"`
	Message string    `json:"message"`
}

const (
	seenLimit    = 200
	historyLimit = 20
	repairLimit  = flink.MaxRepairs
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

func newestOf[T any](all []T, limit int) []T {
	if len(all) > limit {
		return all[len(all)-limit:]
	}
	return all
}

// Forget makes the application one that has never been deployed: what runs is
// not known any more, its savepoints and what was seen of events are.
func (d *Document) Forget() {
	d.Current, d.LastGood, d.Applied, d.Newest = "", "", "", nil
	d.Down, d.Suspended, d.Deleted, d.History = nil, nil, nil, nil
}
