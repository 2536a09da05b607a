package task

import (
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Release is the one document that goes in and out of every handler of the
// release machine. Each field names the state that writes it. It holds
// references: manifests and jars stay in S3.
type Release struct {
	Decision Decision `json:"decision"` // every state: what comes next; the Choice after it switches on this alone

	ID          string            `json:"id"`                 // Admit
	Execution   string            `json:"execution"`          // Admit
	Started     time.Time         `json:"started"`            // Admit
	Application flink.Application `json:"application"`        // Admit
	Change      flink.Change      `json:"change"`             // Admit: what is asked for
	Artifact    ArtifactRef       `json:"artifact"`           // Admit: what was dropped
	Event       json.RawMessage   `json:"event"`              // Admit: as it came, for the record
	Fence       int64             `json:"fence"`              // Admit: of the lease taken; 0 while there is none
	Wait        *Wait             `json:"wait,omitempty"`     // Admit, Prepare: what a parked change waits for
	Approval    *ledger.Approval  `json:"approval,omitempty"` // Admit: who approved what

	Revision string       `json:"revision,omitempty"` // Prepare: what is to run
	Previous string       `json:"previous,omitempty"` // Prepare: what runs; empty for a first deployment
	Jar      string       `json:"jar,omitempty"`      // Prepare: file name it was dropped under
	Plan     *flink.Plan  `json:"plan,omitempty"`     // Prepare
	Policy   flink.Policy `json:"policy"`             // Prepare
	Notes    []string     `json:"notes,omitempty"`    // Prepare: what was translated or left out
	Before   Before       `json:"before"`             // Prepare: the job that ran before

	Since     map[string]time.Time `json:"since,omitempty"`     // every state that waits: when it began
	Insurance *flink.Snapshot      `json:"insurance,omitempty"` // TakeSavepoint
	Stopped   *flink.Snapshot      `json:"stopped,omitempty"`   // Stop: the savepoint the previous version ended with

	Phase         Phase              `json:"phase,omitempty"`        // Apply, RollBack: which version is being watched
	Step          string             `json:"step,omitempty"`         // Apply, RollBack: the step that wrote the resource
	Restore       flink.Restore      `json:"restore"`                // Apply, RollBack: the state that was asked for
	PreviousStart time.Time          `json:"previousStart,omitzero"` // Apply, RollBack: start of the job that is being replaced
	Watch         flink.Watch        `json:"watch"`                  // Observe
	Verdict       *flink.Verdict     `json:"verdict,omitempty"`      // Observe: of the new version
	FailedAt      *flink.Checkpoints `json:"failedAt,omitempty"`     // Observe: what the failed version had made durable
	FailedAstray  bool               `json:"failedAstray,omitempty"` // Observe: it was seen not to have gone on from the state that it was to
	FailedFrom    string             `json:"failedFrom,omitempty"`   // Observe: the state that the failed version had restored
	FailedRan     time.Time          `json:"failedRan,omitzero"`     // Observe: when the failed version was first seen running
	FailedStart   time.Time          `json:"failedStart,omitzero"`   // RollBack: start of the failed version's job
	Edited        bool               `json:"edited,omitempty"`       // RollBack: somebody else changed the failed version's resource
	Saved         *flink.Snapshot    `json:"saved,omitempty"`        // RollBack: the savepoint that the operator stopped the failed version with because of that
	Standstill    *Standstill        `json:"standstill,omitempty"`   // RollBack: whether the failed version came to one
	CalledOff     bool               `json:"calledOff,omitempty"`    // any state before Promote: somebody asked it to stop; Settle: and was told that it was too late

	Rollback []flink.RollbackDecision `json:"rollback,omitempty"` // RollBack

	Outcome flink.Outcome `json:"outcome,omitempty"` // whoever sends it to Settle
	Reason  flink.Reason  `json:"reason,omitempty"`  //
	Message string        `json:"message,omitempty"` //

	Timeline []ledger.Moment `json:"timeline,omitempty"` // every state

	Error    *CaughtError `json:"error,omitempty"`    // the machine, when it caught one
	FailedIn string       `json:"failedIn,omitempty"` // the machine: the state that failed
}

// ArtifactRef is one version of an object in the artifact bucket.
type ArtifactRef struct {
	Bucket   string             `json:"bucket"`
	Key      string             `json:"key"`
	Version  string             `json:"version,omitempty"`
	Kind     flink.ArtifactKind `json:"kind,omitempty"`
	File     string             `json:"file,omitempty"`
	Modified time.Time          `json:"modified,omitzero"`
	Event    string             `json:"eventKey,omitempty"` // what duplicates of the event have in common
	Prefix   string             `json:"prefix,omitempty"`   // of a dry run: where the files to plan with lie
}

// Wait says what a parked change waits for, and until when.
type Wait struct {
	For     ledger.ParkedFor `json:"for"`
	Until   time.Time        `json:"until"`
	Seconds int64            `json:"seconds"` // from the decision until then, at least 1: a Task's timeout
}

// Standstill is how it went to bring a failed version to a standstill.
type Standstill struct {
	Reached bool `json:"reached"`
	Ended   bool `json:"ended,omitempty"` // by itself: Flink has taken the record away

	Generation int64             `json:"generation,omitempty"` // of the resource, once the operator said that it is suspended
	Record     flink.RecordFacts `json:"record"`               // its high-availability record then
}

// Before is the job that ran before.
type Before struct {
	JobID     string    `json:"jobId,omitempty"`
	Started   time.Time `json:"started,omitzero"`    // by Flink's clock
	Savepoint string    `json:"savepoint,omitempty"` // lastSavepoint before the stop
	Lag       flink.Lag `json:"lag"`                 // what its sources had yet to read
	Newest    int64     `json:"newest,omitempty"`    // number of its newest checkpoint
	Recorded  bool      `json:"recorded,omitempty"`  // its high-availability record was there

	Suspended *flink.Snapshot `json:"suspended,omitempty"` // it was suspended, with this state; without a path: by its high-availability record
	Finished  bool            `json:"finished,omitempty"`  // a batch job that had done its work
}

// Phase says which version is being watched.
type Phase string

// The phases.
const (
	Forward  Phase = "Forward"  // the new version
	Backward Phase = "Backward" // the previous one, brought back
)

// CaughtError is what Step Functions hands to a Catch.
type CaughtError struct {
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// Decision is what a Task decided: the name of the state to go to, or Admit's own words.
type Decision string

// The decisions. A test holds them against the Choice states.
const (
	ToPrepare       Decision = "Prepare"
	ToTakeSavepoint Decision = "TakeSavepoint"
	ToStop          Decision = "Stop"
	ToApply         Decision = "Apply"
	ToObserve       Decision = "Observe"
	ToPromote       Decision = "Promote"
	ToRollBack      Decision = "RollBack"
	ToRemove        Decision = "Remove"
	ToAwaitApproval Decision = "AwaitApproval"
	ToAwaitWindow   Decision = "AwaitWindow"
	ToSettle        Decision = "Settle"

	Queue  Decision = "Queue"  // Admit: waits for the release in flight
	Ignore Decision = "Ignore" // Admit: nothing to do
)

// Decisions lists them all.
func Decisions() []Decision {
	return []Decision{ToPrepare, ToTakeSavepoint, ToStop, ToApply, ToObserve, ToPromote, ToRollBack, ToRemove,
		ToAwaitApproval, ToAwaitWindow, ToSettle, Queue, Ignore}
}

// note adds a line to the timeline; the same line twice in a row is kept once.
func (r *Release) note(now time.Time, state, text string) {
	r.Timeline = noted(r.Timeline, now, state, text)
}

// noted adds a line to the timeline of any machine's document.
func noted(all []ledger.Moment, now time.Time, state, text string) []ledger.Moment {
	text = line(text)
	if n := len(all); n > 0 && all[n-1].State == state && all[n-1].Note == text {
		return all
	}
	if len(all) >= timelineLimit { // how it began and how it ends tell more than the middle
		all = append(all[:timelineLimit/2], all[timelineLimit/2+1:]...)
	}
	return append(all, ledger.Moment{At: now, State: state, Note: text})
}

const timelineLimit = 100

// since tells when this state began to wait, and remembers it.
func (r *Release) since(state string, now time.Time) time.Time {
	if r.Since == nil {
		r.Since = map[string]time.Time{}
	}
	if t, ok := r.Since[state]; ok {
		return t
	}
	r.Since[state] = now
	return now
}

// end sends the release to Settle with an outcome.
func (r *Release) end(o flink.Outcome, why flink.Reason, message string) {
	r.Decision, r.Outcome, r.Reason, r.Message = ToSettle, o, why, flink.Foreign(message, flink.MaxSentence)
}
