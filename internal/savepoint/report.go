package savepoint

import "fmt"

// maxFaults is how many faults a report names; the others are counted.
const maxFaults = 20

// Report is what came of proving a savepoint, and how far it has got. It is
// small and goes from call to call, in a state machine's document.
type Report struct {
	Done   bool    `json:"done"`
	Faults []Fault `json:"faults,omitempty"` // the first ones
	Others int     `json:"others,omitempty"` // faults that are not named
	Files  int     `json:"files"`            // that it needs, with _metadata
	Bytes  int64   `json:"bytes"`            // of those that are there
	// Listed says that checksums were kept when it was taken; without them no content is compared.
	Listed   bool   `json:"listed"`
	Compared int    `json:"compared"` // files whose content was compared
	Next     Cursor `json:"next"`     // when not Done
}

// Fault is one thing that is wrong with a savepoint.
type Fault struct {
	Kind    FaultKind `json:"kind"`
	File    string    `json:"file"` // URI
	Message string    `json:"message"`
}

// String is the fault as a person reads it.
func (f Fault) String() string { return f.File + " " + f.Message }

// FaultKind says what is wrong.
type FaultKind string

// The kinds of fault.
const (
	Missing      FaultKind = "Missing"
	WrongSize    FaultKind = "WrongSize"
	WrongContent FaultKind = "WrongContent"
	Unlisted     FaultKind = "Unlisted"    // it was not there, or not named, when checksums were kept
	Unreadable   FaultKind = "Unreadable"  // _metadata is damaged
	Unsupported  FaultKind = "Unsupported" // _metadata may be whole: nobody knows
)

// Sound says that nothing is wrong, as far as was looked.
func (r Report) Sound() bool { return r.Done && len(r.Faults) == 0 }

// Message is the sentence for the ledger: what is wrong, or what was seen.
func (r Report) Message() string {
	switch {
	case len(r.Faults) == 1:
		return r.Faults[0].String()
	case len(r.Faults) > 1:
		return fmt.Sprintf("%s; and %d more faults", r.Faults[0], len(r.Faults)-1+r.Others)
	case !r.Done:
		return fmt.Sprintf("%d of %d files are compared", r.Compared, r.Files)
	case !r.Listed:
		return fmt.Sprintf("all %d files are there, with the sizes that its _metadata gives; no checksums were kept of it, so that their content was not compared", r.Files)
	}
	return fmt.Sprintf("all %d files are there, with their sizes and the content they had when their checksums were kept", r.Files)
}

func (r *Report) add(faults ...Fault) {
	room := min(len(faults), maxFaults-len(r.Faults))
	r.Faults = append(r.Faults, faults[:room]...)
	r.Others += len(faults) - room
}
