package manifest

import (
	"slices"
	"strconv"

	"github.com/sluice-flink/sluice/internal/webpage"
)

// webPageFields are what a manifest says of an Ingress of the platform's class.
var webPageFields = []string{"className", "template"}

// webPage holds an Ingress of the platform's class against what the cluster takes:
// one that it refuses would be refused to the operator, in the middle of a release.
// What serves another class is somebody else's, and so are its rules.
func (v reach) webPage() {
	ingress := v.resource.get("spec", "ingress")
	if ingress.get("className").text() != webpage.Class {
		return
	}
	domain, served := v.fill[webpage.DomainPlaceholder]
	if !served {
		v.fault(ingress.get("className"), "spec.ingress.className", "this platform serves no web pages, so it has no class %s; remove spec.ingress, or turn ingress on in the platform's file", webpage.Class)
		return
	}
	for _, f := range ingress.fields {
		if !slices.Contains(webPageFields, f.name) {
			v.faultAt(f.line, f.column, "spec.ingress."+f.name, "the class %s says it, for all teams; remove it", webpage.Class)
		}
	}
	if template := ingress.get("template"); template.text() != webpage.Template(domain) {
		v.fault(orParent(template, ingress), "spec.ingress.template", "pages of the class %s are found by namespace and name; write %q", webpage.Class, webpage.Template("${"+webpage.DomainPlaceholder+"}"))
	}
	const key = "rest.port"
	if port := v.resource.get("spec", "flinkConfiguration").get(key); !port.isUnset() && port.literal != strconv.Itoa(webpage.Port) {
		v.fault(port, "spec.flinkConfiguration."+key, "web pages are served from port %d, which the team's network policies open; remove it", webpage.Port)
	}
}
