package eks

import "github.com/sluice-flink/sluice/internal/webpage"

// webPage completes an Ingress of the platform's class: what gets through stands in
// annotations that name the application's Service, and a fork has another one.
func (r *rendering) webPage() {
	ingress := mapping(r.spec, "ingress")
	if text(ingress, "className") != webpage.Class {
		return
	}
	annotations := map[string]any{}
	for name, value := range webpage.Annotations(r.desired.Application.Name) {
		annotations[name] = value
	}
	ingress["annotations"] = annotations
}
