package savepoint

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
)

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

// Verify proves a savepoint: its _metadata can be read, every file it refers to
// is there with its size, and has the content of the list under the key. It is
// called with the report that it gave, the first time with none, until that is
// Done. What is wrong is in the report; an error says that nobody knows: the
// store did not answer (Unavailable) or may not be read (Refused).
func (s Store) Verify(ctx context.Context, key, path string, r Report, b Budget) (Report, error) {
	if r.Done {
		return r, nil
	}
	c, sums, err := s.gather(ctx, key, path)
	if fault, ok := unreadable(path, err); ok {
		r.add(fault)
		r.Done = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Files, r.Bytes, r.Listed = len(c.Files), c.Size, sums != nil
	// What is not whole cannot be restored: reading the rest would be for nothing.
	if faults := append(c.Faults(), against(c, sums)...); len(faults) > 0 || sums == nil {
		r.add(faults...)
		r.Done = true
		return r, nil
	}
	return s.compare(ctx, r, c, sums, &meter{Budget: b})
}

// gather reads what a savepoint is and what it was; nil when nobody kept that.
func (s Store) gather(ctx context.Context, key, path string) (Contents, map[string]Sum, error) {
	c, err := s.Contents(ctx, path)
	if err != nil || key == "" {
		return c, nil, err
	}
	l, err := s.list(ctx, key)
	if flink.CodeOf(err) == flink.NotFound || err == nil && (l.Next != nil || !sameSavepoint(l.Path, path)) {
		return c, nil, nil
	}
	sums := make(map[string]Sum, len(l.Files))
	for _, sum := range l.Files {
		sums[sum.Name] = sum
	}
	return c, sums, err
}

func sameSavepoint(a, b string) bool { return ID(a) == ID(b) && ID(a) != "" }

// unreadable tells a fault of the savepoint from a failure to look at it.
func unreadable(path string, err error) (Fault, bool) {
	f := Fault{File: path}
	switch {
	case err == nil:
		return f, false
	case flink.CodeOf(err) == flink.NotFound:
		f.Kind, f.Message = Missing, "has no _metadata: it is unfinished, half removed or gone"
	case errors.Is(err, ErrDamaged):
		f.Kind, f.Message = Unreadable, "cannot be restored: "+err.Error()
	case flink.CodeOf(err) == flink.Invalid:
		f.Kind, f.Message = Unsupported, "cannot be proven: "+err.Error()
	default:
		return f, false
	}
	return f, true
}

// Faults compares what is there with what _metadata says: nothing is read but
// listings.
func (c Contents) Faults() []Fault {
	var faults []Fault
	for _, f := range c.Files {
		switch at := f.At.String(); {
		case f.Object == nil:
			faults = append(faults, Fault{Missing, at, "is missing: the savepoint cannot be restored"})
		case f.AtLeast && f.Object.Size < f.Size:
			faults = append(faults, Fault{WrongSize, at, fmt.Sprintf("has %d bytes where at least %d are needed", f.Object.Size, f.Size)})
		case !f.AtLeast && f.Object.Size != f.Size:
			faults = append(faults, Fault{WrongSize, at, fmt.Sprintf("has %d bytes instead of %d", f.Object.Size, f.Size)})
		}
	}
	return faults
}

// against compares what is there with the list; the contents are read later.
func against(c Contents, sums map[string]Sum) []Fault {
	if sums == nil {
		return nil
	}
	var faults []Fault
	for _, f := range c.Files {
		switch sum, listed := sums[f.Name]; {
		case f.Object == nil: // Faults says so
		case !listed:
			faults = append(faults, Fault{Unlisted, f.At.String(), "was not part of the savepoint when its checksums were kept"})
		case f.AtLeast && sum.Size != f.Object.Size:
			faults = append(faults, Fault{WrongSize, f.At.String(), fmt.Sprintf("has %d bytes and had %d when it was taken", f.Object.Size, sum.Size)})
		}
	}
	return faults
}

// compare reads files and compares their content, until the budget is spent.
func (s Store) compare(ctx context.Context, r Report, c Contents, sums map[string]Sum, m *meter) (Report, error) {
	for r.Next.File < len(c.Files) {
		f := c.Files[r.Next.File]
		got, err := s.digest(ctx, f, &r.Next, m)
		if flink.CodeOf(err) == flink.NotFound { // the next listing says so too
			err = flink.Errorf(flink.Unavailable, "compare "+f.At.String(), "it went away while it was looked at")
		}
		if err != nil {
			return r, err
		}
		if got != "" {
			r.Compared++
			r.add(content(f, got, sums[f.Name])...)
		}
		if m.spent() && r.Next.File < len(c.Files) {
			return r, nil
		}
	}
	r.Done, r.Next = true, Cursor{}
	return r, nil
}

// content compares a file's sum with what it was.
func content(f Found, got string, was Sum) []Fault {
	if got == was.SHA256 {
		return nil
	}
	return []Fault{{WrongContent, f.At.String(), fmt.Sprintf("is damaged: its SHA-256 is %.12s… and was %.12s… when it was taken", got, was.SHA256)}}
}
