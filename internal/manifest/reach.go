package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// reach holds a resource against what its team may use. Whatever is on no list
// is refused: a field that a coming operator adds leads nowhere by surprise.
type reach struct {
	*report
	resource *node
	allow    Allow
	app      flink.Application
	locked   map[string]origin
}

// staysInside refuses what reaches beyond the prefix. It does not replace the
// cluster's own admission: it says so before a job is stopped.
func staysInside(r *report, resource *node, app flink.Application, all resolution) {
	v := reach{report: r, resource: resource, allow: all.settings.allow, app: app, locked: all.locked}
	v.spec()
	v.executionRole()
	v.account(resource.get("spec", "serviceAccount"), "spec.serviceAccount")
	v.image(resource.get("spec", "image"), "spec.image")
	v.configuration()
	v.locations()
	for _, at := range podTemplates {
		if template := resource.get(at...); template != nil {
			v.podTemplate(template, strings.Join(at, "."))
		}
	}
}

// ask is the end of a sentence about what is on no list: who can put it there.
func (v reach) ask(list string) string {
	if by, is := v.locked[join(allowPath, list)]; is {
		return fmt.Sprintf("have it put on allow.%s in %s, which locks that list", list, by.file)
	}
	return fmt.Sprintf("have it put on allow.%s in %s", list, NamespaceKey(v.app.Namespace))
}

// The fields that a team may set. EMR's own are among them.
var (
	specFields = []string{"emrReleaseLabel", "executionRoleArn", "flinkConfiguration", "flinkVersion", "image", "imagePullPolicy", "job", "jobManager",
		"logConfiguration", "mode", "monitoringConfiguration", "podTemplate", "restartNonce", "serviceAccount", "taskManager"}
	jobFields = []string{"allowNonRestoredState", "args", "autoscalerResetNonce", "entryClass", "jarURI", "parallelism", "state", "upgradeMode",
		"initialSavepointPath", "savepointTriggerNonce", "checkpointTriggerNonce", "savepointRedeployNonce"} // the nonces have a check of their own
	jobManagerFields  = []string{"highAvailabilityEnabled", "podTemplate", "replicas", "resource", "storageDir"}
	taskManagerFields = []string{"podTemplate", "replicas", "resource"}
)

func (v reach) spec() {
	spec := v.resource.get("spec")
	v.specMapping(spec, "", specFields)
	v.specMapping(spec.get("job"), "job", jobFields)
	v.specMapping(spec.get("jobManager"), "jobManager", jobManagerFields)
	v.specMapping(spec.get("taskManager"), "taskManager", taskManagerFields)
	v.webPage()
}

// specMapping holds a mapping of the spec, at is its path below it, against the known fields.
func (v reach) specMapping(n *node, at string, known []string) {
	if n == nil {
		return
	}
	for _, f := range n.fields {
		path := join(at, f.name)
		switch {
		case slices.Contains(known, f.name) || matchesAny(v.allow.SpecFields, path):
		case path == "ingress":
			v.faultAt(f.line, f.column, "spec.ingress", "it opens Flink's web interface, which can cancel the job and run other jars, beyond the namespace; remove it, or %s", v.ask("specFields"))
		default:
			v.faultAt(f.line, f.column, "spec."+path, "no such field may be set here%s; remove it, or, where the cluster's operator knows it, %s", meant(f.name, known), v.ask("specFields"))
		}
	}
}

func (v reach) executionRole() {
	role := v.resource.get("spec", "executionRoleArn")
	if role.isUnset() {
		return
	}
	if text := role.text(); text == "" || !matchesAny(v.allow.ExecutionRoles, text) {
		v.fault(role, "spec.executionRoleArn", "the role %s is not one that the namespace may run under; write ${%s}, or %s", brief(role.literal), rolePlaceholder, v.ask("executionRoles"))
	}
}

func (v reach) account(n *node, path string) {
	if n.isUnset() || matchesAny(v.allow.ServiceAccounts, n.text()) {
		return
	}
	v.fault(n, path, "the service account %s is not one that the namespace's jobs may run under (those are: %s); write one of them, or %s",
		brief(n.literal), strings.Join(v.allow.ServiceAccounts, ", "), v.ask("serviceAccounts"))
}

func (v reach) image(n *node, path string) {
	if n.isUnset() || matchesAny(v.allow.Images, n.text()) {
		return
	}
	v.fault(n, path, "the image %s is not one that the namespace's containers may be of (those are: %s); take one of them, or %s",
		brief(n.literal), strings.Join(v.allow.Images, ", "), v.ask("images"))
}

// secret takes the name of a Secret of the namespace.
func (v reach) secret(n *node, path string) {
	if !n.isUnset() {
		v.secretNamed(n.text(), n.line, n.column, path)
	}
}

func (v reach) secretNamed(name string, line, column int, path string) {
	if !matchesAny(v.allow.Secrets, name) {
		v.faultAt(line, column, path, "the Secret %s is not one that the namespace's jobs may read (those are: %s); remove it, or %s",
			brief(name), strings.Join(v.allow.Secrets, ", "), v.ask("secrets"))
	}
}
