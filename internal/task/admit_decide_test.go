package task

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestAnOpenCircuitHoldsWhatNobodyAskedForButNotAnUndoingThatWasBegun(t *testing.T) {
	opened := sweptAt
	for name, c := range map[string]struct {
		by        string
		automatic bool
		handed    time.Duration // before the circuit opened
		want      Decision
	}{
		"what a person asks for":                             {by: "ann", handed: time.Minute, want: ToPrepare},
		"what an alarm asks for":                             {by: "alarm lag", automatic: true, handed: time.Minute, want: ToSettle},
		"recovery's undoing, handed the lease before":        {by: RecoveredBy, automatic: true, handed: time.Second, want: ToPrepare},
		"recovery's undoing, handed the lease in that write": {by: RecoveredBy, automatic: true, want: ToSettle},
		"recovery's undoing, handed the lease since":         {by: RecoveredBy, automatic: true, handed: -time.Second, want: ToSettle},
	} {
		t.Run(name, func(t *testing.T) {
			f := admission{known: true, now: opened.Add(time.Second), execution: "x", release: "r2", change: flink.Change{Kind: flink.Rollback, By: c.by, Automatic: c.automatic}}
			f.document.Circuit = &ledger.Circuit{Release: "r1", Since: opened}
			f.document.Lease = &ledger.Lease{Release: "r2", Taken: opened.Add(-c.handed), Expires: opened.Add(time.Minute)}
			if r := decideAdmission(f); r.Decision != c.want {
				t.Errorf("it is %s: %s %s", r.Decision, r.Reason, r.Message)
			}
		})
	}
}
