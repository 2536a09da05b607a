package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Schedule is one story: what is uploaded and asked for when, and what goes
// wrong. It is data, so that parts of it can be taken out.
type Schedule struct {
	Seed    uint64
	Repairs []flink.RemediationStep // what the platform's policy does about alarms
	Rotates bool                    // it has savepoints taken by timer
	Events  []Event
	Faults  []Fault
}

// Event is an object that somebody writes, a change that somebody asks for, an
// alarm that goes off, or a tick of the timer, and when word of it arrives.
type Event struct {
	ID      string // u0, u1, …: faults name it
	At      time.Duration
	Key     string          // of an upload
	Version string          // of an upload: a word of behaviours for a jar, of manifests for a manifest
	Arrive  []time.Duration // after At, one delivery each: more than one is a duplicate
	Ask     *Ask            // of a change that is asked for
	Alarm   *Alarm          // of an alarm
	Tick    *Tick           // of the timer; nil, all three: an upload
}

// Tick is the timer's that has savepoints taken.
type Tick struct {
	Off time.Duration // how far the time that it names is from when it happens: it is late, or a clock is wrong
}

// Ask is a change that somebody, or something, asks for.
type Ask struct {
	flink.Change
	Aged int // Redeploy: how many of the savepoints that are known are younger than the chosen one
}

// Fault is one thing that goes wrong: at a call, when Nth is given, else at a time.
type Fault struct {
	Kind Kind
	Of   string        // whose executions: an event's id
	Call string        // operation, as in "target.Apply"; empty: any
	Nth  int           // which of these calls, from 1, over all executions of the event
	At   time.Duration // of what happens at a time
	For  time.Duration // how long a stall, a pause or an absence lasts; how old a stale read is
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
	Stall        Kind = "Stall"        // the call hangs, its function is given up, and it takes effect all the same
	LateAnswer   Kind = "LateAnswer"   // the call is made, and its answer is old by the time it arrives
	Disconnect   Kind = "Disconnect"   // the machine loses the function, which goes on: its retry runs beside it
	Pause        Kind = "Pause"        // the machine stands still before the call's function is invoked again
	StaleRead    Kind = "StaleRead"    // Observe answers with what was seen before
	StaleCluster Kind = "StaleCluster" // the same of what the Kubernetes API says, out of a cache that lags
	StaleFlink   Kind = "StaleFlink"   // the same of what Flink says
	StopAt       Kind = "StopAt"       // somebody stops the execution while its function makes this call
)

// What happens at a time.
const (
	Abort          Kind = "Abort"          // somebody stops every execution of the event
	LostNode       Kind = "LostNode"       // the tasks' node goes away
	LostJobManager Kind = "LostJobManager" // the JobManager's
	JobFails       Kind = "JobFails"       // the job ends for good
	DeleteOutside  Kind = "DeleteOutside"  // somebody deletes the resource by hand
	SuspendOutside Kind = "SuspendOutside" // somebody suspends it
	ResumeOutside  Kind = "ResumeOutside"  // somebody lets it run again
	EditOutside    Kind = "EditOutside"    // somebody edits its spec, so that the operator restarts the job
	RemadeOutside  Kind = "RemadeOutside"  // somebody deletes it and makes it again from a file: without Sluice's annotations
	StripOutside   Kind = "StripOutside"   // somebody takes Sluice's annotations off it
	FlinkAway      Kind = "FlinkAway"      // Flink's REST API does not answer
	ClusterAway    Kind = "ClusterAway"    // the Kubernetes API does not answer
	LedgerAway     Kind = "LedgerAway"     // S3 does not answer for the ledger
	OperatorAway   Kind = "OperatorAway"   // operator and Flink stand still, the Kubernetes API answers
	SavepointsFail Kind = "SavepointsFail" // every savepoint fails
	SavepointsHang Kind = "SavepointsHang" // savepoints asked for over REST do not come to an end
	AlarmsAway     Kind = "AlarmsAway"     // CloudWatch does not answer
	StatesAway     Kind = "StatesAway"     // S3 does not answer for the states' bucket
	StatesRefused  Kind = "StatesRefused"  // the states' bucket may not be read
	StatesMissing  Kind = "StatesMissing"  // there is no such bucket
	FileLost       Kind = "FileLost"       // a file of the newest savepoint that is known is gone
	Stray          Kind = "Stray"          // a savepoint lies there that nobody knows of
	OperatorLies   Kind = "OperatorLies"   // from then on: what the operator holds after a stop is the newest checkpoint, not the savepoint
	Resume         Kind = "Resume"         // somebody closes the circuit
	Approve        Kind = "Approve"        // somebody agrees to the event's change, if it waits for that
	Deny           Kind = "Deny"           // somebody does not
	Skew           Kind = "Skew"           // from the beginning on: the functions' clocks are apart by at most For
)

// String is the schedule as a person reads it.
func (s Schedule) String() string {
	var b strings.Builder
	if len(s.Repairs) > 0 {
		fmt.Fprintf(&b, "            the policy repairs: %v\n", s.Repairs)
	}
	if s.Rotates {
		fmt.Fprintf(&b, "            the policy rotates savepoints\n")
	}
	for _, e := range s.Events {
		fmt.Fprintf(&b, "  %8s  %s %s, delivered after %v\n", e.At, e.ID, e.what(), e.Arrive)
	}
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	return b.String()
}

// word is what the event brings about.
func (e Event) word() string {
	switch {
	case e.Alarm != nil:
		return "incident"
	case e.Tick != nil:
		return "rotation"
	}
	return "release"
}

// what is the event in words.
func (e Event) what() string {
	switch {
	case e.Alarm != nil:
		return strings.TrimSpace(fmt.Sprintf("alarm %s goes to %s %s", e.Alarm.Name, e.Alarm.State, e.Alarm.Of))
	case e.Tick != nil:
		return fmt.Sprintf("the timer ticks, off by %s", e.Tick.Off)
	case e.Ask == nil:
		return fmt.Sprintf("upload %s (%s)", e.Key, e.Version)
	}
	c := e.Ask.Change
	text := fmt.Sprintf("%s asked for by %s", c.Kind, c.By)
	if c.Automatic {
		text += ", automatic"
	}
	if c.AbandonState {
		text += ", even without its state"
	}
	if c.DryRun {
		text += ", a dry run"
	}
	return text
}

// String is the fault as a person reads it.
func (f Fault) String() string {
	how := f.howLong()
	if f.Nth > 0 {
		call := f.Call
		if call == "" {
			call = "call"
		}
		return fmt.Sprintf("          %s at %s %d of %s%s", f.Kind, call, f.Nth, f.Of, how)
	}
	return fmt.Sprintf("%8s  %s %s%s", f.At, f.Kind, f.Of, how)
}

func (f Fault) howLong() string {
	if f.For == 0 {
		return ""
	}
	return " for " + f.For.String()
}
