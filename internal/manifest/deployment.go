package manifest

import (
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// What the first document has to be.
const (
	deploymentAPI  = "flink.apache.org/v1beta1"
	deploymentKind = "FlinkDeployment"
)

// notYet are kinds that will be released one day.
var notYet = []string{"FlinkSessionJob", "ManagedFlinkApplication", "YarnApplication"}

// ReservedPrefix is the prefix of annotations and labels that only Sluice writes.
const ReservedPrefix = "sluice/"

// check is one thing that has to hold for a FlinkDeployment. It reports and
// changes nothing.
type check func(r *report, resource *node)

// checks of a FlinkDeployment, in no order that matters: faults are sorted by line.
var checks = []check{
	knownTopLevel,
	noServerFields,
	noReservedMetadata,
	jobIsThere,
	upgradeModeIsOne,
	jobTypes,
	jobRuns,
	stateIsOurs,
	jarIsPlaceable,
	configurationIsFlat,
	configurationIsOurs,
	savepointDirectory,
	checkpointDirectory,
	checkpointsHappen,
	highAvailability,
	addressesCarryNoCredentials,
	recordHasAPlace,
	checkpointsStay,
	resourcesAreAsked,
	slotsFit,
	operatorsAreChained,
	restartsBackOff,
	imageIsPinned,
	stateIsClaimed,
	noCredentials,
}

// deployment checks the FlinkDeployment and gives it as it is to be released.
func deployment(r *report, resource *node, app flink.Application, all resolution) map[string]any {
	if !identity(r, resource, app) {
		return nil
	}
	for _, holds := range checks {
		holds(r, resource)
	}
	staysInside(r, resource, app, all)
	agrees(r, resource, all)
	if len(r.faults) > 0 {
		return nil
	}
	return render(resource, app).plain().(map[string]any)
}

// identity checks what the resource says it is; false: nothing further can be said.
func identity(r *report, resource *node, app flink.Application) bool {
	kind := resource.get("kind")
	api := resource.get("apiVersion")
	known := true
	switch {
	case kind.text() == "":
		r.fault(resource, "kind", "it is missing; write kind: %s", deploymentKind)
	case slices.Contains(notYet, kind.text()):
		r.fault(kind, "kind", "%s is not supported by this version; release a %s", kind.text(), deploymentKind)
		known = false
	case kind.text() != deploymentKind:
		r.fault(kind, "kind", "%s is nothing that can be released; write kind: %s", brief(kind.text()), deploymentKind)
		known = false
	}
	switch {
	case api.text() == "":
		r.fault(resource, "apiVersion", "it is missing; write apiVersion: %s", deploymentAPI)
	case known && api.text() != deploymentAPI:
		r.fault(api, "apiVersion", "%s is not supported by this version; write apiVersion: %s", brief(api.text()), deploymentAPI)
	}
	names(r, resource, app)
	return known
}

// names holds metadata against the prefix, which decides who may release what.
func names(r *report, resource *node, app flink.Application) {
	metadata := resource.get("metadata")
	if metadata == nil || metadata.kind != mapping {
		r.fault(orParent(metadata, resource), "metadata", "it is missing or no mapping; write metadata: {name: %s}", app.Name)
		return
	}
	switch name := metadata.get("name"); {
	case name.text() == "":
		r.fault(orParent(name, metadata), "metadata.name", "it is missing or no string; write name: %s, as in the prefix %s", app.Name, app)
	case name.text() != app.Name:
		r.fault(name, "metadata.name", "it is %s and the prefix says %s; write name: %s or upload to %s/%s", brief(name.text()), app.Name, app.Name, app.Namespace, name.text())
	}
	if ns := metadata.get("namespace"); ns != nil && ns.text() != app.Namespace {
		r.fault(ns, "metadata.namespace", "it is %s and the prefix says %s; a prefix releases into its own namespace only: remove it or write namespace: %s", brief(ns.literal), app.Namespace, app.Namespace)
	}
}

// topLevel are the fields of a FlinkDeployment.
var topLevel = []string{"apiVersion", "kind", "metadata", "spec"}

func knownTopLevel(r *report, resource *node) {
	for _, f := range resource.fields {
		switch {
		case f.name == "status":
			r.faultAt(f.line, f.column, f.name, "the operator writes it; remove it")
		case !slices.Contains(topLevel, f.name):
			r.faultAt(f.line, f.column, f.name, "a FlinkDeployment has no such field%s", suggestion(f.name, topLevel))
		}
	}
}

// serverFields are written by the API server and appear in what "kubectl get -o yaml" prints.
var serverFields = []string{"creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"}

func noServerFields(r *report, resource *node) {
	metadata := resource.get("metadata")
	if metadata == nil {
		return
	}
	for _, f := range metadata.fields {
		switch {
		case slices.Contains(serverFields, f.name):
			r.faultAt(f.line, f.column, "metadata."+f.name, "the cluster writes it; remove it")
		case f.name == "finalizers" || f.name == "ownerReferences" || f.name == "generateName":
			r.faultAt(f.line, f.column, "metadata."+f.name, "it would keep Sluice from deleting or finding the application; remove it")
		}
	}
}

func noReservedMetadata(r *report, resource *node) {
	for _, where := range []string{"annotations", "labels"} {
		n := resource.get("metadata", where)
		if n == nil {
			continue
		}
		for _, f := range n.fields {
			if strings.HasPrefix(f.name, ReservedPrefix) {
				r.faultAt(f.line, f.column, "metadata."+where+"."+f.name, "%s* is written by Sluice; remove it or give it another prefix", ReservedPrefix)
			}
		}
	}
}

// render is the resource as it is released; the node is not changed.
func render(resource *node, app flink.Application) *node {
	out := resource.clone()
	out.get("metadata").set("namespace", app.Namespace)
	job := out.get("spec", "job")
	if !strings.HasPrefix(job.get("jarURI").text(), inImage) {
		job.remove("jarURI")
	}
	job.remove("savepointTriggerNonce")
	quote(out)
	return out
}

// quote makes strings of the values of Flink's configuration, which is what every
// version of the CRD takes.
func quote(resource *node) {
	conf := resource.get("spec", "flinkConfiguration")
	if conf == nil {
		return
	}
	for _, f := range conf.fields {
		if f.value.kind == scalar {
			f.value.value = f.value.literal
		}
	}
}
