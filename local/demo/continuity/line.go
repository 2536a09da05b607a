package continuity

import (
	"fmt"
	"strconv"
	"strings"
)

// Line is one line of the job's output.
type Line struct {
	N        int64  // the number, from 0
	Keyed    int64  // numbers counted so far in keyed state, this one included
	Operator int64  // the same, in operator state
	Version  string // version of the job that wrote the line
}

// parseLine reads `<n> <keyed count> <operator count> <version>`.
func parseLine(text string) (Line, error) {
	fields := strings.Split(text, " ")
	if len(fields) != 4 || fields[3] == "" {
		return Line{}, fmt.Errorf("%q is no line of the counter", text)
	}
	var numbers [3]int64
	for i := range numbers {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil || n < 0 {
			return Line{}, fmt.Errorf("%q is no line of the counter: %q is no count", text, fields[i])
		}
		numbers[i] = n
	}
	return Line{N: numbers[0], Keyed: numbers[1], Operator: numbers[2], Version: fields[3]}, nil
}

// counted tells whether both counts say that every number up to this one was counted once.
func (l Line) counted() bool { return l.Keyed == l.N+1 && l.Operator == l.N+1 }
