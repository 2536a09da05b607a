package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/redact"
)

// Fault is one thing wrong with the document.
type Fault struct {
	Line    int    `json:"line"`           // from 1; 0 when the fault is of the whole file
	Column  int    `json:"column"`         // from 1; 0 when only the line is known
	Path    string `json:"path,omitempty"` // as in spec.job.upgradeMode
	Message string `json:"message"`        // says what to do
}

// String is the fault in one line.
func (f Fault) String() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d", f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, ", column %d", f.Column)
		}
		b.WriteString(": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	return b.String()
}

// Faults is everything wrong with the document, in the order of its lines.
type Faults struct {
	File string // empty: application.yaml
	List []Fault
	More int // faults beyond those listed
}

// Error says in its first line how many faults there are, then one a line, as
// many as a record has room for.
func (f *Faults) Error() string {
	lines := make([]string, 0, len(f.List)+2)
	total, more, room := len(f.List)+f.More, f.More, maxTold
	file := cmp.Or(f.File, flink.ManifestFile)
	if total == 1 {
		lines = append(lines, file+" has 1 fault:")
	} else {
		lines = append(lines, fmt.Sprintf("%s has %d faults:", file, total))
	}
	for _, x := range f.List {
		line := x.String()
		if room -= len(line); room < 0 && len(lines) > 1 {
			more++
			continue
		}
		lines = append(lines, line)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more, which show when these are mended", more))
	}
	return strings.Join(lines, "\n")
}

// Bounds of what one document can make us say.
const (
	maxFaults  = 100
	maxPath    = 200  // runes
	maxMessage = 1000 // runes
	maxTold    = 7000 // bytes of all faults together, where they stand in one text
)

// report gathers faults and notes while a document is read.
type report struct {
	file   string            // empty: application.yaml
	fill   map[string]string // placeholders: their values are not told
	faults []Fault
	more   int
	notes  []string
}

func (r *report) fault(at *node, path, format string, args ...any) {
	r.faultAt(at.line, at.column, path, format, args...)
}

func (r *report) faultAt(line, column int, path, format string, args ...any) {
	f := Fault{Line: line, Column: column, Path: cut(path, maxPath), Message: cut(fmt.Sprintf(format, args...), maxMessage)}
	switch {
	case slices.Contains(r.faults, f): // an alias repeats the node it names
	case len(r.faults) >= maxFaults:
		r.more++
	default:
		r.faults = append(r.faults, f)
	}
}

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, cut(r.told("", fmt.Sprintf(format, args...)), maxMessage))
}

// err is nil when there are no faults.
func (r *report) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for i, f := range r.faults {
		r.faults[i].Path, r.faults[i].Message = redact.Text(f.Path), r.told(f.Path, f.Message)
	}
	return &Faults{File: r.file, List: r.faults, More: r.more}
}

// brief quotes what the user wrote, bounded.
func brief(s string) string { return fmt.Sprintf("%q", cut(s, 80)) }

// cut shortens a text to so many runes.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
