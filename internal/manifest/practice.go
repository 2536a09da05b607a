package manifest

import (
	"strconv"
	"strings"

	"github.com/sluice-flink/sluice/internal/redact"
)

// The checks of this file say what is done better, and why. They stop nothing;
// only what cannot run at all is a fault.

// resourcesAreAsked: what a pod asks for is what the scheduler gives it and what it is killed beyond.
func resourcesAreAsked(r *report, resource *node) {
	for _, who := range []string{"jobManager", "taskManager"} {
		for _, what := range []string{"memory", "cpu"} {
			if resource.get("spec", who, "resource", what) == nil {
				r.note("spec.%s.resource.%s is not set: the operator's default decides what the pods request and where their limit is, and it fits no job in particular", who, what)
			}
		}
	}
	for _, who := range []string{"jobmanager", "taskmanager"} {
		key := "kubernetes." + who + ".memory.limit-factor"
		n := resource.get("spec", "flinkConfiguration", key)
		if n == nil {
			continue
		}
		if factor, err := strconv.ParseFloat(n.literal, 64); err == nil && factor > 1 {
			r.note("spec.flinkConfiguration.%s is above 1: pods that use more memory than they request are the first that a full node kills", key)
		}
	}
}

// whole is the whole number that a value is, in a string or not.
func whole(n *node) (int64, bool) {
	if n == nil || n.kind != scalar {
		return 0, false
	}
	v, err := strconv.ParseInt(strings.TrimSpace(n.literal), 10, 64)
	return v, err == nil
}

// slotsOf is how many tasks a TaskManager takes; Flink's default is 1.
func slotsOf(resource *node) int64 {
	if slots, known := whole(resource.get("spec", "flinkConfiguration", "taskmanager.numberOfTaskSlots")); known {
		return slots
	}
	return 1
}

// effectiveParallelism is what the operator makes of the resource: TaskManager
// replicas, where they are given, take precedence over spec.job.parallelism
// (FlinkConfigBuilder.getParallelism of every operator release). The node is
// where it stands.
func effectiveParallelism(resource *node) (int64, *node) {
	if n := resource.get("spec", "taskManager", "replicas"); n != nil {
		if replicas, known := whole(n); known {
			return replicas * slotsOf(resource), n
		}
	}
	n := resource.get("spec", "job", "parallelism")
	if wanted, known := whole(n); known {
		return wanted, n
	}
	return 0, nil
}

// slotsFit: every task needs a slot, and a slot that no task needs is paid for.
func slotsFit(r *report, resource *node) {
	slots := slotsOf(resource)
	runs, at := effectiveParallelism(resource)
	wanted, given := whole(resource.get("spec", "job", "parallelism"))
	switch {
	case slots < 1:
		return // Flink says so
	case at == nil:
		r.note("spec.job.parallelism is not set: the job runs with Flink's parallelism.default, which is 1 unless it is set")
	case given && at != resource.get("spec", "job", "parallelism") && wanted != runs:
		r.note("spec.job.parallelism %d is not used: where spec.taskManager.replicas is set, the operator runs the job with replicas times slots, which is %d; remove one of the two", wanted, runs)
	case runs%slots != 0:
		r.note("a parallelism of %d does not fill TaskManagers with %d slots each: %d slots stay empty and are paid for", runs, slots, slots-runs%slots)
	}
}

func operatorsAreChained(r *report, resource *node) {
	for _, key := range []string{"pipeline.operator-chaining", "pipeline.operator-chaining.enabled"} {
		if n := resource.get("spec", "flinkConfiguration", key); n != nil && strings.EqualFold(n.literal, "false") {
			r.note("spec.flinkConfiguration.%s is false: every record is then handed over between threads, and often serialised, from operator to operator; switch it off for a profile only", key)
		}
	}
}

