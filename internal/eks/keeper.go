package eks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// keeper is another tool that keeps a resource as it wants it: what Sluice
// changes it puts back at its next turn.
type keeper struct {
	Name    string // as a person knows it: "Argo CD application fraud"
	Manager string // its field manager
	Advice  string // how it is told to leave the spec alone
}

// takeOverAnnotation is set by a person who has told a keeper to leave the spec
// to Sluice. Its value names field managers, separated by commas; their fields
// of the spec may then be taken over.
const takeOverAnnotation = "sluice/take-over-from"

// The field managers of the tools that keep resources as Git has them.
const (
	argoManager      = "argocd-controller"
	kustomizeManager = "kustomize-controller"
	fluxHelmManager  = "helm-controller"
)

// advice for each: Argo CD's "Diffing Customization" and sync options; Flux'
// "Controlling the apply behavior of resources"; HelmRelease's drift detection.
var advice = map[string]string{
	argoManager:      "give the Argo CD application an ignoreDifferences entry for the FlinkDeployment with managedFieldsManagers: [" + FieldManager + "], and the sync option RespectIgnoreDifferences=true",
	kustomizeManager: "annotate it in the Flux source with kustomize.toolkit.fluxcd.io/ssa: IfNotPresent and kustomize.toolkit.fluxcd.io/prune: Disabled",
	fluxHelmManager:  "take it out of the chart that the HelmRelease installs, after annotating it there with helm.sh/resource-policy: keep",
}

// keeper looks for the signs that those tools leave: annotations and labels of
// their own. The label app.kubernetes.io/instance is a sign only where Argo CD
// wrote to the resource, since many charts set it.
func (r resource) keeper() (keeper, bool) {
	k := r.signed()
	if k.Name == "" || slices.Contains(r.mayBeTakenOverFrom(), k.Manager) {
		return keeper{}, false
	}
	k.Advice = advice[k.Manager]
	return k, true
}

func (r resource) signed() keeper {
	labels := r.GetLabels()
	if id := r.GetAnnotations()["argocd.argoproj.io/tracking-id"]; id != "" {
		name, _, _ := strings.Cut(id, ":") // <application>:<group>/<kind>:<namespace>/<name>
		return keeper{Name: "Argo CD application " + name, Manager: argoManager}
	}
	for _, label := range []string{"argocd.argoproj.io/instance", "app.kubernetes.io/instance"} {
		if name := labels[label]; name != "" && r.writtenBy(argoManager) {
			return keeper{Name: "Argo CD application " + name, Manager: argoManager}
		}
	}
	if name := labels["helm.toolkit.fluxcd.io/name"]; name != "" {
		return keeper{Name: "Flux Helm release " + qualified(labels["helm.toolkit.fluxcd.io/namespace"], name), Manager: fluxHelmManager}
	}
	if name := labels["kustomize.toolkit.fluxcd.io/name"]; name != "" {
		return keeper{Name: "Flux kustomization " + qualified(labels["kustomize.toolkit.fluxcd.io/namespace"], name), Manager: kustomizeManager}
	}
	return keeper{}
}

func qualified(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func (r resource) writtenBy(manager string) bool {
	for _, e := range r.GetManagedFields() {
		if e.Manager == manager {
			return true
		}
	}
	return false
}

func (r resource) mayBeTakenOverFrom() []string {
	var managers []string
	for m := range strings.SplitSeq(r.GetAnnotations()[takeOverAnnotation], ",") {
		if m = strings.TrimSpace(m); m != "" {
			managers = append(managers, m)
		}
	}
	return managers
}

// kept refuses to adopt what another tool would put back.
func (k keeper) kept(op string, app flink.Application) error {
	return flink.Errorf(flink.Refused, op, "%s keeps the FlinkDeployment as it wants it and would put back what Sluice changes: %s; then say that this is done: kubectl -n %s annotate flinkdeployment %s %s=%s (docs/adoption.md)",
		k.Name, k.Advice, app.Namespace, app.Name, takeOverAnnotation, k.Manager)
}

// inOtherHands explains a field that server-side apply refused to take.
func inOtherHands(field, manager string) string {
	const same = "the same value in application.yaml is no conflict"
	switch {
	case advice[manager] != "":
		return fmt.Sprintf("%s belongs to %s: %s", field, manager, advice[manager])
	case byPeople(manager):
		return fmt.Sprintf("%s was set by hand with %s: put that value into application.yaml (%s), or set it back by hand", field, manager, same)
	case manager == "":
		return field + " belongs to another field manager: take it out of application.yaml, or take that manager off this resource"
	}
	return fmt.Sprintf("%s belongs to %s: take it out of application.yaml, give it the value that is there (%s), or stop %s from writing it", field, manager, same, manager)
}
