package sim

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// recordRules hold for every record that is written.
func recordRules(j *journal, id string) []rule {
	all := j.records[id]
	newest := all[len(all)-1]
	rules := []rule{{"RecordSaysWhy", func() string { return recordSaysWhy(newest) }}, {"CleanIsClean", func() string { return cleanIsClean(j, newest) }}}
	if len(all) > 1 {
		rules = append(rules, rule{"OneOutcome", func() string { return oneOutcome(all) }})
	}
	return rules
}

// oneOutcome: a record that is written again says the same. An event that was
// ignored may come again and find that it can be released by now; and what one
// release supposed of another gives way to that one's own word.
func oneOutcome(written []ledger.Record) string {
	old, now := written[len(written)-2], written[len(written)-1]
	if old.Outcome == flink.Ignored || old.ToldBy != "" || old.Outcome == now.Outcome && old.Reason == now.Reason {
		return ""
	}
	return fmt.Sprintf("release %s ended %s %s, and its record was written again as %s %s", now.ID, old.Outcome, old.Reason, now.Outcome, now.Reason)
}

var (
	namesAnError   = regexp.MustCompile(`\b(Sluice|States|Lambda|Runtime|Sandbox)\.[A-Z]`)
	namesARelease  = regexp.MustCompile(`\b\d{8}T\d{6}Z-`)
	namesSomething = regexp.MustCompile(`[a-z].* .*[a-z]`)
	saysWhatToDo   = regexp.MustCompile(`sluice |look|that one's record|upload`)
)

// recordSaysWhy: a record's message names the cause, and, where somebody has
// to act, says so.
func recordSaysWhy(r ledger.Record) string {
	fault := ""
	switch m := r.Message; {
	case r.Reason == "" || !namesSomething.MatchString(m):
		fault = "does not say why"
	case r.Outcome == flink.FailedDirty && !saysWhatToDo.MatchString(m):
		fault = "does not say what is to be done"
	case (r.Reason == flink.StepFailed || r.Reason == flink.Broken) && !namesAnError.MatchString(m) && !strings.Contains(m, "without an outcome"):
		fault = "does not name the error"
	case (r.Reason == flink.Overtaken || r.Reason == flink.CircuitOpen) && !namesARelease.MatchString(m):
		fault = "does not name the other release"
	case r.Verdict != nil && r.Verdict.State == flink.Unhealthy && (r.Reason == flink.RolledBack || r.Reason == flink.FirstVersionFailed) && !strings.Contains(m, r.Verdict.Message):
		fault = "does not tell what the verdict was"
	default:
		return ""
	}
	return fmt.Sprintf("the record of release %s (%s %s) %s: %q", r.ID, r.Outcome, r.Reason, fault, r.Message)
}
