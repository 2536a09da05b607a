package ledger

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Incident is an alarm of the application that is being dealt with. Alarms that
// go off while there is one join it.
type Incident struct {
	ID      string    `json:"id"`      // sorts by time
	Holder  string    `json:"holder"`  // ARN of the execution that deals with it
	Expires time.Time `json:"expires"` // renewed by every step of the holder
	Opened  time.Time `json:"opened"`
	Alarms  []string  `json:"alarms"` // names, the one that opened it first, each once, bounded
	Steps   []Repair  `json:"steps,omitempty"`
}

// Repair is something that was done about an alarm.
type Repair struct {
	Incident string                `json:"incident"`
	Step     flink.RemediationStep `json:"step"`
	At       time.Time             `json:"at"`
	Request  string                `json:"request,omitempty"` // under which the change was asked for
	Release  string                `json:"release,omitempty"` // that made the change, once it is known
	Outcome  flink.Outcome         `json:"outcome,omitempty"` // of the release, once it has ended
	Helped   bool                  `json:"helped,omitempty"`  // the alarm was quiet afterwards
}

// DidRepair remembers a repair; the same request again takes the first one's place.
func (d *Document) DidRepair(r Repair) {
	for i, known := range d.Repairs {
		if known.Request == r.Request && known.Incident == r.Incident {
			d.Repairs[i] = r
			return
		}
	}
	d.Repairs = newestOf(append(d.Repairs, r), repairLimit)
}

// Rotated is how the newest rotation of the application's savepoints went.
type Rotated struct {
	ID       string    `json:"id"` // of the rotation
	At       time.Time `json:"at"`
	Snapshot string    `json:"snapshot,omitempty"` // path of the savepoint that it took
	Skipped  string    `json:"skipped,omitempty"`  // why none was taken, a sentence
}
