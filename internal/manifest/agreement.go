package manifest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// agreement holds a resource against the policy that applies to it.
type agreement struct {
	*report
	resource *node
	conf     *node
	policy   resolution
}

// agrees reports what the manifest and the policy make impossible together.
func agrees(r *report, resource *node, all resolution) {
	a := agreement{r, resource, resource.get("spec", "flinkConfiguration"), all}
	a.oneJar()
	a.modeAndRollback()
	a.batch()
	a.checkpointsInTime()
	a.parallelism()
	a.whoScales()
	a.snapshots()
}

// disagree puts a fault at the application's own word about the policy, or,
// where a layer said it, at the manifest's.
func (a agreement) disagree(policyPath string, n *node, path, message string) {
	if o := a.policy.said[policyPath]; o.source == FromApplication {
		a.faultAt(o.line, o.column, documentPath(policyPath, ""), "%s", message)
		return
	}
	a.fault(n, path, "%s%s", message, a.whose(policyPath))
}

// whose names the layer that said it, and whether the application may say otherwise.
func (a agreement) whose(policyPath string) string {
	o, said := a.policy.said[policyPath]
	if !said {
		return ""
	}
	if by, locked := a.policy.locked[policyPath]; locked {
		return fmt.Sprintf(" (%s comes from %s and is locked by %s)", policyPath, o.file, by.file)
	}
	return fmt.Sprintf(" (%s comes from %s; the application's own policy may say otherwise)", policyPath, o.file)
}

func (a agreement) oneJar() {
	uri := a.resource.get("spec", "job", "jarURI")
	if a.policy.settings.pin == (flink.ArtifactPin{}) || !strings.HasPrefix(uri.text(), inImage) {
		return
	}
	path := "artifact.key"
	if _, said := a.policy.said[path]; !said {
		path = "artifact.sha256"
	}
	a.disagree(path, uri, "spec.job.jarURI", "it pins a jar beside application.yaml, and spec.job.jarURI says that the jar is in the image; remove one of the two")
}

func (a agreement) modeAndRollback() {
	at := a.resource.get("spec", "job", "upgradeMode")
	rule := a.policy.settings.policy.Rollback
	switch mode(a.resource) {
	case flink.ModeStateless:
		if rule.RestoreFrom == flink.Latest {
			a.disagree("rollback.restoreFrom", at, "spec.job.upgradeMode", "upgradeMode stateless starts every version empty, and restoreFrom: Latest asks for the failed version's state; write restoreFrom: Auto, or upgradeMode: savepoint")
		}
	case flink.ModeLastState:
		if rule.RestoreFrom == flink.PreUpgrade && !hasDirectory(a.conf, flink.SavepointKeys...) {
			a.disagree("rollback.restoreFrom", at, "spec.job.upgradeMode", "restoreFrom: PreUpgrade goes back to a savepoint, and upgradeMode last-state without state.savepoints.dir takes none; write state.savepoints.dir, or restoreFrom: Auto")
		}
	}
}

func hasDirectory(conf *node, keys ...string) bool {
	for _, key := range keys {
		if conf.get(key) != nil {
			return true
		}
	}
	return false
}

// isBatch reads Flink's setting for jobs that end by themselves, as flink.Revision does.
func isBatch(conf *node) bool {
	n := conf.get(runtimeModeKey)
	return n != nil && strings.EqualFold(strings.TrimSpace(n.literal), "BATCH")
}

const runtimeModeKey = "execution.runtime-mode"

func (a agreement) batch() {
	if !isBatch(a.conf) {
		return
	}
	n, path := a.conf.get(runtimeModeKey), "spec.flinkConfiguration."+runtimeModeKey
	if m := mode(a.resource); m == flink.ModeSavepoint || m == flink.ModeLastState {
		a.fault(n, path, "a BATCH job has no checkpoints and no savepoints, and upgradeMode is %s; write upgradeMode: stateless", m)
	}
	if a.policy.settings.lag.Within > 0 {
		a.disagree("analysis.lagRecovery.within", n, path, "a BATCH job has no lag to recover from; write lagRecovery: {within: 0s}")
	}
}

// intervalKey says how often Flink takes a checkpoint.
const intervalKey = "execution.checkpointing.interval"

