package sim

import (
	"fmt"
	"strings"
	"time"
)

// Schedule is one story: what is uploaded when, and what goes wrong. It is
// data, so that parts of it can be taken out.
type Schedule struct {
	Seed    uint64
	Uploads []Upload
	Faults  []Fault
}

// Upload is an object that somebody writes, and when its events arrive.
type Upload struct {
	ID      string // u0, u1, …: faults name it
	At      time.Duration
	Key     string
	Version string          // a word of behaviours for a jar, of manifests for a manifest
	Arrive  []time.Duration // after At, one delivery each: more than one is a duplicate
}

// Fault is one thing that goes wrong: at a call, when Upload is named, else at a time.
type Fault struct {
	Kind   Kind
	Upload string        // whose executions
	Call   string        // operation, as in "target.Apply"; empty: any
	Nth    int           // which of these calls, from 1, over all executions of the upload
	At     time.Duration // of what happens at a time
	For    time.Duration // how long a stall, a pause or an absence lasts
}

// Kind says what goes wrong.
type Kind string

// What goes wrong at a call of a function to the outside.
const (
	CrashBefore  Kind = "CrashBefore"  // the function dies before the call
	CrashAfter   Kind = "CrashAfter"   // the call is made, then the function dies
	CrashBetween Kind = "CrashBetween" // Apply only: dies after the old resource was deleted, before the new one is made
	LostAnswer   Kind = "LostAnswer"   // the call is made, its answer is lost
	Throttled    Kind = "Throttled"    // the call is not made: throttling, 5xx, timeout
	Stall        Kind = "Stall"        // the function freezes before the call, is given up, and makes the call all the same
	Disconnect   Kind = "Disconnect"   // the machine loses the function, which goes on: its retry runs beside it
	Pause        Kind = "Pause"        // the machine stands still before the call's function is invoked again
	StaleRead    Kind = "StaleRead"    // Observe answers with what was seen before
)

// What happens at a time.
const (
	Abort          Kind = "Abort"          // somebody stops every execution of the upload
	LostNode       Kind = "LostNode"       // the tasks' node goes away
	LostJobManager Kind = "LostJobManager" // the JobManager's
	DeleteOutside  Kind = "DeleteOutside"  // somebody deletes the resource
	FlinkAway      Kind = "FlinkAway"      // Flink's REST API does not answer
	ClusterAway    Kind = "ClusterAway"    // the Kubernetes API does not answer
	LedgerAway     Kind = "LedgerAway"     // S3 does not answer for the ledger
	OperatorAway   Kind = "OperatorAway"   // operator and Flink stand still, the Kubernetes API answers
	SavepointsFail Kind = "SavepointsFail" // every savepoint fails
	SavepointsHang Kind = "SavepointsHang" // savepoints asked for over REST do not come to an end
	OperatorLies   Kind = "OperatorLies"   // from then on: what the operator holds after a stop is the newest checkpoint, not the savepoint
	Resume         Kind = "Resume"         // somebody closes the circuit
)

// String is the schedule as a person reads it.
func (s Schedule) String() string {
	var b strings.Builder
	for _, u := range s.Uploads {
		fmt.Fprintf(&b, "  %8s  upload %s %s (%s), delivered after %v\n", u.At, u.ID, u.Key, u.Version, u.Arrive)
	}
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	return b.String()
}

// String is the fault as a person reads it.
func (f Fault) String() string {
	how := ""
	if f.For > 0 {
		how = " for " + f.For.String()
	}
	if f.Nth > 0 {
		call := f.Call
		if call == "" {
			call = "call"
		}
		return fmt.Sprintf("          %s at %s %d of %s%s", f.Kind, call, f.Nth, f.Upload, how)
	}
	return fmt.Sprintf("%8s  %s %s%s", f.At, f.Kind, f.Upload, how)
}
