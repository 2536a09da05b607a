package manifest

import (
	"cmp"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Fill reads resources for kubectl, in the types of JSON: the placeholders are
// filled in as a release of the application would have them, a missing namespace is
// the application's, and the values of spec.flinkConfiguration are strings. Nothing
// else is changed, or checked. A ReleasePolicy is left out: no cluster knows the
// kind. The error is as that of Parse.
func Fill(doc []byte, app flink.Application, given map[string]string) ([]map[string]any, error) {
	r := &report{fill: given}
	var resources []map[string]any
	for i, n := range documents(r, doc, filling{values: valuesFor(app, given)}) {
		if n.kind != mapping {
			r.fault(n, "", "document %d is %s; it has to be a resource that kubectl takes", i+1, n.what())
			continue
		}
		if n.get("kind").text() == policyKind {
			continue
		}
		metadata := n.get("metadata")
		if metadata == nil || metadata.kind != mapping || metadata.get("name").text() == "" {
			r.fault(orParent(metadata, n), "metadata", "it has no name; write metadata: {name: …}")
			continue
		}
		metadata.set("namespace", cmp.Or(metadata.get("namespace").text(), app.Namespace))
		quote(n)
		resources = append(resources, n.plain().(map[string]any))
	}
	if len(resources) == 0 && len(r.faults) == 0 {
		r.faultAt(0, 0, "", "there is no resource in it")
	}
	if err := r.err(); err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Err: err}
	}
	return resources, nil
}