// checkpointsInTime: as many checkpoints as the policy wants have to fit into its deadline.
func (a agreement) checkpointsInTime() {
	n := a.conf.get(intervalKey)
	wanted := a.policy.settings.policy.Analysis.MinCompletedCheckpoints
	if n == nil || isBatch(a.conf) {
		return
	}
	path := "spec.flinkConfiguration." + intervalKey
	interval, known := flinkDuration(n.literal)
	deadline := a.policy.settings.policy.ProgressDeadline
	switch {
	case !known:
		a.fault(n, path, "%s is no duration of Flink's; write a number and a unit, as in 30s", brief(n.literal))
	case interval == 0 && mode(a.resource) != flink.ModeStateless:
		a.fault(n, path, "0 switches checkpoints off, and upgradeMode %s lives on them; write an interval, as in 1min", mode(a.resource))
	case interval == 0 && wanted > 0:
		a.disagree("analysis.minCompletedCheckpoints", n, path, fmt.Sprintf("0 switches checkpoints off, and %d have to complete before a release is healthy; write an interval, or minCompletedCheckpoints: 0", wanted))
	case wanted > 0 && interval > deadline/time.Duration(wanted):
		a.disagree("analysis.minCompletedCheckpoints", n, path, fmt.Sprintf("%d checkpoints, one every %s, do not fit into a progressDeadline of %s: no release would be healthy; write a longer progressDeadline, a shorter interval or a smaller minCompletedCheckpoints", wanted, flink.Short(interval), flink.Short(deadline)))
	}
}

// parallelism: Flink never runs a job wider than its maximum, which its state is divided by.
func (a agreement) parallelism() {
	const maximum = "pipeline.max-parallelism"
	limit, bounded := whole(a.conf.get(maximum))
	bounded = bounded && limit > 0 // -1: Flink chooses
	runs, at := effectiveParallelism(a.resource)
	if bounded && runs > limit {
		a.fault(at, "spec.job.parallelism", "the job runs with a parallelism of %d, and %s is %d: Flink refuses such a job", runs, maximum, limit)
	}
	scale := a.policy.settings.policy.Remediation.Scale.MaxParallelism
	if scale == 0 {
		return
	}
	const path = "remediation.scale.maxParallelism"
	if bounded && scale > limit {
		a.disagree(path, a.conf.get(maximum), "spec.flinkConfiguration."+maximum, fmt.Sprintf("scale.maxParallelism is %d, and %s is %d: Flink refuses such a job; write a smaller maxParallelism", scale, maximum, limit))
	}
	if runs > scale {
		a.disagree(path, at, "spec.job.parallelism", fmt.Sprintf("scale.maxParallelism is %d, and the job starts with a parallelism of %d; write a larger maxParallelism", scale, runs))
	}
}

// autoscalerKeys switch the operator's autoscaler on: its newer name and its older.
var autoscalerKeys = []string{"job.autoscaler.enabled", "kubernetes.operator.job.autoscaler.enabled"}

// whoScales: a parallelism has one owner, and the step Scale needs to be it.
func (a agreement) whoScales() {
	const path = "remediation.steps"
	if !slices.Contains(a.policy.settings.policy.Remediation.Steps, flink.StepScale) {
		return
	}
	if n := a.resource.get("spec", "taskManager", "replicas"); !n.isUnset() {
		a.disagree(path, n, "spec.taskManager.replicas", "the step Scale changes spec.job.parallelism, which the operator does not read where spec.taskManager.replicas is set; remove one of the two")
	}
	for _, key := range autoscalerKeys {
		if n := a.conf.get(key); n.isTrue() {
			a.disagree(path, n, "spec.flinkConfiguration."+key, "the operator's autoscaler sets the parallelism, too, and takes back what the step Scale does; remove one of the two")
		}
	}
}

func (a agreement) snapshots() {
	a.savepointsAreRemovable()
	if a.policy.settings.policy.Snapshots.Every == 0 || hasDirectory(a.conf, flink.SavepointKeys...) {
		return
	}
	if o := a.policy.said["snapshots.every"]; o.source == FromApplication {
		a.faultAt(o.line, o.column, "spec.snapshots.every", "there is no place for snapshots: write state.savepoints.dir into spec.flinkConfiguration, or every: 0s")
		return
	}
	a.note("no snapshots are rotated: spec.flinkConfiguration has no state.savepoints.dir to put them in")
}

// savepointsAreRemovable: where they are not, everything that is taken stays.
func (a agreement) savepointsAreRemovable() {
	n := firstOf(a.conf, flink.SavepointKeys...)
	if n == nil || flink.MayRemoveBelow(n.literal) {
		return
	}
	a.note("savepoints in %s are never removed, however old: Sluice may remove only what lies below a directory named %s; write s3://<bucket>/<path>/%s, or remove them by other means", brief(n.literal), flink.RemovableBelow, flink.RemovableBelow)
}
