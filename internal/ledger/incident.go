package ledger

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Incident is an alarm of the application that is being dealt with. Alarms that
// go off while there is one join it, so that at most one repair is made at a time.
// It holds no lease: what is done about it is a change, and changes have leases.
type Incident struct {
	ID      string          `json:"id"`      // sorts by time; follows from the event that opened it
	Holder  string          `json:"holder"`  // ARN of the execution that deals with it
	Expires time.Time       `json:"expires"` // renewed by every step of the holder
	Opened  time.Time       `json:"opened"`
	Alarms  []Raised        `json:"alarms"`           // the one that opened it first, each once, at most alarmLimit: all have to be quiet before it is over
	Joined  int             `json:"joined,omitempty"` // events that came while it was open: who would close it has to have seen them all
	Event   json.RawMessage `json:"event,omitempty"`  // that opened it: delivered again, it takes over from a holder that died
	Steps   []Repair        `json:"steps,omitempty"`
}

// Raised is an alarm that went off, or one series of it.
type Raised struct {
	Alarm  string    `json:"alarm"`
	Series string    `json:"series,omitempty"` // id of the series of a multi-series alarm
	At     time.Time `json:"at"`               // by CloudWatch's clock
	Again  time.Time `json:"again,omitzero"`   // when it went off last, if more than once
	Reason string    `json:"reason,omitempty"`
}

// Last is when the alarm went off last.
func (r Raised) Last() time.Time {
	if r.Again.After(r.At) {
		return r.Again
	}
	return r.At
}

const (
	// alarmLimit bounds the alarms of an incident, and with them the document. A
	// storm has room in it; whoever comes then waits for its end.
	alarmLimit = 200
	// reasonLimit is how many of them keep what CloudWatch said, which is most of
	// what is kept: the others have it in the records of their events.
	reasonLimit = 20
)

// Repair is something that was done about an alarm.
type Repair struct {
	Incident string                `json:"incident"`
	Step     flink.RemediationStep `json:"step"`
	At       time.Time             `json:"at"`
	Request  string                `json:"request,omitempty"` // under which the change was asked for
	Release  string                `json:"release,omitempty"` // that makes the change
	Why      string                `json:"why,omitempty"`
	Ended    time.Time             `json:"ended,omitzero"`    // of the release
	Outcome  flink.Outcome         `json:"outcome,omitempty"` // of the release, once it has ended
	Reason   flink.Reason          `json:"reason,omitempty"`  //
	Message  string                `json:"message,omitempty"` //
	Helped   bool                  `json:"helped,omitempty"`  // the alarm was quiet afterwards
}

// Open tells whether an incident is open whose holder lives.
func (i *Incident) Open(now time.Time) bool { return i != nil && now.Before(i.Expires) }

// Join adds an alarm that went off while the incident was open; false, and
// nothing is changed, when there is no room for it.
func (i *Incident) Join(r Raised) bool {
	n := slices.IndexFunc(i.Alarms, func(known Raised) bool { return known.Alarm == r.Alarm && known.Series == r.Series })
	if n < 0 && len(i.Alarms) >= alarmLimit {
		return false
	}
	i.Joined++
	if n < 0 {
		n = len(i.Alarms)
		i.Alarms = append(i.Alarms, r)
	}
	if known := &i.Alarms[n]; r.At.After(known.At) {
		known.Again, known.Reason = r.At, r.Reason
	}
	if n >= reasonLimit {
		i.Alarms[n].Reason = ""
	}
	return true
}

// Pending is the step that was asked for and has not ended; nil when there is none.
func (i *Incident) Pending() *Repair {
	if n := len(i.Steps); n > 0 && i.Steps[n-1].Outcome == "" {
		step := i.Steps[n-1]
		return &step
	}
	return nil
}

// Awaits tells whether that release makes the step that was asked for last. What
// its end means is the incident's to say: while one is open, no circuit opens.
func (i *Incident) Awaits(release string) bool {
	return i != nil && i.Pending() != nil && i.Pending().Release == release
}

// Hold renews the incident of its holder, or says LeaseLost.
func (d *Document) Hold(incident, holder string, now time.Time, term time.Duration) error {
	if d.Incident == nil || d.Incident.ID != incident || d.Incident.Holder != holder {
		return flink.Errorf(flink.LeaseLost, "deal with incident "+incident, "another execution has taken it over, or it was ended")
	}
	d.Incident.Expires = now.Add(term)
	return nil
}

// DidRepair remembers a repair, among the incident's steps and among the
// application's; the same request again takes the first one's place.
func (d *Document) DidRepair(r Repair) {
	if d.Incident != nil && d.Incident.ID == r.Incident {
		d.Incident.Steps = withRepair(d.Incident.Steps, r)
	}
	d.Repairs = newestOf(withRepair(d.Repairs, r), repairLimit)
}

func withRepair(all []Repair, r Repair) []Repair {
	for i, known := range all {
		if known.Request == r.Request && known.Incident == r.Incident {
			all[i] = r
			return all
		}
	}
	return append(all, r)
}

// IncidentRecord is what is kept of an alarm's event for good: of one that
// opened an incident how that went, of any other why it did not. The id follows
// from the event and sorts by time.
type IncidentRecord struct {
	Schema      int                   `json:"schema"`
	ID          string                `json:"id"`
	Application flink.Application     `json:"application"`
	Execution   string                `json:"execution"`
	Alarms      []Raised              `json:"alarms,omitempty"`
	Event       json.RawMessage       `json:"event,omitempty"`
	Opened      time.Time             `json:"opened"`
	Ended       time.Time             `json:"ended"`
	Outcome     flink.IncidentOutcome `json:"outcome"`
	Check       flink.Check           `json:"check"`            // that decided
	Message     string                `json:"message"`          // for the person on call
	Joins       string                `json:"joins,omitempty"`  // id of the incident that the event joined
	Joined      int                   `json:"joined,omitempty"` // further events while it was open
	Steps       []Repair              `json:"steps,omitempty"`
	Timeline    []Moment              `json:"timeline,omitempty"`
}

// Rotated is how the newest rotation of the application's savepoints went.
type Rotated struct {
	ID       string    `json:"id"` // of the rotation
	At       time.Time `json:"at"`
	Snapshot string    `json:"snapshot,omitempty"` // path of the savepoint that it took
	Skipped  string    `json:"skipped,omitempty"`  // why none was taken, a sentence
}
