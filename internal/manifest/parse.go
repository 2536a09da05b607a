package manifest

import "github.com/sluice-flink/sluice/internal/flink"

// Manifest is an application.yaml that was found to be in order.
type Manifest struct {
	// Resource is the FlinkDeployment in the types of JSON: map[string]any,
	// []any, string, bool, nil, int64 for whole numbers, else float64. Equal
	// resources marshal to equal bytes, also after they went through JSON.
	Resource map[string]any
	Policy   flink.Policy // defaults filled in
	Notes    []string     // sentences worth showing that stop nothing
}

// EntryClass is spec.job.entryClass, or empty: then the jar's Main-Class counts.
func (m *Manifest) EntryClass() string {
	spec, _ := m.Resource["spec"].(map[string]any)
	job, _ := spec["job"].(map[string]any)
	class, _ := job["entryClass"].(string)
	return class
}

// Parse reads an application.yaml for the application its prefix names.
// placeholders are the names and values that ${NAME} is filled in with. The
// error is a *flink.Error with code Invalid around *Faults.
func Parse(doc []byte, app flink.Application, placeholders map[string]string) (*Manifest, error) {
	r := &report{fill: placeholders}
	resource, policy := pick(r, documents(r, doc, placeholders))
	m := &Manifest{Policy: flink.DefaultPolicy()}
	if resource != nil {
		m.Resource = deployment(r, resource, app)
	}
	if policy != nil {
		m.Policy = readPolicy(r, policy)
	}
	if err := r.err(); err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Err: err}
	}
	m.Notes = r.notes
	return m, nil
}

// pick tells the two documents apart, whatever their order, so that the faults
// of both are reported.
func pick(r *report, docs []*node) (resource, policy *node) {
	for i, d := range docs {
		switch {
		case d.kind != mapping:
			r.fault(d, "", "document %d is no mapping; it has to be a FlinkDeployment or a ReleasePolicy", i+1)
		case d.get("kind").text() == policyKind && policy != nil:
			r.fault(d, "", "there are two ReleasePolicy documents; keep one")
		case d.get("kind").text() == policyKind:
			policy = d
			if resource == nil && len(docs) > 1 {
				r.fault(d, "", "the ReleasePolicy stands before the FlinkDeployment; put the FlinkDeployment first")
			}
		case resource != nil:
			r.fault(d, "kind", "%s cannot stand in document %d; an application.yaml has one FlinkDeployment and, after it, at most one ReleasePolicy", brief(d.get("kind").text()), i+1)
		default:
			resource = d
		}
	}
	if resource == nil && len(r.faults) == 0 {
		r.faultAt(0, 0, "", "there is no FlinkDeployment in it; put the resource that you would give to kubectl apply first")
	}
	return resource, policy
}
