package figures

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Occasion is when and where something was measured.
type Occasion struct {
	Commit string    `json:"commit"`
	Began  time.Time `json:"began"`
	CPUs   int       `json:"cpus"`
	Load   float64   `json:"load"` // average of a minute, when it began
}

// NewOccasion is this moment on this machine.
func NewOccasion(commit string) Occasion {
	return Occasion{Commit: commit, Began: time.Now().UTC(), CPUs: runtime.NumCPU(), Load: LoadAverage()}
}

// LoadAverage is the machine's load average of the last minute; 0 where it has none to tell.
func LoadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}

// about is the sentence above a table.
func (o Occasion) about() string {
	return fmt.Sprintf("Measured on %s at commit %s: %d cores, load average %.1f when it began.", o.Began.Format(time.DateOnly), o.Commit, o.CPUs, o.Load)
}

// at is the same in a cell.
func (o Occasion) at() string { return fmt.Sprintf("%s, load %.1f", o.Commit, o.Load) }

// counted is what does not depend on the machine, in a cell.
func (o Occasion) counted() string { return o.Commit + ", counted" }