// restartsBackOff: a job that restarts at full speed for ever hides its fault and loads what it reads from.
func restartsBackOff(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	strategy := firstOf(conf, "restart-strategy.type", "restart-strategy")
	if strategy == nil {
		return
	}
	switch strings.ToLower(strings.TrimSpace(strategy.literal)) {
	case "none", "off", "disable":
		r.note("spec.flinkConfiguration has restart-strategy %s: the first lost TaskManager ends the job; write restart-strategy.type: exponential-delay", strategy.literal)
	case "fixed-delay", "fixeddelay":
		attempts, bounded := whole(conf.get("restart-strategy.fixed-delay.attempts"))
		if !bounded {
			attempts = 1 // Flink's default
		}
		delay, known := flinkDuration(textOr(conf.get("restart-strategy.fixed-delay.delay"), "1s"))
		if known && attempts > manyAttempts && delay.Seconds() < patientDelay {
			r.note("spec.flinkConfiguration restarts the job up to %d times, %s apart: a fault that stays is tried at that pace for ever, against whatever the job reads from; restart-strategy.type: exponential-delay backs off", attempts, delay)
		}
	}
}

const (
	manyAttempts = 100
	patientDelay = 10 // seconds
)

func firstOf(conf *node, keys ...string) *node {
	for _, key := range keys {
		if n := conf.get(key); n != nil && n.kind == scalar {
			return n
		}
	}
	return nil
}

func textOr(n *node, otherwise string) string {
	if n == nil || n.kind != scalar {
		return otherwise
	}
	return n.literal
}

// imageIsPinned: a rollback brings an image back by its name.
func imageIsPinned(r *report, resource *node) {
	image := resource.get("spec", "image").text()
	if image == "" || strings.Contains(image, "@sha256:") {
		return
	}
	name := image[strings.LastIndex(image, "/")+1:]
	if _, tag, tagged := strings.Cut(name, ":"); !tagged || tag == "latest" {
		r.note("spec.image %s names no version: a rollback brings back whatever is under that name by then; write a tag that is never moved, or a digest", brief(image))
	}
}

// recordHasAPlace: Flink does not start with high availability on and no place for its record.
func recordHasAPlace(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	on := firstOf(conf, "high-availability.type", "high-availability")
	if on == nil || strings.EqualFold(on.literal, "none") || hasDirectory(conf, "high-availability.storageDir") || resource.get("spec", "jobManager", "storageDir") != nil {
		return
	}
	r.fault(on, "spec.flinkConfiguration", "high availability is on and its record has no place; write high-availability.storageDir: s3://<bucket>/<path>")
}

// checkpointsStay: a checkpoint that goes with its job is no state to return to.
func checkpointsStay(r *report, resource *node) {
	const key = "execution.checkpointing.externalized-checkpoint-retention"
	if n := resource.get("spec", "flinkConfiguration", key); n != nil && n.kind == scalar && !strings.EqualFold(n.literal, "RETAIN_ON_CANCELLATION") {
		r.note("spec.flinkConfiguration.%s is %s: a job that is cancelled takes its checkpoints with it, and a rollback has one state less to return to; write RETAIN_ON_CANCELLATION", key, n.literal)
	}
}

// stateIsClaimed: what the new version does not know of is lost with the first checkpoint it takes.
func stateIsClaimed(r *report, resource *node) {
	for _, key := range []string{"execution.state-recovery.ignore-unclaimed-state", "execution.savepoint.ignore-unclaimed-state"} {
		if resource.get("spec", "flinkConfiguration", key).isTrue() {
			r.note("spec.flinkConfiguration.%s is true: state that the new jar does not know is dropped without a word", key)
		}
	}
}

// noCredentials: the operator logs the configuration it is given, values and
// all. What kubernetes.* says of Secrets are their names.
func noCredentials(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	if conf == nil {
		return
	}
	var keys []string
	for _, f := range conf.fields {
		if redact.SensitiveKey(f.name) && !strings.HasPrefix(f.name, "kubernetes.") && f.value.kind == scalar && f.value.literal != "" {
			keys = append(keys, f.name)
		}
	}
	if len(keys) > 0 {
		r.note("spec.flinkConfiguration holds credentials (%s): whoever may read the FlinkDeployment, the operator's log or the artifact bucket has them; use the service account's role, or mount a Secret", strings.Join(keys, ", "))
	}
}
