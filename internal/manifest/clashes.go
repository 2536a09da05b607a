package manifest

import (
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/internal/flink"
)

// clash is a combination of values that cannot work. The paths are of the
// fields that make it; the fault stands at the one that was said last.
type clash struct {
	paths   []string
	message string
}

// clashes finds what contradicts itself.
func clashes(s settings) []clash {
	var found []clash
	when := func(is bool, message string, paths ...string) {
		if is {
			found = append(found, clash{paths, message})
		}
	}
	p := s.policy
	steps := p.Remediation.Steps
	when(p.Rollback.Replay == flink.ReplayRefuse && p.Rollback.RestoreFrom == flink.PreUpgrade,
		"replay: Refuse and restoreFrom: PreUpgrade contradict each other: the state from before the upgrade processes again what came after it; write restoreFrom: Auto or Latest, or replay: Allow",
		"rollback.replay", "rollback.restoreFrom")
	when(s.lag.Within == 0 && s.lag.Baseline != defaultBaseline,
		"a baseline without a time says nothing; write within beside it, as in within: 10m",
		"analysis.lagRecovery.baseline", "analysis.lagRecovery.within")
	when(s.lag.Within > 0 && s.lag.Within >= p.ProgressDeadline,
		"lagRecovery.within is no shorter than progressDeadline: the deadline would end the release before the lag has had its time; write a longer progressDeadline or a shorter within",
		"analysis.lagRecovery.within", "progressDeadline")
	when(flink.NeverOpens(p.SyncWindows),
		"together the windows never open within a year, so no upgrade could start; make a deny window shorter or an allow window longer",
		"syncWindows")
	when(p.Snapshots.Every > 0 && p.Snapshots.MaxAge < p.Snapshots.Every,
		"maxAge is shorter than every: a snapshot would be too old before the next is there; write a longer maxAge",
		"snapshots.maxAge", "snapshots.every")
	when(p.Snapshots.Every > 0 && p.Snapshots.MaxAge/p.Snapshots.Every > flink.MaxSnapshots,
		fmt.Sprintf("maxAge is more than %d times every, and no more snapshots than that are kept track of; write a shorter maxAge or a longer every", flink.MaxSnapshots),
		"snapshots.maxAge", "snapshots.every")
	when(slices.Contains(steps, flink.StepScale) && p.Remediation.Scale.MaxParallelism == 0,
		"the step Scale has nowhere to go; write scale: {maxParallelism: …}, or remove the step",
		"remediation.steps", "remediation.scale.maxParallelism")
	when(p.Remediation.MaxPerDay > flink.MaxRepairs,
		fmt.Sprintf("no more repairs than %d are kept track of, so a larger cap would never be met; write a smaller one", flink.MaxRepairs),
		"remediation.maxPerDay")
	last := slices.Index(steps, flink.StepEscalate)
	when(last >= 0 && last != len(steps)-1,
		"Escalate calls somebody and ends it: what stands after it is never tried; put it last",
		"remediation.steps")
	when(len(p.Remediation.Alarms) > 0 && len(steps) == 0,
		"alarms without steps do nothing; write steps, as in [Restart, Escalate]",
		"remediation.alarms", "remediation.steps")
	return found
}

// consistent reports the clashes at what the stratum on top has set.
func (r resolution) consistent(to *report, top Source) {
	for _, c := range clashes(r.settings) {
		path := c.paths[0]
		for _, p := range c.paths {
			if r.source(p) == top {
				path = p
				break
			}
		}
		o := r.said[path]
		to.faultAt(o.line, o.column, documentPath(path, to.file), "%s", c.message)
	}
}
