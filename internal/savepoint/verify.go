package savepoint

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
)

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
