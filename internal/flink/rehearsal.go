package flink

import (
	"fmt"
	"strings"
	"time"
)

// RehearsalOutcome is what a rehearsal has shown.
type RehearsalOutcome string

// The outcomes.
const (
	RehearsalPending       RehearsalOutcome = "Pending"
	RehearsalProven        RehearsalOutcome = "Proven"        // Flink mapped the snapshot's state onto the job
	RehearsalNotRestorable RehearsalOutcome = "NotRestorable" // Flink refuses the snapshot for this job
	RehearsalUnknown       RehearsalOutcome = "Unknown"       // nothing was shown of the snapshot, neither good nor bad
)

// RehearsalVerdict is the outcome, and why.
type RehearsalVerdict struct {
	Outcome RehearsalOutcome
	Message string
}

// refusals are Flink's words for a state that cannot be restored, of
// Checkpoints, StateAssignmentOperation and the file systems' look-up of a
// savepoint (AbstractFsCheckpointStorageAccess), Flink 1.17 to 2.x.
var refusals = []string{
	"Failed to rollback to checkpoint/savepoint",
	"There is no operator for the state",
	"The maximum parallelism (",
	"Cannot find checkpoint or savepoint file/directory",
	"Cannot find meta data file",
	"is not a valid file URI. Either the pointer path is invalid",
	"Unexpected magic number",
}

// JudgeRehearsal says what was shown. A job that failed for another reason than
// its state (its main method threw, say) tells nothing of the snapshot: only
// Flink's own refusal of the state is held against it.
func JudgeRehearsal(r Rehearsal, f RehearsalFacts, now time.Time) RehearsalVerdict {
	restored := f.Job.Checkpoints.RestoredFrom
	switch {
	case !f.Exists:
		return rehearsed(RehearsalUnknown, "the rehearsal is not there: it was removed before it had shown anything")
	case f.Job.Reachable && restored != "" && SamePath(restored, r.Snapshot):
		return rehearsed(RehearsalProven, "a JobManager of revision %s without task slots mapped its state onto the job", r.Revision.ID)
	case f.Job.Reachable && restored != "":
		return rehearsed(RehearsalUnknown, "another state than this one was restored, %s", restored)
	}
	if why := f.failure(); why != "" {
		return failedRehearsal(why)
	}
	if now.Sub(f.Since) >= r.Within {
		return rehearsed(RehearsalUnknown, "nothing was seen within %s: %s", r.Within, f.waitsFor())
	}
	return rehearsed(RehearsalPending, "%s", f.waitsFor())
}

// failure is why it will show nothing more; empty while it may.
func (f RehearsalFacts) failure() string {
	switch {
	case f.Job.Reachable && f.Job.Ended() && len(f.Job.Failures) > 0:
		return f.Job.Failures[0].Message
	case f.Job.Reachable && f.Job.Ended():
		return "the job is " + f.Job.State
	}
	return f.Ended
}

func failedRehearsal(why string) RehearsalVerdict {
	for _, words := range refusals {
		if strings.Contains(why, words) {
			return rehearsed(RehearsalNotRestorable, "Flink refuses it: %s", why)
		}
	}
	return rehearsed(RehearsalUnknown, "the rehearsal ended before the state was restored: %s", why)
}

func (f RehearsalFacts) waitsFor() string {
	switch {
	case f.Trouble != "":
		return f.Trouble
	case !f.Job.Reachable:
		return "the JobManager has not answered yet"
	case f.Job.ID == "":
		return "the job has not been submitted yet"
	}
	return fmt.Sprintf("the job is %s and has restored nothing yet", f.Job.State)
}

// Carrying is a proof that follows another of the same snapshot: whose restore
// was seen, and whose files still are what they were, can still be restored.
func (v Verification) Carrying(before *Verification) Verification {
	if before != nil && before.Sound && before.Kind == VerifyRestore && v.Sound && v.Kind == VerifyMetadata {
		v.Kind, v.Message = VerifyRestore, "its restore was seen before; "+v.Message
	}
	return v
}

func rehearsed(o RehearsalOutcome, format string, args ...any) RehearsalVerdict {
	return RehearsalVerdict{Outcome: o, Message: fmt.Sprintf(format, args...)}
}
