package ledger

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

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
	Jar      string    `json:"jar,omitempty"`     // file name it was dropped under
	Release  string    `json:"release,omitempty"` // that promoted it last; not known of what older versions promoted
	At       time.Time `json:"at,omitzero"`
}

// Promote makes a revision the one that runs and is good. What a rollback left
// is no revision to go back to, and another parallelism is no other version.
func (d *Document) Promote(v Deployed, how flink.ChangeKind) {
	running := d.Current
	d.Current, d.LastGood, d.Applied = v.Revision, v.Revision, ""
	d.Down, d.Suspended, d.Deleted = nil, nil, nil
	switch how {
	case flink.Rollback:
		d.History = upTo(d.History, v.Revision)
	case flink.Scale:
		if n := len(d.History); n > 0 && d.History[n-1].Revision == running {
			d.History[n-1] = v
			return
		}
	}
	if n := len(d.History); n > 0 && d.History[n-1].Revision == v.Revision {
		d.History[n-1].Release, d.History[n-1].At = v.Release, v.At
		return
	}
	d.History = newestOf(append(d.History, v), historyLimit)
}

// upTo leaves out what was promoted after that revision.
func upTo(history []Deployed, revision string) []Deployed {
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Revision == revision {
			return history[:i+1]
		}
	}
	return history
}

// RanAt is the revision that ran at a moment, as far as is remembered: the one
// that was promoted last before it.
func (d *Document) RanAt(t time.Time) string {
	for i := len(d.History) - 1; i >= 0; i-- {
		if i == 0 || !d.History[i].At.After(t) {
			return d.History[i].Revision
		}
	}
	return d.Current
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
