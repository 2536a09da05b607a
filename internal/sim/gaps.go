package sim

import (
	"bytes"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Gap is something that is known not to hold yet. Each is named, says what is
// missing, and is allowed for as narrowly as it can be: everything else is held
// as strictly as if it were not there. An entry goes when the gap is closed.
type Gap struct {
	Name    string
	Missing string
	machine func(definition []byte) []byte            // runs the machine as it will be
	excuses func(w *world, rule, message string) bool // lets this one violation pass
}

// knownGaps lists them all.
var knownGaps = []Gap{
	{Name: "CrashesAreNotRetried", Missing: "no Retry of the release machine names Runtime.ExitError, Sandbox.Timedout and Lambda.Unknown, with which a function ends that died or was timed out: the simulation runs the machine as if they stood beside Lambda.ServiceException",
		machine: func(d []byte) []byte {
			return bytes.ReplaceAll(d, []byte(`"Lambda.ServiceException",`), []byte(`"Lambda.ServiceException", "Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown",`))
		}},
	{Name: "OutagesOutlastRetries", Missing: "six retries with full jitter give up after 45 seconds on average: an outage of a minute rolls a good version back, or ends a release without a record when it is Settle that gives up. The simulation runs the machine with 30 retries",
		machine: func(d []byte) []byte {
			return bytes.ReplaceAll(d, []byte(`"MaxAttempts": 6,`), []byte(`"MaxAttempts": 30,`))
		}},
	{Name: "DuplicateTakesTheLeaseAgain", Missing: "Admit decides that an event is new from the document it gathered and does not ask again when it takes the lease: a duplicate that is decided while the first one's release ends runs the release again, and Settle, which knows the release as settled, leaves the lease to nobody for its whole term",
		excuses: func(w *world, rule, message string) bool {
			l := w.journal.document.Lease
			again := l != nil && w.journal.document.LastRelease == l.Release
			return again && rule == "LeaseHasADeadHolder" || rule == "OneOutcome" && strings.Contains(message, string(flink.AlreadyRunning))
		}},
	{Name: "GoneResourceGetsAnOldState", Missing: "a release that finds its resource gone restores the newest stop's savepoint, also when a version ran and completed checkpoints after that stop, and its record does not say that those records are processed again",
		excuses: func(w *world, rule, message string) bool {
			return rule == "NoStateIsLostSilently" && !w.journal.meddled.IsZero()
		}},
}

// definition is the machine with what known gaps lack.
func definition(d []byte) []byte {
	for _, g := range knownGaps {
		if g.machine != nil {
			d = g.machine(d)
		}
	}
	return d
}

func (w *world) excusedByGap(rule, message string) bool {
	for _, g := range knownGaps {
		if g.excuses != nil && g.excuses(w, rule, message) {
			return true
		}
	}
	return false
}
