package manifest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

func configurationIsFlat(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	if conf == nil {
		return
	}
	if conf.kind != mapping {
		r.fault(conf, "spec.flinkConfiguration", "it has to be a mapping, and it is %s", conf.what())
	}
	for _, f := range conf.fields {
		path := "spec.flinkConfiguration." + f.name
		switch {
		case f.value.kind != scalar || f.value.value == nil:
			r.fault(f.value, path, "it has to be a plain value, and it is %s; write the key in full, as in state.savepoints.dir: s3://…", f.value.what())
		case !configurationKey.MatchString(f.name):
			r.faultAt(f.line, f.column, path, "%s is no key of Flink's: those have letters, digits and . - _ /", brief(f.name))
		case strings.ContainsAny(strings.TrimSpace(f.value.literal), "\r\n"):
			r.fault(f.value, path, "it has more than one line, and Flink would read the second as another setting; write it in one")
		}
	}
}

// configurationKey is the form of a key. Flink's file of settings has one a
// line, and a key or value that breaks out of its line would be another setting.
var configurationKey = regexp.MustCompile(`^[A-Za-z0-9$._/-]+$`)

// reservedKeys are keys of Flink's configuration that would take a decision out of
// Sluice's hands or lead out of the namespace. A key that ends in * is a prefix.
var reservedKeys = []struct{ key, why string }{
	{"execution.savepoint.path", "Sluice decides which state a release starts from; remove it"},
	{"execution.state-recovery.path", "Sluice decides which state a release starts from; remove it"},
	{"pipeline.jars", "the jar that was dropped beside application.yaml runs; remove it"},
	{"kubernetes.jobmanager.entrypoint.args", "Sluice hands the jar to Flink through it; use spec.job.args for the job's own arguments"},
	{"kubernetes.cluster-id", "the operator sets it from metadata.name; remove it"},
	{"kubernetes.namespace", "the operator sets it from metadata.namespace; remove it"},
	{"kubernetes.pod-template-file*", "pod templates are checked where they are written out; use spec.podTemplate"},
}

// claimKeys are Flink's names for who owns the state a job starts from. Flink
// removes what it owns, and Sluice may need it again.
var claimKeys = []string{"execution.state-recovery.claim-mode", "execution.savepoint-restore-mode"}

// forbiddenWhenTrue are switches that may be there as long as they are off.
var forbiddenWhenTrue = []struct{ key, why string }{
	{"kubernetes.operator.deployment.rollback.enabled", "there is one owner of rollback, and it is Sluice; remove it and see spec.rollback of the ReleasePolicy"},
	{"kubernetes.hostnetwork.enabled", "pods may not use the network of their node; remove it"},
}

func configurationIsOurs(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	if conf == nil {
		return
	}
	for _, f := range conf.fields {
		for _, reserved := range reservedKeys {
			prefix, isPrefix := strings.CutSuffix(reserved.key, "*")
			if f.name == reserved.key || isPrefix && strings.HasPrefix(f.name, prefix) {
				r.faultAt(f.line, f.column, "spec.flinkConfiguration."+f.name, "it is reserved: %s", reserved.why)
			}
		}
		if slices.Contains(claimKeys, f.name) && !strings.EqualFold(strings.TrimSpace(f.value.literal), "NO_CLAIM") {
			r.faultAt(f.line, f.column, "spec.flinkConfiguration."+f.name, "it has to be NO_CLAIM, which is Flink's default: with another mode Flink removes the state that a rollback would go back to; remove it")
		}
		for _, off := range forbiddenWhenTrue {
			if f.name == off.key && !strings.EqualFold(strings.TrimSpace(f.value.literal), "false") {
				r.faultAt(f.line, f.column, "spec.flinkConfiguration."+f.name, "%s", off.why)
			}
		}
	}
}

// savepointDirectory needs one under Flink's older or newer name (FLINK-34455
// renamed the state.* keys in 1.20; both are read).
func savepointDirectory(r *report, resource *node) {
	if mode(resource) == flink.ModeLastState || mode(resource) == flink.ModeStateless {
		return // these modes take none
	}
	directory(r, resource, "savepoints", flink.SavepointKeys[1], flink.SavepointKeys[0])
}

func checkpointDirectory(r *report, resource *node) {
	if mode(resource) == flink.ModeStateless {
		return
	}
	directory(r, resource, "checkpoints", "state.checkpoints.dir", "execution.checkpointing.dir")
}

func mode(resource *node) flink.UpgradeMode {
	return flink.UpgradeMode(resource.get("spec", "job", "upgradeMode").text())
}

// directory checks one place of state.
func directory(r *report, resource *node, what, older, newer string) {
	spec := resource.get("spec")
	if spec == nil || spec.kind != mapping {
		return
	}
	conf := spec.get("flinkConfiguration")
	if conf != nil && conf.kind != mapping {
		return
	}
	old, young := conf.get(older), conf.get(newer)
	if old == nil && young == nil {
		r.fault(orParent(conf, spec), "spec.flinkConfiguration", "%s (or %s) is missing, and the upgradeMode needs it: write %s: s3://<bucket>/<path>", older, newer, older)
		return
	}
	if old != nil && young != nil && old.literal != young.literal {
		r.fault(young, "spec.flinkConfiguration."+newer, "it contradicts %s; keep one", older)
	}
	location(r, old, "spec.flinkConfiguration."+older, what)
	location(r, young, "spec.flinkConfiguration."+newer, what)
}

// place is a URI in full, and what a forgotten placeholder leaves is not.
var place = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^$<>{}\s]+$`)

func location(r *report, n *node, path, what string) {
	if n != nil && n.kind == scalar && !place.MatchString(n.literal) {
		r.fault(n, path, "%s is no URI that %s can be written to; write s3://<bucket>/<path>, placeholders as ${NAME}", brief(n.literal), what)
	}
}

func checkpointsHappen(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	if conf.get(intervalKey) == nil && !isBatch(conf) {
		r.note("spec.flinkConfiguration has no execution.checkpointing.interval: unless the job turns checkpoints on itself, a release never becomes healthy")
	}
}

func highAvailability(r *report, resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	on := resource.get("spec", "jobManager", "highAvailabilityEnabled").isTrue()
	for _, key := range []string{"high-availability", "high-availability.type"} {
		if n := conf.get(key); n != nil && !strings.EqualFold(n.literal, "none") {
			on = true
		}
	}
	switch {
	case on || isBatch(conf):
	case mode(resource) == flink.ModeLastState:
		r.fault(orParent(conf, resource), "spec.flinkConfiguration", "high availability is off, and upgradeMode last-state restores by its record; write high-availability.type: kubernetes and high-availability.storageDir (on EMR, jobManager.highAvailabilityEnabled)")
	default:
		r.note("high availability is off: when the JobManager dies the job starts from its last savepoint or not at all; set high-availability.type: kubernetes and high-availability.storageDir (on EMR, jobManager.highAvailabilityEnabled)")
	}
}
