package ledger

import (
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Record is what is kept of a release for good: what was asked, what was done
// and why it ended as it did. The id is the release's and sorts by time.
type Record struct {
	Schema      int                      `json:"schema"`
	ID          string                   `json:"id"`
	Application flink.Application        `json:"application"`
	Execution   string                   `json:"execution"`
	Trigger     string                   `json:"trigger"`            // the artifact's key and version; empty when no upload asked
	Change      *flink.Change            `json:"change,omitempty"`   // what was asked, by whom and why; nil in records of before there were others than upgrades
	Approval    *Answer                  `json:"approval,omitempty"` // what somebody said who was asked
	Event       json.RawMessage          `json:"event,omitempty"`
	Started     time.Time                `json:"started"`
	Ended       time.Time                `json:"ended"`
	Outcome     flink.Outcome            `json:"outcome"`
	Reason      flink.Reason             `json:"reason"`
	Message     string                   `json:"message"` // for the person on call
	Revision    string                   `json:"revision,omitempty"`
	Previous    string                   `json:"previous,omitempty"`
	Jar         string                   `json:"jar,omitempty"` // file name it was dropped under
	Plan        *flink.Plan              `json:"plan,omitempty"`
	Notes       []string                 `json:"notes,omitempty"`     // what was translated or left out
	Snapshots   []flink.Snapshot         `json:"snapshots,omitempty"` // taken by this release
	Restored    string                   `json:"restored,omitempty"`  // state the version that runs now was seen to have restored
	Rollback    []flink.RollbackDecision `json:"rollback,omitempty"`
	Verdict     *flink.Verdict           `json:"verdict,omitempty"` // of the new version
	StoppedAt   time.Time                `json:"stoppedAt,omitzero"`
	RunningAt   time.Time                `json:"runningAt,omitzero"` // first moment all tasks of what runs now were seen running
	Timeline    []Moment                 `json:"timeline"`
	ToldBy      string                   `json:"toldBy,omitempty"` // the release, or recovery, that wrote this in its stead, and supposes it: its own word takes the place of it
}

// givesWay tells whether the record lets another take its place that is not
// the release's own: it says of no more than an event that was ignored, or what
// somebody supposed.
func (r Record) givesWay(to Record) bool {
	return r.Outcome == flink.Ignored || r.ToldBy != "" && to.ToldBy != ""
}

// Moment is one line of a record's timeline.
type Moment struct {
	At    time.Time `json:"at"`
	State string    `json:"state"`
	Note  string    `json:"note"`
}

// Downtime is how long no version was seen running, and whether there was any.
func (r Record) Downtime() (time.Duration, bool) {
	if r.StoppedAt.IsZero() || r.RunningAt.IsZero() {
		return 0, false
	}
	return r.RunningAt.Sub(r.StoppedAt), true
}
