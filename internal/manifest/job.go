package manifest

import (
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

func jobIsThere(r *report, resource *node) {
	spec := resource.get("spec")
	if spec == nil || spec.kind != mapping {
		r.fault(orParent(spec, resource), "spec", "it is missing or no mapping; write the spec of a FlinkDeployment")
		return
	}
	job := spec.get("job")
	switch {
	case job == nil:
		r.fault(spec, "spec.job", "it is missing, which makes this a session cluster; session clusters are not supported by this version: add spec.job")
	case job.kind != mapping:
		r.fault(job, "spec.job", "it has to be a mapping, and it is %s", job.what())
	}
}

// upgradeModeIsOne wants one of the operator's modes; the operator's own default
// would start the job empty.
func upgradeModeIsOne(r *report, resource *node) {
	job := resource.get("spec", "job")
	if job == nil || job.kind != mapping {
		return
	}
	switch mode := job.get("upgradeMode"); flink.UpgradeMode(mode.text()) {
	case flink.ModeSavepoint, flink.ModeLastState:
	case flink.ModeStateless:
		r.note("spec.job.upgradeMode is stateless: every upgrade, and every rollback, starts the job empty")
	case "":
		r.fault(orParent(mode, job), "spec.job.upgradeMode", "it is missing, and without it the operator starts the job empty; write upgradeMode: savepoint (or last-state, stateless)")
	default:
		r.fault(mode, "spec.job.upgradeMode", "%s is no upgrade mode; write upgradeMode: savepoint (or last-state, stateless)", brief(mode.text()))
	}
}

// jobTypes checks the types of the fields of spec.job that are read here or by
// an adapter; the rest is the CRD's business.
func jobTypes(r *report, resource *node) {
	job := resource.get("spec", "job")
	if class := job.get("entryClass"); class != nil && class.text() == "" {
		r.fault(class, "spec.job.entryClass", "it has to be the name of a class, and it is %s; write it out or leave it out for the jar's Main-Class", class.what())
	}
	if p := job.get("parallelism"); p != nil {
		if v, ok := p.value.(int64); !ok || v < 1 {
			r.fault(p, "spec.job.parallelism", "it has to be a whole number of at least 1, and it is %s", brief(p.literal))
		}
	}
	if allow := job.get("allowNonRestoredState"); allow != nil {
		if v, ok := allow.value.(bool); !ok {
			r.fault(allow, "spec.job.allowNonRestoredState", "it has to be true or false, and it is %s", allow.what())
		} else if v {
			r.note("spec.job.allowNonRestoredState is true: state that the new jar does not know is dropped without a word")
		}
	}
	arguments(r, job.get("args"))
}

func arguments(r *report, args *node) {
	switch {
	case args == nil:
		return
	case args.kind != sequence:
		r.fault(args, "spec.job.args", "it has to be a list of strings, and it is %s", args.what())
	}
	for _, a := range args.items {
		if _, ok := a.value.(string); !ok || a.kind != scalar {
			r.fault(a, "spec.job.args", "every argument has to be a string, and this one is %s; quote it", a.what())
		}
	}
}

func jobRuns(r *report, resource *node) {
	if state := resource.get("spec", "job", "state"); state != nil && state.text() != "running" {
		r.fault(state, "spec.job.state", "%s is not supported by this version; remove it: a release runs the job", brief(state.literal))
	}
}

// owned are the fields by which Sluice steers the state of a job, and what to do instead.
var owned = []struct{ name, instead string }{
	{"initialSavepointPath", "Sluice decides which state a release starts from and records it"},
	{"savepointTriggerNonce", "Sluice takes the savepoints of a release itself"},
	{"checkpointTriggerNonce", "Flink takes checkpoints by execution.checkpointing.interval"},
	{"savepointRedeployNonce", "Sluice bumps it when it restores a chosen state"},
}

func stateIsOurs(r *report, resource *node) {
	job := resource.get("spec", "job")
	for _, o := range owned {
		f := job.find(o.name)
		if f == nil {
			continue
		}
		// The blueprint's examples carry a nonce of 0, which asks for nothing.
		if o.name == "savepointTriggerNonce" && f.value.value == int64(0) {
			r.note("spec.job.savepointTriggerNonce: 0 asks for nothing and is left out")
			continue
		}
		r.faultAt(f.line, f.column, "spec.job."+o.name, "it is reserved: %s; remove it", o.instead)
	}
}

// inImage begins the URI of a jar that is in the image.
const inImage = "local://"

// jarIsPlaceable: a jar that is in the image is released with it. Else the jar
// that was dropped below the prefix runs, and an s3:// address, which EMR's
// operator would take, says nothing; it may stay so that kubectl takes the
// manifest too.
func jarIsPlaceable(r *report, resource *node) {
	uri := resource.get("spec", "job", "jarURI")
	if uri == nil {
		return
	}
	switch text := uri.text(); {
	case strings.HasPrefix(text, inImage+"/"):
		r.note("spec.job.jarURI %s: the jar is in the image, and a jar that is dropped beside application.yaml starts no release; remove jarURI to release such jars", brief(text))
	case strings.HasPrefix(text, "s3://"):
		r.note("spec.job.jarURI %s is not used: the jar that was dropped beside application.yaml runs instead", brief(text))
	default:
		r.fault(uri, "spec.job.jarURI", "%s cannot be released; leave it out and drop the jar beside application.yaml, or write local:///… for a jar that is in the image", brief(uri.literal))
	}
}
