package asl

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a definition.
type Fault struct {
	State   string // empty: the state machine itself
	Field   string // empty: the state as a whole
	Message string // what is wrong and what to do
}

func (f Fault) String() string {
	var where []string
	if f.State != "" {
		where = append(where, fmt.Sprintf("state %q", f.State))
	}
	if f.Field != "" {
		where = append(where, f.Field)
	}
	if len(where) == 0 {
		return f.Message
	}
	return strings.Join(where, ", ") + ": " + f.Message
}

// Faults is the error of Parse: everything wrong with a definition at once.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
